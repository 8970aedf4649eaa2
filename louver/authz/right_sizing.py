"""Right-sizing: what of a key's rights it never uses, and the scopes that would be enough. Pure: no log, no store."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from louver.authz import shipped
from louver.authz.key_scopes import KeyScope, read_scopes
from louver.authz.rights import Rights


class Fit(NamedTuple):
    """How well a key's scopes fit its use."""

    unread: Sequence[str]
    """Fields that it may see and did not."""
    scopes: Sequence[str]
    """Scopes that would have been enough; none for a key that read nothing."""


def fit(rights: Rights, scopes: Collection[str] | None, read: Collection[str]) -> Fit:
    """Fit scopes to what was read, types among it. They keep the verbs, and name nothing that was not open before."""
    coordinates = shipped.read_coordinates()
    seen = {each for each in coordinates.fields if not _is_closed(rights, each)}
    used = seen.intersection(read)
    types = {each.partition(".")[0] for each in read} & coordinates.types
    narrower: dict[KeyScope, None] = {}
    parsed = sorted(read_scopes(scopes if scopes is not None else ("*",)), key=str)
    for scope in parsed:
        opened = coordinates.expand_scopes([scope.name])
        narrower |= dict.fromkeys(KeyScope(name, scope.acts) for name in _name(opened, used, seen))
    for scope in parsed:
        bare = sorted(types & coordinates.expand_scopes([scope.name]))
        narrower |= dict.fromkeys(scope.of_type(each) for each in bare if not _is_reached(each, scope, narrower))
    return Fit(sorted(seen - used), [str(each) for each in narrower])


def _is_reached(type_name: str, scope: KeyScope, others: Collection[KeyScope]) -> bool:
    """Whether the rows of a type are reached, as far as a scope reaches them, for the sake of what others name."""
    return any(each.name.partition(".")[0] == type_name and scope.reaching <= each.reaching for each in others)


def _is_closed(rights: Rights, coordinate: str) -> bool:
    decision = rights.decide(coordinate)
    return decision.is_denied and not decision.aggregate


def _name(opened: Collection[str], used: Collection[str], seen: Collection[str]) -> list[str]:
    """Name fields one by one, and `Type.*` where it was open and each that is seen of the type is among them."""
    names: list[str] = []
    for type_name in sorted({each.partition(".")[0] for each in used if each in opened}):
        whole = shipped.read_coordinates().expand(f"{type_name}.*")
        fields = sorted(whole.intersection(opened, used))
        names += [f"{type_name}.*"] if whole <= set(opened) and whole.intersection(seen) <= set(used) else fields
    return names
