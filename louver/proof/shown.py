"""What each coordinate shows of a row, bare and masked, written again from the matrix."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from louver.authz.vocabulary import Mask
from louver.proof.charter import Charter, type_of
from louver.proof.values import TABLES
from louver.proof.worlds import LINKS, Row, World

GUARD = "Officer.undercoverName"
"""A right, and no field: who does not have it sees no name of an officer who is undercover."""
GUARDED = frozenset({"Officer.firstName", "Officer.lastName", "Officer.workEmail"})
INPUTS = {"Training.hoursEarned": ("Training.hours", "Training.status")}
"""Fields that are shown only where what they are derived from is shown too."""
_EARNING = ("PASSED", "INSTRUCTED", "COMPLETED")
_IMPAIRED = frozenset({"A", "D", "M", "UNDER_INFLUENCE", "OTHER"})
_SHORT = 3


class Cell(NamedTuple):
    """A field that shows a value: how it is read, and the columns of its own row that it is read from."""

    coordinate: str
    read: Callable[[World, Row], Any]
    columns: tuple[str, ...]

    @property
    def field(self) -> str:
        """The field's name."""
        return self.coordinate.partition(".")[2]

    @property
    def needed(self) -> tuple[str, ...]:
        """The coordinates whose rights it takes."""
        return (self.coordinate, *INPUTS.get(self.coordinate, ()))


def list_cells(charter: Charter) -> dict[str, tuple[Cell, ...]]:
    """All fields that show a value, by type."""
    links = {f"{name}.{link.name}" for name, links in LINKS.items() for link in links}
    found: dict[str, list[Cell]] = {name: [] for name in charter.fields}
    for name, fields in charter.fields.items():
        for field in fields:
            coordinate = f"{name}.{field}"
            if coordinate not in links and coordinate != GUARD:
                found[name].append(_DERIVED.get(coordinate) or _plain(coordinate))
    return {name: tuple(cells) for name, cells in found.items()}


def mask(kind: str, value: Any) -> Any:
    """What stands in for a value."""
    return None if value is None else _MASKS[kind](value)


def snake(name: str) -> str:
    """From `badgeNumber` to `badge_number`."""
    return re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name)


def _plain(coordinate: str) -> Cell:
    column = snake(coordinate.partition(".")[2])
    if column not in TABLES[type_of(coordinate)].c:
        raise LookupError(f"the proof does not know what {coordinate} shows: say so in louver/proof/shown.py")
    return Cell(coordinate, lambda _, row: row[column], (column,))


def _hours_earned(_world: World, row: Row) -> Any:
    return row["hours_hundredths"] if row["status"] in _EARNING else 0


def _officer_ref(world: World, row: Row) -> Any:
    officer = world.rows["Officer"].get(row["officer_id"])
    return officer and officer["pseudonym"]


def _impaired(_world: World, row: Row) -> bool | None:
    kinds = set(row["impairment_types"] or ())
    return True if kinds & _IMPAIRED else False if "NONE" in kinds else None


_DERIVED = {
    cell.coordinate: cell
    for cell in (
        Cell("Course.hours", lambda _, row: row["hours_hundredths"], ("hours_hundredths",)),
        Cell("Training.hours", lambda _, row: row["hours_hundredths"], ("hours_hundredths",)),
        Cell("Training.hoursEarned", _hours_earned, ("hours_hundredths", "status")),
        Cell("UofInvolvement.officerRef", _officer_ref, ("officer_id",)),
        Cell("UofSubject.impaired", _impaired, ("impairment_types",)),
    )
}


def _floor(value: date, **parts: int) -> date:
    day = value.replace(day=1, **parts)
    return day.replace(hour=0, minute=0, second=0, microsecond=0) if isinstance(day, datetime) else day


def _active_flag(status: str) -> str:
    if status in ("ACTIVE", "PROBATIONARY", "RESERVE", "LEAVE"):
        return "ACTIVE"
    return "SEPARATED" if status in ("RESIGNED", "RETIRED", "SEPARATED") else "UNKNOWN"


_MASKS: dict[str, Callable[[Any], Any]] = {
    Mask.INITIAL: lambda text: f"{text.lstrip(' ')[0]}." if text.strip(" ") else None,
    Mask.LAST_TWO: lambda text: f"••{text[-2:]}" if len(text) > _SHORT else "••",
    Mask.ON_FILE: lambda text: "on file" if text.strip(" ") else None,
    Mask.YEAR: lambda day: _floor(day, month=1),
    Mask.MONTH: _floor,
    Mask.ACTIVE_FLAG: _active_flag,
    Mask.BLOCK: lambda degrees: round(degrees, 2),
    Mask.DOMAIN_PART: lambda text: text.partition("@")[2] or None,
    Mask.WITHHELD: lambda _: None,
}
