"""What stands in for a masked value, as SQL. The rules are those of the role × field matrix.

Leak: a mask is all that filters, orders and cursors see too, so none may keep a value's length or format.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal

from louver.authz.vocabulary import Mask
from louver.db.codes import EmploymentStatus
from louver.resolvers.catalogue import Column, Kind
from louver.resolvers.dialects import Speech
from louver.resolvers.expressions import WholeNumber, is_any_of

SHORT = 3
IN_SERVICE = (
    EmploymentStatus.ACTIVE,
    EmploymentStatus.PROBATIONARY,
    EmploymentStatus.RESERVE,
    EmploymentStatus.LEAVE,
)
GONE = (EmploymentStatus.RESIGNED, EmploymentStatus.RETIRED, EmploymentStatus.SEPARATED)


def mask_expression(mask: Mask | None, value: ColumnElement[Any], column: Column, speech: Speech) -> Any:
    """Build the stand-in for `value`; None where nothing of it may be in the SQL (`withheld`)."""
    if mask is None or mask is Mask.WITHHELD:
        return None
    return _MASKS[mask](value, column, speech)


def _initial(value: ColumnElement[Any], _column: Column, _speech: Speech) -> ColumnElement[Any]:
    # A name that is blank has no initial, and counts as none.
    return func.substr(func.nullif(func.ltrim(value), ""), 1, 1).concat(".")


def _last_two(value: ColumnElement[Any], _column: Column, speech: Speech) -> ColumnElement[Any]:
    # Leak: of a number of three characters, two would be nearly all.
    return case((func.length(value) > SHORT, literal("••").concat(speech.tail(value, 2))), (value.is_not(None), "••"))


def _on_file(value: ColumnElement[Any], _column: Column, _speech: Speech) -> ColumnElement[Any]:
    return case((func.trim(value) != "", "on file"))


def _year(value: ColumnElement[Any], column: Column, speech: Speech) -> ColumnElement[Any]:
    return speech.date_floor(value, "YEAR", is_instant=column.kind is Kind.INSTANT)


def _month(value: ColumnElement[Any], column: Column, speech: Speech) -> ColumnElement[Any]:
    return speech.date_floor(value, "MONTH", is_instant=column.kind is Kind.INSTANT)


def _active_flag(value: ColumnElement[Any], _column: Column, _speech: Speech) -> ColumnElement[Any]:
    return case(
        (is_any_of(value, IN_SERVICE), literal(EmploymentStatus.ACTIVE, value.type)),
        (is_any_of(value, GONE), literal(EmploymentStatus.SEPARATED, value.type)),
        (value.is_not(None), literal(EmploymentStatus.UNKNOWN, value.type)),
    )


def _block(value: ColumnElement[Any], _column: Column, _speech: Speech) -> ColumnElement[Any]:
    return WholeNumber(value * 100) / 100.0


def _domain_part(value: ColumnElement[Any], _column: Column, speech: Speech) -> ColumnElement[Any]:
    return speech.after(value, "@")


_MASKS: dict[Mask, Callable[[ColumnElement[Any], Column, Speech], ColumnElement[Any]]] = {
    Mask.INITIAL: _initial,
    Mask.LAST_TWO: _last_two,
    Mask.ON_FILE: _on_file,
    Mask.YEAR: _year,
    Mask.MONTH: _month,
    Mask.ACTIVE_FLAG: _active_flag,
    Mask.BLOCK: _block,
    Mask.DOMAIN_PART: _domain_part,
}
