"""How a stored value looks in an answer, bare or masked: written again from the matrix, not with Louver's code."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from tests.world.build import World
from tests.world.fill import Row

RELATIONS = {
    "Unit.parent": ("Unit", "parent_id"),
    "Unit.commander": ("Officer", "commander_id"),
    "Officer.unit": ("Unit", "unit_id"),
    "Training.course": ("Course", "course_id"),
    "UofInvolvement.officer": ("Officer", "officer_id"),
}
"""Classified links to one row: the type that they lead to and the column that holds its id."""
EARNING = ("PASSED", "INSTRUCTED", "COMPLETED")
STATED = {"NONE": False} | dict.fromkeys(("ALCOHOL", "DRUG", "MENTAL_HEALTH", "UNDER_INFLUENCE", "OTHER"), True)
IN_SERVICE = ("ACTIVE", "PROBATIONARY", "RESERVE", "LEAVE")
GONE = ("RESIGNED", "RETIRED", "SEPARATED")


def stored(world: World, coordinate: str, row: Row) -> Any:
    """The value of a field as Python has it, before it is rendered."""
    derive = _DERIVED.get(coordinate)
    if derive is not None:
        return derive(world, row)
    return row[snake(coordinate.partition(".")[2])]


def render(value: Any) -> Any:
    """Render one value for JSON."""
    match value:
        case Enum():
            return value.name
        case list():
            return [render(item) for item in value]
        case datetime():
            fraction = f".{value.microsecond:06}" if value.microsecond else ""
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"
        case date():
            return value.isoformat()
        case _:
            return value


def masked(mask: str | None, value: Any) -> Any:
    """The value that stands in under a mask; None as the mask's name means that nothing is told."""
    return None if mask is None or value is None else _MASKS[mask](value)


def outside_id(type_name: str, row: Row | None) -> str | None:
    """Spell the id of a row as clients see it."""
    return None if row is None else f"{type_name.lower()}_{row['id'].hex}"


def snake(name: str) -> str:
    """From `badgeNumber` to `badge_number`."""
    return re.sub(r"([A-Z])", lambda match: f"_{match[1].lower()}", name)


def _hours(_world: World, row: Row) -> float | None:
    return None if row["hours_hundredths"] is None else row["hours_hundredths"] / 100


def _hours_earned(world: World, row: Row) -> float | None:
    return _hours(world, row) if row["status"].name in EARNING else 0.0


def _officer_ref(world: World, row: Row) -> str | None:
    officer = world.find("Officer", row["officer_id"])
    return officer and officer["pseudonym"]


def _impaired(_world: World, row: Row) -> bool | None:
    kinds = [kind.name for kind in row["impairment_types"] or ()]
    answers = {STATED[kind] for kind in kinds if kind in STATED}
    return None if not answers else any(answers)


_DERIVED: dict[str, Callable[[World, Row], Any]] = {
    "Course.hours": _hours,
    "Training.hours": _hours,
    "Training.hoursEarned": _hours_earned,
    "UofInvolvement.officerRef": _officer_ref,
    "UofSubject.impaired": _impaired,
}


def _active_flag(status: Any) -> str:
    return "ACTIVE" if status.name in IN_SERVICE else "SEPARATED" if status.name in GONE else "UNKNOWN"


_MASKS: dict[str, Callable[[Any], Any]] = {
    "initial": lambda text: f"{text[0]}.",
    "last_two": lambda text: f"••{text[-2:]}" if len(text) > 3 else "••",
    "on_file": lambda _: "on file",
    "year": lambda day: f"{day.year}-01-01",
    "month": lambda moment: f"{moment:%Y-%m}-01T00:00:00Z",
    "active_flag": _active_flag,
    "block": lambda degrees: round(degrees, 2),
}
