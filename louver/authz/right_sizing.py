"""Right-sizing: what of a key's rights it never uses, and the scopes that would be enough. Pure: no log, no store."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from louver.authz import shipped
from louver.authz.key_scopes import KeyScope
from louver.authz.rights import Rights


class Fit(NamedTuple):
    """How well a key's scopes fit its use."""

    unread: Sequence[str]
    """Fields that it may see and did not."""
    scopes: Sequence[str]
    """Scopes that would have been enough; none for a key that read nothing."""


def fit(rights: Rights, scopes: Collection[str] | None, read: Collection[str]) -> Fit:
    """Fit scopes to what was read. Narrower ones keep the verbs, and no name that was not open before."""
    coordinates = shipped.read_coordinates()
    seen = {each for each in coordinates.fields if not _is_closed(rights, each)}
    used = seen.intersection(read)
    # Of roots and relations the log names what they lead from, and with it a type whose rows were reached at all.
    types = {each.partition(".")[0] for each in read} & coordinates.types
    narrower: dict[KeyScope, None] = {}
    for scope in map(KeyScope.parse, scopes if scopes is not None else ("*",)):
        opened = coordinates.expand(scope.name) & (used | types)
        narrower |= dict.fromkeys(KeyScope(name, scope.acts) for name in _name(opened, seen))
    return Fit(sorted(seen - used), [str(each) for each in narrower])


def _is_closed(rights: Rights, coordinate: str) -> bool:
    decision = rights.decide(coordinate)
    return decision.is_denied and not decision.aggregate


def _name(opened: Collection[str], seen: Collection[str]) -> list[str]:
    """Name fields one by one, and `Type.*` where each that is seen of the type is among them."""
    by_type: defaultdict[str, set[str]] = defaultdict(set)
    for coordinate in opened:
        by_type[coordinate.partition(".")[0]].add(coordinate)
    names: list[str] = []
    for type_name, members in sorted(by_type.items()):
        whole = {each for each in seen if each.partition(".")[0] == type_name}
        fields = members - {type_name}
        names += [f"{type_name}.*"] if fields and fields >= whole else sorted(fields or members)
    return names
