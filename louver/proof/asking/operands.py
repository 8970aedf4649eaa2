"""What filters compare with: values that rows have, hidden ones no less, as a client would spell them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from louver.proof.asking.draft import Draft, Word
from louver.proof.dice import chance, pick, pick_some
from louver.proof.shown import snake
from louver.proof.values import TABLES, codes_of, pool
from louver.resolvers.catalogue import Column, Entity, Kind
from louver.schema.inputs import LISTED, SCALARS

_PSEUDONYMS = TABLES["Officer"].c["pseudonym"]
_HUNDREDTHS = TABLES["Training"].c["hours_hundredths"]


def operand_type(column: Column, operator: str) -> str:
    """The GraphQL type of an operator's value."""
    if operator == "isNull":
        return "Boolean"
    scalar = column.codes.__name__ if column.codes else SCALARS.get(column.kind, "String")
    return f"[{scalar}!]" if operator in LISTED else scalar


def draw_operand(draft: Draft, entity: Entity, column: Column, operator: str) -> Any:
    """A value for an operator."""
    dice = draft.dice
    if operator == "isNull":
        return chance(dice, 50)
    offered = [spell(column, value) for value in _values(draft, entity, column)]
    if operator in LISTED:
        return pick_some(dice, offered, 1, 3)
    value = pick(dice, offered)
    if operator in ("contains", "startsWith"):
        text = str(value)
        return pick(dice, [text[:1], text[1:3], text.lower(), "%", "_"] if operator == "contains" else [text[:1], text])
    return value


def spell(column: Column, value: Any) -> Any:
    """A value as it is written in GraphQL."""
    if column.codes is not None:
        return Word(column.codes.from_code(value).name)
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return value


def spell_id(entity: Entity, row_id: UUID) -> str:
    """A row's id as clients have it."""
    return f"{entity.prefix}_{row_id.hex}"


def _values(draft: Draft, entity: Entity, column: Column) -> list[Any]:
    match column.name:
        case "id":
            known = [spell_id(entity, row_id) for row_id in draft.world.rows[entity.name]]
            return known or [spell_id(entity, UUID(int=0))]
        case "officerRef":
            return list(pool(_PSEUDONYMS))
        case "impaired":
            return [False, True]
        case "hours" | "hoursEarned":
            return [value / 100 for value in pool(_HUNDREDTHS)]
        case name:
            stored = TABLES[entity.name].c[snake(name)]
            return list(codes_of(stored) if column.kind in (Kind.CODES, Kind.TEXTS) else pool(stored))
