"""Reach: which rows of a type a role gets to, before any field is looked at.

`reach.csv` is the source; `widenings.csv` adds rows of which a role sees a few fields only.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from louver.authz.vocabulary import ROLE_COLUMNS, Role, Rows
from louver.errors import MisconfiguredError

_AGGREGATE = "aggregate:"
_NONE = "-"


@dataclass(frozen=True, slots=True)
class Reach:
    """One cell: the rows a role reads, and the rows it counts."""

    view: Rows | None
    aggregate: Rows | None

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Parse `agency` (reads, hence counts), `aggregate:agency` (counts only) or `-`."""
        if text == _NONE:
            return cls(None, None)
        if text.startswith(_AGGREGATE):
            return cls(None, Rows(text.removeprefix(_AGGREGATE)))
        return cls(Rows(text), Rows(text))

    def __str__(self) -> str:
        if self.aggregate is None:
            return _NONE
        return str(self.view) if self.view else f"{_AGGREGATE}{self.aggregate}"


@dataclass(frozen=True, slots=True)
class Widening:
    """One line of `widenings.csv`: further rows of a type that a role reaches, for the fields that are named."""

    type_name: str
    role: Role
    rows: Rows
    names: tuple[str, ...]
    """Coordinates and field groups of the type."""
    reason: str

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Self:
        """Parse one line of the file.

        Raises:
            MisconfiguredError: it names no role or row scope.
        """
        try:
            return cls(row["type"], Role(row["role"]), Rows(row["rows"]), tuple(row["names"].split()), row["reason"])
        except (KeyError, ValueError) as error:
            raise MisconfiguredError(f"widenings.csv, {row.get('type')}: {error}") from error


@dataclass(frozen=True, slots=True)
class TypeReach:
    """One line: a type, where it belongs, and each role's reach on it."""

    type_name: str
    domain: str
    module: str
    """The module that an agency has to subscribe to; empty where every subscription includes the type."""
    cells: Mapping[Role, Reach]
    reason: str
    widenings: tuple[Widening, ...] = ()

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Self:
        """Parse one line of the file.

        Raises:
            MisconfiguredError: a cell is not a reach.
        """
        try:
            cells = {role: Reach.from_text(row[column]) for column, role in ROLE_COLUMNS.items()}
        except (KeyError, ValueError) as error:
            raise MisconfiguredError(f"reach.csv, {row.get('type')}: {error}") from error
        return cls(row["type"], row["domain"], row["module"], cells, row["reason"])


def from_csv(text: str) -> tuple[TypeReach, ...]:
    """Parse the whole file.

    Raises:
        MisconfiguredError: a line does not parse, or a type is listed twice.
    """
    types = tuple(map(TypeReach.from_row, csv.DictReader(text.splitlines())))
    if len({each.type_name for each in types}) != len(types):
        raise MisconfiguredError("reach.csv lists a type twice")
    return types


def widen(types: Sequence[TypeReach], text: str) -> tuple[TypeReach, ...]:
    """Add the lines of `widenings.csv` to the types that they are about.

    Raises:
        MisconfiguredError: a line does not parse, or names a type that has no reach.
    """
    widenings = tuple(map(Widening.from_row, csv.DictReader(text.splitlines())))
    strays = {each.type_name for each in widenings} - {each.type_name for each in types}
    if strays:
        raise MisconfiguredError(f"widenings.csv: reach.csv has no line for {', '.join(sorted(strays))}")
    return tuple(
        replace(reach, widenings=tuple(each for each in widenings if each.type_name == reach.type_name))
        for reach in types
    )
