"""The policy, read line by line: allows together, less denies, behind the gates of module, subscription and key.

Leak: Casbin, the snapshot and the decisions are what is judged, so none of them is asked here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from louver.authz.lines import EVERYWHERE, PolicyLine, as_domain
from louver.authz.vocabulary import Act, Role, Rows
from louver.proof.callers import Place
from louver.proof.charter import Charter, read_charter, type_of

Scopes = frozenset[str]
NOTHING: Scopes = frozenset()
EVERY_ROW = Rows.AGENCY
_ACTIVE = "ACTIVE"


class Right(NamedTuple):
    """The row scopes on which one coordinate is shown bare, shown masked, and counted."""

    view: Scopes
    masked: Scopes
    counted: Scopes
    """Whoever sees a value may count it, so this contains `view`."""

    @property
    def shown(self) -> Scopes:
        """Where something of the value is shown."""
        return self.view | self.masked


NO_RIGHT = Right(NOTHING, NOTHING, NOTHING)
Rights = Mapping[str, Right]


class Reading:
    """What the lines of a policy, defaults and overlays, amount to."""

    def __init__(self, lines: Iterable[PolicyLine], charter: Charter | None = None) -> None:
        self.charter = charter or read_charter()
        self._lines: defaultdict[tuple[str, str], list[PolicyLine]] = defaultdict(list)
        self._rights: dict[Place, Rights] = {}
        for line in lines:
            for coordinate in self.charter.meanings.get(line.obj, NOTHING):
                self._lines[coordinate, line.act].append(line)

    def rights_of(self, place: Place) -> Rights:
        """The right of every coordinate that is not closed altogether."""
        if place not in self._rights:
            gate = self._gate(place)
            self._rights[place] = {
                coordinate: right
                for coordinate in self._coordinates
                if gate(coordinate) and any(right := self._right(place, coordinate))
            }
        return self._rights[place]

    @cached_property
    def _coordinates(self) -> list[str]:
        return sorted(self.charter.meanings["*"])

    def _gate(self, place: Place) -> "_Gate":
        opened = None if place.scopes is None else self.charter.open_scope(place.scopes)
        is_ended = place.subscription != _ACTIVE and Role.AGENCY_ADMIN not in place.roles
        return _Gate(self.charter, frozenset(place.modules), opened, is_ended)

    def _right(self, place: Place, coordinate: str) -> Right:
        view, masked, counted = (
            self._rows(place, coordinate, act) for act in (Act.VIEW, Act.VIEW_MASKED, Act.VIEW_AGGREGATE)
        )
        return Right(view, masked, view | counted)

    def _rows(self, place: Place, coordinate: str, act: str) -> Scopes:
        domains = (EVERYWHERE, as_domain(place.agency_id))
        mine = [
            line for line in self._lines.get((coordinate, act), ()) if line.sub in place.roles and line.dom in domains
        ]
        rows = NOTHING if any(line.eft == "deny" for line in mine) else frozenset(line.rows for line in mine)
        if place.named is None or coordinate not in place.named.coordinates:
            return rows
        return frozenset({Rows.GRANTED}) if EVERY_ROW in rows else NOTHING


class _Gate(NamedTuple):
    """What closes coordinates whatever the roles."""

    charter: Charter
    modules: Scopes
    opened: Scopes | None
    is_ended: bool

    def __call__(self, coordinate: str) -> bool:
        """Whether the coordinate passes."""
        module = self.charter.modules[type_of(coordinate)]
        is_scoped_out = self.opened is not None and coordinate not in self.opened
        return not (self.is_ended or is_scoped_out or (module and module not in self.modules))
