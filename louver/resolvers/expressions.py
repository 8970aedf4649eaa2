"""SQL expressions that read the same on both engines and hold constants only."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Double, Exists, FromClause, exists, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from louver.db.codes import CodedEnum


def is_any_of(value: ColumnElement[Any], codes: Iterable[CodedEnum]) -> ColumnElement[bool]:
    """Whether a coded value is one of `codes`."""
    return or_(*(value == code for code in codes))


def there_is(row: FromClause, *conditions: ColumnElement[bool]) -> Exists:
    """There is a row of `row` that meets the conditions, which may speak of the rows around it too.

    Leak: where an expression stands in a FROM, as a list does that SQLite takes apart, SQLAlchemy does not see the rows
    around it by itself. It would then ask whether there is such a row for any of them.
    """
    return exists().where(*conditions).correlate_except(row)


class WholeNumber(FunctionElement[float]):
    """A number rounded to a whole one, halves away from zero; PostgreSQL's own `round` would take them to the even."""

    type = Double()
    name = "whole_number"
    inherit_cache = True


@compiles(WholeNumber, "postgresql")
def _round_on_postgresql(element: WholeNumber, compiler: SQLCompiler, **options: Any) -> str:
    value = compiler.process(element.clauses, **options)
    return f"trunc({value} + sign({value}) * 0.5)"


@compiles(WholeNumber, "sqlite")
def _round_on_sqlite(element: WholeNumber, compiler: SQLCompiler, **options: Any) -> str:
    return f"round({compiler.process(element.clauses, **options)})"


class HoldsAny(FunctionElement[bool]):
    """Whether a multi-valued column holds at least one of `codes`; null where the column is."""

    type = Boolean()
    name = "holds_any"
    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], codes: Iterable[CodedEnum]) -> None:
        super().__init__(column)
        self.listed = ", ".join(f"'{code.value}'" for code in codes)


@compiles(HoldsAny, "postgresql")
def _compile_for_postgresql(element: HoldsAny, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} && ARRAY[{element.listed}]::varchar[])"


@compiles(HoldsAny, "sqlite")
def _compile_for_sqlite(element: HoldsAny, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    held = f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value IN ({element.listed}))"  # noqa: S608 - our codes
    return f"CASE WHEN {column} IS NOT NULL THEN {held} END"
