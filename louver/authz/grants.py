"""Support grants: what an agency opened to the vendor's support, taken together."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from louver.authz import shipped

_UOF = "UOF"
_SETS_KEPT = 1_000


class Grant(NamedTuple):
    """One grant that is live now."""

    id: UUID
    ticket: str
    includes_uof: bool
    fields: list[str] | None
    """Coordinates, types and field groups that it opens; None for everything that the role of support has."""


def find_scopes(grants: Iterable[Grant], key_scopes: Collection[str] | None) -> Collection[str] | None:
    """Answer what the grants open together and the key was issued for; None for no limit beside the role's own.

    Leak: field by field, for a grant of one field that names use of force must not lend its name to another grant.
    """
    opened = {(None if each.fields is None else frozenset(each.fields), each.includes_uof) for each in grants}
    if (None, True) in opened:
        return key_scopes
    granted = frozenset[str]().union(*(_expand(fields, includes_uof=uof) for fields, uof in opened))
    return granted if key_scopes is None else granted & shipped.read_coordinates().expand_scopes(key_scopes)


@lru_cache(_SETS_KEPT)
def _expand(fields: frozenset[str] | None, *, includes_uof: bool) -> frozenset[str]:
    coordinates = shipped.read_coordinates()
    found = coordinates.expand("*") if fields is None else coordinates.expand_scopes(fields)
    return found if includes_uof else frozenset(name for name in found if coordinates.get_module(name) != _UOF)
