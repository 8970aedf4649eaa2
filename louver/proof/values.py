"""Values for columns: few of each, so that rows tie, filters hit, and a guess at a hidden value is a good one."""

import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Column, Date, Double, Integer, Table
from sqlalchemy.types import TypeEngine

from louver.db.base import Base
from louver.db.codes import CodedEnum
from louver.db.tables import (
    AgencyRow,
    CourseRow,
    OfficerRow,
    TrainingRow,
    UnitRow,
    UofIncidentRow,
    UofInvolvementRow,
    UofSubjectRow,
)
from louver.db.types import Code, Codes, Instant
from louver.proof.dice import Dice, chance, pick, pick_some

ROWS: dict[str, type[Base]] = {
    "Agency": AgencyRow,
    "Unit": UnitRow,
    "Officer": OfficerRow,
    "Course": CourseRow,
    "Training": TrainingRow,
    "UofIncident": UofIncidentRow,
    "UofInvolvement": UofInvolvementRow,
    "UofSubject": UofSubjectRow,
}
TABLES: dict[str, Table] = {name: row.__table__ for name, row in ROWS.items()}  # type: ignore[misc]  # all are Tables

_TEXTS = {
    "first_name": ("Ada", "Abraham", "Åsa", "Bo", "B"),
    "last_name": ("Adams", "Al", "Alderson", "Baker", "O'Neil", "Óscar"),
    "badge_number": ("7", "41", "4711", "99211", "20411", "20458"),
    "employee_id": ("E1", "E12", "E112", "F1"),
    "work_email": ("ada@one.example", "abe@one.example", "bo@two.example", ""),
    "name": ("Alder", "Birch", "alder 1", "50% off_duty"),
    "notes": ("late", "late again", "retake \\ 50%", ""),
    "summary": ("none", "fell", "Fell; see a_b", "\N{CJK UNIFIED IDEOGRAPH-540D}"),
    "state": ("MN", "OR"),
    "timezone": ("America/Chicago", "America/Los_Angeles"),
}
_DATES = (date(2022, 3, 1), date(2022, 3, 9), date(2022, 11, 30), date(2023, 1, 1), date(2024, 2, 29))
_INSTANTS = (
    datetime(2023, 12, 31, 23, 59, 59, 250_000, tzinfo=UTC),
    datetime(2024, 1, 1, 0, 0, 0, tzinfo=UTC),
    datetime(2024, 1, 17, 8, 30, 0, tzinfo=UTC),
    datetime(2024, 2, 2, 2, 2, 2, tzinfo=UTC),
)
_DOUBLES = {"latitude": (44.951, 44.953, 44.966, 45.251), "longitude": (-93.268, -93.271, -93.104, -92.901)}
_SCORES = (0.0, 69.5, 70.0, 100.0)
_INTEGERS = {"hours_hundredths": (0, 25, 72, 100, 800), "small_cell_minimum": (2, 3, 5)}
_SMALL = (0, 1, 2, 30, 31)
_MEMBERS_KEPT = 4
_NULL_PERCENT = 18
_PLAIN: dict[type[TypeEngine[Any]], Callable[[str], tuple[Any, ...]]] = {
    Boolean: lambda _: (False, True),
    Date: lambda _: _DATES,
    Instant: lambda _: _INSTANTS,
    Double: lambda name: _DOUBLES.get(name, _SCORES),
    Integer: lambda name: _INTEGERS.get(name, _SMALL),
}


@cache
def pool(column: Column[Any]) -> tuple[Any, ...]:
    """The values that a column takes, null aside."""
    name = column.name
    match column.type:
        case Code(enum=enum):
            return _spread([code.value for code in enum], name)
        case Codes(enum=enum):
            return _lists(enum, name)
        case kind:
            texts = _TEXTS.get(name, (f"{name} 1", f"{name} 12", f"{name[:1]}{name} 1"))
            return next((values(name) for sql, values in _PLAIN.items() if isinstance(kind, sql)), texts)


def draw_value(dice: Dice, column: Column[Any]) -> Any:
    """One value, or null where the column takes it."""
    return None if column.nullable and chance(dice, _NULL_PERCENT) else pick(dice, pool(column))


def codes_of(column: Column[Any]) -> tuple[str, ...]:
    """The single codes of which the lists of a multi-valued column are made."""
    return tuple(dict.fromkeys(code for codes in pool(column) for code in codes))


def _lists(enum: type[CodedEnum] | None, name: str) -> tuple[Any, ...]:
    texts = [f"{name[:2].upper()}{number}" for number in range(3)]
    codes = _spread([code.value for code in enum], name) if enum else texts
    return ([], [codes[0]], [codes[1]], [*codes[:2]], [*codes[1:], codes[0]])


def _spread(codes: Sequence[str], name: str) -> tuple[str, ...]:
    """A few of the codes, others for each column; and those by which scopes, masks and derived fields tell apart."""
    telling = [code for code in codes if code in _TELLING]
    start = zlib.crc32(name.encode()) % len(codes)
    rest = [*codes[start:], *codes[:start]]
    return tuple(dict.fromkeys([*telling, *rest]))[: max(len(telling), _MEMBERS_KEPT)]


_TELLING = frozenset(
    [
        "OPEN",
        "CLOSED",
        "PASSED",
        "COMPLETED",
        "FAILED",
        "ACTIVE",
        "PROBATIONARY",
        "LEAVE",
        "RESIGNED",
        "RETIRED",
        "A",
        "D",
        "NONE",
        "UNDER_INFLUENCE",
    ]
)


def draw_codes(dice: Dice, column: Column[Any]) -> list[str]:
    """Some single codes, as a filter asks for them."""
    return pick_some(dice, codes_of(column), 1, 2)
