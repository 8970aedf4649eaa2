"""Row scopes of officers."""

from sqlalchemy import ColumnElement, FromClause

from louver.authz.vocabulary import Rows
from louver.resolvers.catalogue import ScopeBinds


def _of_unit(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return binds.is_within_units(row.c.agency_id, row.c.unit_id)


def _own(row: FromClause, binds: ScopeBinds) -> ColumnElement[bool]:
    return binds.is_own_officer(row.c.id)


def _sworn(row: FromClause, _binds: ScopeBinds) -> ColumnElement[bool]:
    return row.c.is_sworn


def is_undercover(row: FromClause) -> ColumnElement[bool]:
    """Whose name is protected (Minn. Stat. 13.43 subd. 5)."""
    return row.c.is_undercover


SCOPES = {Rows.UNIT: _of_unit, Rows.OWN: _own, Rows.SWORN: _sworn}
