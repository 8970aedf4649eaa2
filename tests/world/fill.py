"""Values for every column of a table, by rule: some rows have one and some have none, each column in its own rhythm."""

import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Column, Date, Double, Integer, Table
from sqlalchemy.types import TypeEngine

from louver.db.types import Code, Codes, Instant

Row = dict[str, Any]

SKEWED = (0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 1)
"""Few large groups and many small ones, so that there is something to suppress."""
ENDINGS = ("", " É", " 50%", " a_b", " c\\d", " ß", " 'q'", " 名")
"""What a careless LIKE, quote or encoding trips over."""
GROUPED_TEXTS = frozenset(
    {
        "title",
        "rank",
        "training_profile",
        "assignment",
        "sponsor",
        "provider",
        "location",
        "source",
        "call_type",
        "beat",
        "officer_rank",
    }
)
INTEGERS = {"hours_hundredths": 25, "officer_age": 1, "age_exact": 1, "height_in": 1, "weight_lb": 3}
FIRST_DAY = date(2021, 11, 3)
FIRST_INSTANT = datetime(2024, 1, 17, 22, 41, 7, tzinfo=UTC)
NULL_EVERY = 5
LINKS = frozenset(
    {
        "unit_id",
        "parent_id",
        "commander_id",
        "course_id",
        "officer_id",
        "incident_id",
        "source_system",
        "source_key",
    }
)
"""Columns that are given, or null."""


def fill(table: Table, position: int, **given: Any) -> Row:
    """Make one row; what is given stands, keys that are not given are null."""
    return {column.name: given[column.name] if column.name in given else _value(column, position) for column in table.c}


def _value(column: Column[Any], position: int) -> Any:
    if column.name in LINKS:
        return None
    offset = zlib.crc32(column.name.encode())
    if column.nullable and (position + offset) % NULL_EVERY == 0:
        return None
    return _by_type(column.name, column.type, position, offset)


def _by_type(name: str, kind: TypeEngine[Any], position: int, offset: int) -> Any:  # noqa: PLR0911 - one for each kind
    match kind:
        case Code(enum=enum):
            return _skewed(list(enum), position + offset)
        case Codes(enum=enum):
            return _some(list(enum) if enum else [f"{name[:3].upper()}{number}" for number in range(4)], position)
        case Boolean():
            return (position + offset) % 3 == 0
        case Date():
            return FIRST_DAY + timedelta(days=23 * position + offset % 400)
        case Instant():
            return FIRST_INSTANT + timedelta(days=17 * position, microseconds=250_000 * (position % 3))
        case Double():
            return round(40.0 + (position * 37 + offset) % 101 * 0.1317, 4)
        case Integer():
            return 16 + (position * 7 + offset) % 53 * INTEGERS.get(name, 1)
        case _:
            return _text(name, position, offset)


def _skewed(members: Sequence[Any], position: int) -> Any:
    return members[SKEWED[position % len(SKEWED)] % len(members)]


def _some(members: Sequence[Any], position: int) -> list[Any]:
    """None, one, two or three of them, the first the most often."""
    wanted = (SKEWED[position % len(SKEWED)], 2 + position % 3, 5 + position % 4)[: position % 4]
    return list(dict.fromkeys(members[index % len(members)] for index in wanted))


def _text(name: str, position: int, offset: int) -> str:
    label = name.replace("_", " ")
    if name in GROUPED_TEXTS:
        return f"{label} {SKEWED[(position + offset) % len(SKEWED)]}"
    return f"{label.title() if position % 2 else label} {position}{ENDINGS[(position + offset) % len(ENDINGS)]}"
