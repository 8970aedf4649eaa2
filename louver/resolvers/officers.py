"""Row scopes of officers."""

from sqlalchemy import ColumnElement, FromClause

from louver.authz.vocabulary import Rows
from louver.db.agencies import UnitRow
from louver.resolvers.catalogue import ScopeBinds
from louver.resolvers.expressions import there_is

UNITS = UnitRow.__table__


def _of_unit(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return binds.is_within_units(row.c.agency_id, row.c.unit_id)


def _own(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return binds.is_own_officer(row.c.agency_id, row.c.id)


def _in_chain(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    """The officer commands a unit of the caller's, or one above it."""
    unit = UNITS.alias()
    return there_is(
        unit,
        binds.is_of_agency(unit.c.agency_id, row.c.agency_id),
        unit.c.commander_id == row.c.id,
        binds.is_above(unit.c.agency_id, unit.c.id),
    )


def _sworn(row: FromClause, _binds: ScopeBinds) -> ColumnElement[bool]:
    return row.c.is_sworn


def _granted(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return binds.is_granted_officer(row.c.agency_id, row.c.id)


def is_undercover(row: FromClause) -> ColumnElement[bool]:
    """Whose name is protected (Minn. Stat. 13.43 subd. 5)."""
    return row.c.is_undercover


SCOPES = {Rows.UNIT: _of_unit, Rows.OWN: _own, Rows.CHAIN: _in_chain, Rows.SWORN: _sworn, Rows.GRANTED: _granted}
