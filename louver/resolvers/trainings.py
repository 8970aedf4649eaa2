"""Row scopes and derived fields of trainings."""

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Double, FromClause, and_, case, cast, literal

from louver.authz.vocabulary import Rows
from louver.db.codes import TrainingStatus
from louver.resolvers.catalogue import ScopeBinds
from louver.resolvers.expressions import is_any_of, there_is
from louver.resolvers.scopes import OFFICERS, officer_is_within_units

_HUNDRED: BindParameter[float] = literal(100.0, Double())
EARNING = (TrainingStatus.PASSED, TrainingStatus.INSTRUCTED, TrainingStatus.COMPLETED)
"""Statuses that earn hours, as in Oregon's state transcripts."""


def hours_hundredths(row: FromClause) -> ColumnElement[Any]:
    """Clock hours as they are stored."""
    return row.c.hours_hundredths


def hours_earned_hundredths(row: FromClause) -> ColumnElement[Any]:
    """Hours that count towards requirements: none unless passed, instructed or completed."""
    return case((is_any_of(row.c.status, EARNING), row.c.hours_hundredths), else_=0)


def hours(row: FromClause) -> ColumnElement[Any]:
    """Clock hours."""
    return cast(hours_hundredths(row), Double) / _HUNDRED


def hours_earned(row: FromClause) -> ColumnElement[Any]:
    """Clock hours that count."""
    return cast(hours_earned_hundredths(row), Double) / _HUNDRED


def _of_unit(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return officer_is_within_units(row.c.agency_id, row.c.officer_id, binds)


def _own(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return binds.is_own_officer(row.c.agency_id, row.c.officer_id)


def _sworn(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    """A sworn officer's, completed within the cycle granted; what has no day of completion is in no cycle."""
    officer = OFFICERS.alias()
    is_of_sworn = there_is(
        officer,
        binds.is_of_agency(officer.c.agency_id, row.c.agency_id),
        officer.c.id == row.c.officer_id,
        officer.c.is_sworn,
    )
    return and_(is_of_sworn, binds.is_in_cycle(row.c.agency_id, row.c.completed_on))


def _granted(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return binds.is_granted_officer(row.c.agency_id, row.c.officer_id)


SCOPES = {Rows.UNIT: _of_unit, Rows.OWN: _own, Rows.SWORN: _sworn, Rows.GRANTED: _granted}
