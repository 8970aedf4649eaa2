"""Turning an expression over one row into the same expression over what stands for that row."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnClause, ColumnElement, FromClause
from sqlalchemy.sql import visitors

Expression = TypeVar("Expression", bound=ColumnElement[Any])


def turn_over(expression: Expression, stands_for: Mapping[FromClause, FromClause]) -> Expression:
    """Put in the place of each row, and of its columns, what stands for it; other aliases of its table stay."""

    def replace(element: Any, **_: Any) -> Any:
        if isinstance(element, ColumnClause) and element.table is not None:
            page = stands_for.get(element.table)
            return None if page is None else page.c[element.name]
        return stands_for.get(element) if isinstance(element, FromClause) else None

    turned: Expression = visitors.replacement_traverse(expression, {}, replace)
    return turned
