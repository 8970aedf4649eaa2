"""Row scopes that more than one entity uses. Those of one entity stand in the file of its noun."""

from typing import Any

from sqlalchemy import ColumnElement, exists

from louver.authz.vocabulary import Rows
from louver.db.officers import OfficerRow
from louver.resolvers.catalogue import ScopeBinds, ScopePredicate

OFFICERS = OfficerRow.__table__


NONE_BUT_AGENCY: dict[Rows, ScopePredicate] = {}
"""For what belongs to the agency as a whole: seen by all of it or not at all."""


def officer_is_within_units(
    agency_id: ColumnElement[Any], officer_id: ColumnElement[Any], binds: ScopeBinds
) -> ColumnElement[bool]:
    """The officer belongs to the caller's units or to one below."""
    officer = OFFICERS.alias()
    return exists().where(
        officer.c.agency_id == agency_id,
        officer.c.id == officer_id,
        binds.is_within_units(officer.c.agency_id, officer.c.unit_id),
    )
