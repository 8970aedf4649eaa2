"""Row scopes and derived fields of use-of-force incidents, involvements and subjects."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, false, not_, select, true

from louver.authz.vocabulary import Rows
from louver.db.codes import ImpairmentType, IncidentStatus
from louver.db.uof import UofIncidentRow, UofInvolvementRow
from louver.resolvers.catalogue import ScopeBinds, ScopePredicate
from louver.resolvers.expressions import HoldsAny, there_is
from louver.resolvers.scopes import OFFICERS, officer_is_within_units

INCIDENTS = UofIncidentRow.__table__
INVOLVEMENTS = UofInvolvementRow.__table__

IMPAIRED = (
    ImpairmentType.ALCOHOL,
    ImpairmentType.DRUG,
    ImpairmentType.MENTAL_HEALTH,
    ImpairmentType.UNDER_INFLUENCE,
    ImpairmentType.OTHER,
)


def _involves(row: FromClause, binds: ScopeBinds, predicate: ScopePredicate) -> ColumnElement[bool]:
    involvement = INVOLVEMENTS.alias()
    return there_is(
        involvement,
        binds.is_of_agency(involvement.c.agency_id, row.c.agency_id),
        involvement.c.incident_id == row.c.id,
        predicate(involvement, binds),
    )


def _involves_self(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return _involves(row, binds, _own_involvement)


def _involves_unit(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    """An officer of the unit is involved, and the caller is not: such an incident goes to the next level.

    Leak: of a caller who may be any officer nobody can tell whether it is involved, so it reaches no incident.
    """
    of_unit = _involves(row, binds, _unit_involvement)
    return and_(of_unit, not_(_involves_self(row, binds)))


def _closed(row: FromClause, _binds: ScopeBinds) -> ColumnElement[bool]:
    return row.c.status == IncidentStatus.CLOSED


def _published(row: FromClause, _binds: ScopeBinds) -> ColumnElement[bool]:
    return and_(row.c.status == IncidentStatus.CLOSED, row.c.published_at.is_not(None))


def _granted(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return binds.is_granted_incident(row.c.agency_id, row.c.id)


def _through_incident(scope: ScopePredicate) -> ScopePredicate:
    def predicate(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
        incident = INCIDENTS.alias()
        return there_is(
            incident,
            binds.is_of_agency(incident.c.agency_id, row.c.agency_id),
            incident.c.id == row.c.incident_id,
            scope(incident, binds),
        )

    return predicate


def _unit_involvement(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return officer_is_within_units(row.c.agency_id, row.c.officer_id, binds, is_identified=True)


def _own_involvement(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    """Only the caller's own part: other officers' rows of the same incident stay closed."""
    return binds.is_own_officer(row.c.agency_id, row.c.officer_id)


def officer_ref(row: FromClause) -> ColumnElement[Any]:
    """The pseudonym of the officer involved."""
    officer = OFFICERS.alias()
    return (
        select(officer.c.pseudonym)
        .where(officer.c.agency_id == row.c.agency_id, officer.c.id == row.c.officer_id)
        .scalar_subquery()
    )


def is_impaired(row: FromClause) -> ColumnElement[Any]:
    """Any apparent impairment, without its kind; null where it was not stated or is not known."""
    types = row.c.impairment_types
    return case((HoldsAny(types, IMPAIRED), true()), (HoldsAny(types, (ImpairmentType.NONE,)), false()))


INCIDENT_SCOPES = {
    Rows.UNIT: _involves_unit,
    Rows.OWN: _involves_self,
    Rows.CLOSED: _closed,
    Rows.PUBLISHED: _published,
    Rows.GRANTED: _granted,
}
SUBJECT_SCOPES = {rows: _through_incident(scope) for rows, scope in INCIDENT_SCOPES.items()}
INVOLVEMENT_SCOPES = {**SUBJECT_SCOPES, Rows.OWN: _own_involvement}
