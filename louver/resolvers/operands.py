"""Operands of filters: from what GraphQL coerced to what a driver can bind, or a refusal that says why not."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from louver.errors import InvalidInputError, LimitExceededError
from louver.resolvers.catalogue import Column, Entity, Kind
from louver.resolvers.ids import read_id_of

PATTERN_MAX = 1_000
"""Characters of what is searched for; SQLite takes no pattern of more than 50,000 bytes."""


def read_operand(entity: Entity, column: Column, operator: str, operand: Any) -> Any:
    """Read the operand of one operator.

    Raises:
        InvalidInputError: it is nothing that a value of this column could be compared with.
        LimitExceededError: it is longer than what is searched for.

    """
    if isinstance(operand, list):
        return [_read_item(entity, column, item) for item in operand]
    item = _read_item(entity, column, operand)
    if operator in ("contains", "startsWith"):
        return _as_pattern(operator, item)
    return [item] if operator == "has" else item


def _read_item(entity: Entity, column: Column, item: Any) -> Any:
    match item:
        case str() if column.kind is Kind.ID:
            return _read_id(entity, item)
        case str() if "\0" in item:
            # No text in the database has it, and PostgreSQL takes none that does.
            raise InvalidInputError(f"`{column.name}` is compared with a NUL character", hint="leave it out")
        case datetime():
            return _read_instant(column, item)
        case _:
            return item


def _read_id(entity: Entity, text: str) -> UUID:
    found = read_id_of(entity, text)
    if found is None:
        # Leak: an id of another type is told like one that was made up, or the names of types could be guessed here.
        raise InvalidInputError(
            "a filter compares with what is not an id of such a row", hint="use an `id` that Louver returned"
        )
    return found


def _read_instant(column: Column, moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InvalidInputError(
            f"`{column.name}` is compared with a time of no zone", hint="end it with `Z`, or with an offset as `-06:00`"
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInputError(
            f"`{column.name}` is compared with a time out of range", hint="stay within the years 1 to 9999 in UTC"
        ) from error


def _as_pattern(operator: str, text: str) -> str:
    if len(text) > PATTERN_MAX:
        raise LimitExceededError(
            f"`{operator}` searches for more than {PATTERN_MAX} characters",
            hint="search for less, or use `eq`",
            limit="pattern",
            maximum=PATTERN_MAX,
            actual=len(text),
        )
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if operator == "contains" else f"{escaped}%"
