"""Reach: which rows of a type a role gets to, before any field is looked at. `reach.csv` is the source."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
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
class TypeReach:
    """One line: a type, where it belongs, and each role's reach on it."""

    type_name: str
    domain: str
    module: str
    """The module that an agency has to subscribe to; empty where every subscription includes the type."""
    cells: Mapping[Role, Reach]
    reason: str

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
