"""Write what an import changes: rows in batches, the run, and its files."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Executable, bindparam, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.db.codes import ImportStatus
from louver.db.importing.comparing import Row, TableChanges
from louver.db.importing.rows import FileContent
from louver.db.importing.rules import ImportMapping
from louver.db.importing.targets import TABLES
from louver.db.imports import ImportFileRow, ImportRunRow, UncodedValueRow

BATCH = 1000
Advance = Callable[[int], None]
"""Told how many rows were written since the last time."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it touches one agency."""

    id: UUID
    agency_id: UUID
    mapping: ImportMapping
    started_at: datetime
    rows_read: int
    rows_rejected: int


async def write_run(
    connection: AsyncConnection,
    run: Run,
    changes: Sequence[TableChanges],
    contents: Iterable[FileContent],
    advance: Advance,
) -> None:
    """Write a run and all that it changes; nothing of it is there before the transaction ends."""
    await _write(connection, insert(_table(ImportRunRow)), [_describe_run(run, changes)], advance)
    await _write(connection, insert(_table(ImportFileRow)), list(_describe_files(run, contents)), advance)
    for change in changes:
        await _write_rows(connection, run, change, advance)
    for change in changes:
        await _write_kept(connection, run, change, advance)


async def _write_rows(connection: AsyncConnection, run: Run, change: TableChanges, advance: Advance) -> None:
    table = TABLES[change.table]
    common: Row = {"agency_id": run.agency_id, "source_system": run.mapping.source_system}
    batch: Row = {"import_batch": run.id.hex} if "import_batch" in table.c else {}
    await _write(connection, insert(table), [row | common | batch for row in change.inserts], advance)
    if not change.updates:
        return
    columns = (change.updates[0] | batch).keys() - {"id"}
    statement = (
        update(table)
        .where(table.c.agency_id == run.agency_id, table.c.id == bindparam("row_id"))
        .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns})
    )
    rows = [{"row_id": row["id"]} | {f"new_{name}": (row | batch)[name] for name in columns} for row in change.updates]
    await _write(connection, statement, rows, advance)


async def _write_kept(connection: AsyncConnection, run: Run, change: TableChanges, advance: Advance) -> None:
    table = _table(UncodedValueRow)
    gone = delete(table).where(table.c.agency_id == run.agency_id, table.c.id == bindparam("kept_id"))
    await _write(connection, gone, [{"kept_id": each} for each in change.texts_dropped], advance)
    common = {"agency_id": run.agency_id, "import_run_id": run.id}
    await _write(connection, insert(table), [row | common for row in change.texts_kept], advance)


async def _write(connection: AsyncConnection, statement: Executable, rows: list[Row], advance: Advance) -> None:
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        await connection.execute(statement, batch)
        advance(len(batch))


def _describe_run(run: Run, changes: Sequence[TableChanges]) -> Row:
    return {
        "agency_id": run.agency_id,
        "id": run.id,
        "mapping": run.mapping.name,
        "started_at": run.started_at,
        "finished_at": datetime.now(UTC),
        "status": ImportStatus.APPLIED,
        "rows_read": run.rows_read,
        "rows_created": sum(len(change.inserts) for change in changes),
        "rows_updated": sum(len(change.updates) for change in changes),
        "rows_unchanged": sum(change.unchanged for change in changes),
        "rows_rejected": run.rows_rejected,
    }


def _describe_files(run: Run, contents: Iterable[FileContent]) -> Iterator[Row]:
    for content in contents:
        yield {
            "agency_id": run.agency_id,
            "id": uuid4(),
            "import_run_id": run.id,
            "name": content.source.name,
            "sha256": content.digest,
            "rows_read": content.rows_read,
        }


def _table(row: Any) -> Any:
    return row.__table__
