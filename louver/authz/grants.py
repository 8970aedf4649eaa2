"""Support grants: what an agency opened to the vendor's support, taken together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from louver.authz import shipped

_UOF = "UOF"
_SETS_KEPT = 1_000
_OFFICERS_TYPES = frozenset({"Officer", "Training"})
_INCIDENTS_TYPES = frozenset({"UofIncident", "UofInvolvement", "UofSubject"})
"""Types whose rows belong to an officer, and to an incident."""
_AGENCYS_TYPES = frozenset({"Agency", "Unit", "Course"})
"""Types that are the agency's own, and about nobody. Leak: a type in none of the three is open by no named row."""


class Grant(NamedTuple):
    """One grant that is live now."""

    id: UUID
    ticket: str
    includes_uof: bool
    fields: list[str] | None
    """Coordinates, types and field groups that it opens; None for everything that the role of support has."""
    officers: list[str] | None = None
    incidents: list[str] | None = None
    """The ids, as hexadecimal digits, of what it is narrowed to; both None for all rows."""

    @property
    def is_narrowed(self) -> bool:
        """Whether it names the rows that it opens."""
        return self.officers is not None or self.incidents is not None


class Opened(NamedTuple):
    """What grants open together. `scopes`: coordinates, None for no limit beside the role's own."""

    scopes: Collection[str] | None
    narrowed: frozenset[str] = frozenset()
    """Those of them that are open on the named rows alone."""
    officers: frozenset[UUID] = frozenset()
    incidents: frozenset[UUID] = frozenset()


def open_grants(grants: Sequence[Grant], key_scopes: Collection[str] | None) -> Opened:
    """Answer what the grants open together, within what the key was issued for.

    Leak: one principal binds one list of officers and one of incidents, so of grants that name different ones a field
    is open only if each of them opens it; or the field of one would be read on the rows of another.
    """
    wide = find_scopes((grant for grant in grants if not grant.is_narrowed), key_scopes)
    narrowed = [grant for grant in grants if grant.is_narrowed]
    if wide is None or not narrowed:
        return Opened(wide)
    wide = shipped.read_coordinates().expand_scopes(wide)
    named = _open_alike(_OFFICERS_TYPES, ((_read_ids(grant.officers), grant) for grant in narrowed))
    named |= _open_alike(_INCIDENTS_TYPES, ((_read_ids(grant.incidents), grant) for grant in narrowed))
    of_agency = {name for grant in narrowed for name in _open(grant) if _get_type(name) in _AGENCYS_TYPES}
    within = of_agency | named
    if key_scopes is not None:
        within &= shipped.read_coordinates().expand_scopes(key_scopes)
    officers, incidents = (
        frozenset[UUID]().union(*map(_read_ids, lists))
        for lists in ([grant.officers for grant in narrowed], [grant.incidents for grant in narrowed])
    )
    return Opened(wide | within, (named & within) - wide, officers, incidents)


def find_scopes(grants: Iterable[Grant], key_scopes: Collection[str] | None) -> Collection[str] | None:
    """Answer what the grants open on all rows and the key was issued for; None for no limit beside the role's own.

    Leak: field by field, for a grant of one field that names use of force must not lend its name to another grant.
    """
    opened = {(None if each.fields is None else frozenset(each.fields), each.includes_uof) for each in grants}
    if (None, True) in opened:
        return key_scopes
    granted = frozenset[str]().union(*(_expand(fields, includes_uof=uof) for fields, uof in opened))
    return granted if key_scopes is None else granted & shipped.read_coordinates().expand_scopes(key_scopes)


def _open_alike(types: frozenset[str], grants: Iterable[tuple[frozenset[UUID], Grant]]) -> frozenset[str]:
    """List what is open of these types on each row that any grant names; grants of the same rows add up."""
    by_rows: defaultdict[frozenset[UUID], frozenset[str]] = defaultdict(frozenset)
    for rows, grant in grants:
        if rows:
            by_rows[rows] |= {name for name in _open(grant) if _get_type(name) in types}
    return frozenset.intersection(*by_rows.values()) if by_rows else frozenset()


def _open(grant: Grant) -> frozenset[str]:
    return _expand(None if grant.fields is None else frozenset(grant.fields), includes_uof=grant.includes_uof)


@lru_cache(_SETS_KEPT)
def _expand(fields: frozenset[str] | None, *, includes_uof: bool) -> frozenset[str]:
    coordinates = shipped.read_coordinates()
    found = coordinates.expand("*") if fields is None else coordinates.expand_scopes(fields)
    return found if includes_uof else frozenset(name for name in found if coordinates.get_module(name) != _UOF)


def _get_type(coordinate: str) -> str:
    return coordinate.partition(".")[0]


def _read_ids(ids: Iterable[str] | None) -> frozenset[UUID]:
    return frozenset(map(UUID, ids or ()))
