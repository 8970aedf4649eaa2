"""Pages below other rows: the first rows of each parent, cut off before anything is joined to them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnClause, ColumnElement, FromClause, Select, select
from sqlalchemy.sql import visitors

from louver.resolvers.dialects import First, Speech
from louver.resolvers.rows import RowBuilder
from louver.resolvers.turning import turn_over


def select_per_parent(speech: Speech, first: First, rows: RowBuilder) -> Select[Any]:
    """Select what was collected, of the first rows of each id in the parameter `parents`.

    In front stands the place of the parent in that list, from 0; the rows of one parent come in their order. What was
    collected names the whole table, so each expression is turned over to the page that was cut from it.
    """
    named = [*rows.columns, *(condition for _, condition in rows.joins)]
    cut = speech.cut_per_parent(first, select(*_list_columns(first.row, named)).where(first.wanted))
    source = cut.source
    stands_for: dict[FromClause, FromClause] = {first.row: cut.page}
    for number, (child, condition) in enumerate(rows.joins):
        query = select(*_list_columns(child, named))
        source, stands_for[child] = speech.link(source, child, query, turn_over(condition, stands_for), number)
    columns = [turn_over(column, stands_for) for column in rows.columns]
    # Leak: an expression that was not turned over would bring in the table once more, and all of its rows.
    if any(first.row in column._from_objects for column in columns):  # noqa: SLF001 - there is no public name for it
        raise TypeError("a part of the plan cannot be turned over to the page that it is shown on")
    return select(cut.position.label("parent"), *columns).select_from(source).order_by(*cut.ordered)


def _list_columns(row: FromClause, expressions: Iterable[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """List the columns of a row that expressions name, in the order of the table."""
    parts = (part for expression in expressions for part in visitors.iterate(expression))
    named = {part.name for part in parts if isinstance(part, ColumnClause) and part.table is row}
    return [column for column in row.c if column.name in named]
