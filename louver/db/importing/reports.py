"""What came of an import."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from louver.db.importing.comparing import TableChanges
from louver.db.importing.rejections import Rejection
from louver.db.importing.rows import FileContent


class Outcome(StrEnum):
    """How it ended."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    """Everything was there already, so nothing was written."""
    REFUSED = "refused"
    """Something was rejected, so nothing was written."""


@dataclass(frozen=True, slots=True)
class TableReport:
    """How many rows of a table were put in, changed, or there as they are."""

    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class AgencyReport:
    """What an import did for one agency."""

    id: UUID
    name: str
    ori: str
    run_id: UUID | None
    """None if nothing changed, and so there was no run to record."""
    tables: dict[str, TableReport]
    texts_kept: dict[str, int]
    """How many texts without a code were newly kept, by table and column."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """A file that was read."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import."""

    mapping: str
    outcome: Outcome
    files: tuple[FileReport, ...]
    agencies: tuple[AgencyReport, ...]
    agency_ids: tuple[UUID, ...]
    """Of the agencies that rows were for and that were there before, whether or not something was put in."""
    rejections: tuple[Rejection, ...]
    rows_rejected: int
    """Source rows that were not imported: those with a fault, and those that belong with them."""

    def as_dict(self) -> dict[str, Any]:
        """Render as JSON can hold it."""
        return {
            "mapping": self.mapping,
            "outcome": self.outcome,
            "files": [{"name": file.name, "sha256": file.sha256, "rows": file.rows} for file in self.files],
            "agencies": [_as_dict(agency) for agency in self.agencies],
            "rows_rejected": self.rows_rejected,
            "rejections": [rejection._asdict() for rejection in self.rejections],
        }


def describe_files(contents: Iterable[FileContent]) -> tuple[FileReport, ...]:
    """Report the files."""
    return tuple(FileReport(each.source.name, each.digest, each.rows_read) for each in contents)


def describe_tables(changes: Iterable[TableChanges]) -> dict[str, TableReport]:
    """Report the changes by table."""
    return {each.table: TableReport(len(each.inserts), len(each.updates), each.unchanged) for each in changes}


def count_texts(changes: Iterable[TableChanges]) -> dict[str, int]:
    """Count the texts that were newly kept, by table and column."""
    counts: dict[str, int] = {}
    for row in (row for each in changes for row in each.texts_kept):
        place = f"{row['table_name']}.{row['column_name']}"
        counts[place] = counts.get(place, 0) + 1
    return counts


def _as_dict(agency: AgencyReport) -> dict[str, Any]:
    return {
        "id": f"agency_{agency.id.hex}",
        "name": agency.name,
        "ori": agency.ori,
        "run": agency.run_id.hex if agency.run_id else None,
        "tables": {
            table: {"created": counts.created, "updated": counts.updated, "unchanged": counts.unchanged}
            for table, counts in agency.tables.items()
        },
        "texts_kept": agency.texts_kept,
    }
