"""The reviewed policy files, read once more and by nothing of Louver's, so that a mistake in its reader shows."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import louver.authz

FOLDER = Path(louver.authz.__file__).parent
COLUMNS = {
    "AA": "agency_admin",
    "CH": "chief",
    "TC": "training_coordinator",
    "SU": "supervisor",
    "OF": "officer",
    "IA": "uof_reviewer",
    "RC": "records_clerk",
    "HR": "hr",
    "LG": "legal",
    "AU": "auditor",
    "PO": "post_auditor",
    "PP": "public_portal",
    "VS": "support",
}
GUARD = "Officer.undercoverName"
"""Classified, but no field: who may not see it gets no name of an undercover officer."""
GUARDED = ("Officer.firstName", "Officer.lastName", "Officer.workEmail")


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rows of a type a role lists, and which it may count; None for none."""

    listed: str | None
    counted: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One coordinate for one role."""

    coordinate: str
    role: str
    letter: str
    mask: str | None

    @property
    def type_name(self) -> str:
        """The type."""
        return self.coordinate.partition(".")[0]

    @property
    def field(self) -> str:
        """The field's own name."""
        return self.coordinate.partition(".")[2]

    def __str__(self) -> str:
        return f"{self.role}-{self.coordinate}-{self.letter}"


def _read_cells() -> Iterator[Cell]:
    for line in csv.DictReader((FOLDER / "matrix.csv").read_text().splitlines()):
        for text in line["coordinates"].split():
            coordinate, _, mask = text.partition("=")
            for column, role in COLUMNS.items():
                yield Cell(coordinate, role, line[column], mask or None)


def _read_reaches() -> Iterator[tuple[tuple[str, str], Reach]]:
    for line in csv.DictReader((FOLDER / "reach.csv").read_text().splitlines()):
        for column, role in COLUMNS.items():
            kind, _, rows = line[column].rpartition(":")
            listed = None if kind or rows == "-" else rows
            yield (line["type"], role), Reach(listed, None if rows == "-" else rows)


@dataclass(frozen=True, slots=True)
class Widening:
    """Further rows of a type that a role lists, of which it sees a few fields only."""

    type_name: str
    role: str
    rows: str
    coordinates: frozenset[str]


def _read_groups() -> dict[str, list[str]]:
    lines = csv.DictReader((FOLDER / "matrix.csv").read_text().splitlines())
    return {line["group"]: [text.partition("=")[0] for text in line["coordinates"].split()] for line in lines}


def _read_widenings() -> Iterator[Widening]:
    groups = _read_groups()
    for line in csv.DictReader((FOLDER / "widenings.csv").read_text().splitlines()):
        names = frozenset(each for name in line["names"].split() for each in groups.get(name, [name]))
        yield Widening(line["type"], line["role"], line["rows"], names)


CELLS = {(cell.coordinate, cell.role): cell for cell in _read_cells()}
REACHES = dict(_read_reaches())
WIDENINGS = tuple(_read_widenings())
COORDINATES = tuple(dict.fromkeys(coordinate for coordinate, _ in CELLS))


def letter(coordinate: str, role: str) -> str:
    """What the matrix says."""
    return CELLS[coordinate, role].letter


def widenings(type_name: str, role: str) -> list[Widening]:
    """What widens a role's reach on a type."""
    return [each for each in WIDENINGS if (each.type_name, each.role) == (type_name, role)]


def fields_of(type_name: str) -> list[str]:
    """The classified fields of a type."""
    names = (coordinate.partition(".") for coordinate in COORDINATES if coordinate != GUARD)
    return [field for owner, _, field in names if owner == type_name]
