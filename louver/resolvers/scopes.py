"""Row scopes that more than one entity uses. Those of one entity stand in the file of its noun."""

from typing import Any

from sqlalchemy import ColumnElement

from louver.authz.vocabulary import Rows
from louver.db.officers import OfficerRow
from louver.resolvers.catalogue import ScopeBinds, ScopePredicate
from louver.resolvers.expressions import there_is

OFFICERS = OfficerRow.__table__


NONE_BUT_AGENCY: dict[Rows, ScopePredicate] = {}
"""For what belongs to the agency as a whole: seen by all of it or not at all."""


def officer_is_within_units(
    agency_id: ColumnElement[Any], officer_id: ColumnElement[Any], binds: ScopeBinds, *, is_identified: bool = False
) -> ColumnElement[bool]:
    """The officer belongs to the caller's units or to one below; `is_identified` as in `ScopeBinds`."""
    officer = OFFICERS.alias()
    return there_is(
        officer,
        binds.is_of_agency(officer.c.agency_id, agency_id),
        officer.c.id == officer_id,
        binds.is_within_units(officer.c.agency_id, officer.c.unit_id, is_identified=is_identified),
    )
