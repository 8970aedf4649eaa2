"""Edits of a world: another value in a cell, a row more, a row less."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from louver.proof.worlds import LINKS, Row, World


@dataclass(frozen=True, slots=True)
class CellEdit:
    """Another value in one cell."""

    type_name: str
    row_id: UUID
    column: str
    value: Any

    def apply(self, rows: dict[str, dict[UUID, Row]]) -> None:
        """Write it, if the row is there."""
        row = rows[self.type_name].get(self.row_id)
        if row is not None:
            rows[self.type_name][self.row_id] = {**row, self.column: self.value}

    def __str__(self) -> str:
        return f"{self.type_name} {self.row_id.hex[:8]}: {self.column} = {self.value!r}"


@dataclass(frozen=True, slots=True)
class Insertion:
    """One row more."""

    type_name: str
    row: Row

    def apply(self, rows: dict[str, dict[UUID, Row]]) -> None:
        """Put it in."""
        rows[self.type_name][self.row["id"]] = self.row

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.row.items() if value is not None)
        return f"{self.type_name} {self.row['id'].hex[:8]}: a row more ({values})"


@dataclass(frozen=True, slots=True)
class Deletion:
    """One row less. Whatever refers to it has to go as well, or the world is not sound."""

    type_name: str
    row_id: UUID

    def apply(self, rows: dict[str, dict[UUID, Row]]) -> None:
        """Take it out."""
        rows[self.type_name].pop(self.row_id, None)

    def __str__(self) -> str:
        return f"{self.type_name} {self.row_id.hex[:8]}: a row less"


@dataclass(frozen=True, slots=True)
class Renaming:
    """Another id for a row, and for whatever refers to it: the id that it had is nobody's then."""

    type_name: str
    row_id: UUID
    new_id: UUID

    def apply(self, rows: dict[str, dict[UUID, Row]]) -> None:
        """Rename it, if the row is there."""
        row = rows[self.type_name].pop(self.row_id, None)
        if row is None:
            return
        rows[self.type_name][self.new_id] = {**row, "id": self.new_id}
        for name, column in _referring(self.type_name):
            for key, other in rows[name].items():
                if other[column] == self.row_id:
                    rows[name][key] = {**other, column: self.new_id}

    def __str__(self) -> str:
        return f"{self.type_name} {self.row_id.hex[:8]}: another id, {self.new_id.hex[:8]}"


Edit = Insertion | CellEdit | Deletion | Renaming
_ORDER = (Insertion, CellEdit, Deletion, Renaming)


def apply_edits(world: World, edits: Iterable[Edit]) -> World:
    """The world after the edits, new rows first and new ids last; the one before is left as it is."""
    rows = {name: dict(found) for name, found in world.rows.items()}
    for edit in sorted(edits, key=lambda edit: _ORDER.index(type(edit))):
        edit.apply(rows)
    return World(rows)


@cache
def _referring(type_name: str) -> tuple[tuple[str, str], ...]:
    """Types and columns that may refer to a row of a type."""
    return tuple((name, link.column) for name, links in LINKS.items() for link in links if link.target == type_name)
