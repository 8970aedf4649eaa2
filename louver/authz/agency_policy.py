"""Agency policy: the default lines and one agency's own, as one."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from louver.authz.coordinates import Coordinates
from louver.authz.enforcer import Enforcer, Rule
from louver.authz.lines import PolicyLine
from louver.authz.vocabulary import Act


class AgencyPolicy:
    """What holds in one agency, or, for domain `*`, in every agency without lines of its own."""

    def __init__(self, domain: str, base: Enforcer, overlay: Enforcer | None, version: str) -> None:
        self.domain = domain
        self.version = version
        """Tells this agency's policy from any other; another agency's change does not change it."""
        self._base = base
        self._overlay = overlay

    def list_rules(self, coordinate: str, act: Act, roles: frozenset[str]) -> list[Rule]:
        """List the rules about a coordinate and verb that are for one of the roles."""
        return [rule for rule in self._choose(coordinate, act).list_rules(coordinate, act) if rule.line.sub in roles]

    def allows(self, roles: frozenset[str], coordinate: str, act: Act, rows: str) -> bool:
        """Ask whether the role set may, on these rows."""
        return self._choose(coordinate, act).allows(roles, self.domain, coordinate, act, rows)

    @property
    def lines_visited(self) -> int:
        """How many lines Casbin has looked at because this agency's own lines touch the question."""
        return self._overlay.lines_visited if self._overlay else 0

    def _choose(self, coordinate: str, act: Act) -> Enforcer:
        return self._overlay if self._overlay and self._overlay.covers(coordinate, act) else self._base


def expand_lines(lines: Iterable[PolicyLine], coordinates: Coordinates) -> Iterator[Rule]:
    """Write each line out, once for every coordinate that its object stands for."""
    for line in lines:
        for coordinate in sorted(coordinates.expand(line.obj)):
            yield Rule(line._replace(obj=coordinate), line)


def digest_lines(lines: Iterable[PolicyLine], base_version: str = "") -> str:
    """Name a set of lines, on top of a base, by its content, whatever their order."""
    return sha256("\n".join([base_version, *sorted(map(str, lines))]).encode()).hexdigest()[:16]
