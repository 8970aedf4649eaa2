"""What an import would change: drafts beside the rows that are there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.db.importing.drafts import Draft
from louver.db.importing.rules import ImportMapping, RecordRule
from louver.db.importing.targets import LINKS, TABLES, TARGETS
from louver.db.imports import UncodedValueRow

Row = dict[str, Any]
Ids = dict[str, dict[str, UUID]]
"""Table → key → id."""


@dataclass(slots=True)
class TableChanges:
    """What is to be done to one table of one agency."""

    table: str
    inserts: list[Row] = field(default_factory=list)
    updates: list[Row] = field(default_factory=list)
    unchanged: int = 0
    texts_kept: list[Row] = field(default_factory=list)
    texts_dropped: list[UUID] = field(default_factory=list)

    @property
    def rows_changed(self) -> int:
        """How many rows are put in or written over."""
        return len(self.inserts) + len(self.updates)


async def compare(
    connection: AsyncConnection, mapping: ImportMapping, agency_id: UUID, drafts: Mapping[str, list[Draft]]
) -> list[TableChanges]:
    """Compare drafts with an agency's rows, table by table in the order in which they are inserted."""
    ids: Ids = {}
    return [
        await _compare_table(connection, mapping, agency_id, rule, drafts.get(rule.table, []), ids)
        for rule in mapping.records
    ]


async def _compare_table(
    connection: AsyncConnection,
    mapping: ImportMapping,
    agency_id: UUID,
    rule: RecordRule,
    drafts: list[Draft],
    ids: Ids,
) -> TableChanges:
    present = await _read_rows(connection, mapping, agency_id, rule)
    kept = await _read_kept(connection, agency_id, rule.table, {row["id"] for row in present.values()})
    known = ids.setdefault(rule.table, {})
    changes = TableChanges(rule.table)
    for draft in drafts:
        row = _as_row(draft, ids)
        found = present.get(draft.key)
        known[draft.key] = row["id"] = found["id"] if found else uuid4()
        is_kept_anew = _compare_kept(draft, row["id"], kept[row["id"]], changes)
        if found is None:
            changes.inserts.append(_complete(rule, row) | {"source_key": draft.key})
        elif (merged := found | _list_said(rule, row)) != found or is_kept_anew:
            changes.updates.append(merged)
        else:
            changes.unchanged += 1
    return changes


async def _read_rows(
    connection: AsyncConnection, mapping: ImportMapping, agency_id: UUID, rule: RecordRule
) -> dict[str, Row]:
    table = TABLES[rule.table]
    columns = [table.columns[name] for name in _list_columns(mapping, rule)]
    found = await connection.execute(
        select(table.c.source_key, table.c.id, *columns).where(
            table.c.agency_id == agency_id, table.c.source_system == mapping.source_system
        )
    )
    return {row.pop("source_key"): row for row in map(dict, found.mappings())}


def _list_columns(mapping: ImportMapping, rule: RecordRule) -> list[str]:
    tables = {each.table for each in mapping.records}
    links = [column for column, parent in LINKS[rule.table].items() if parent in tables]
    return [*(TARGETS[rule.table][name].column.name for name in rule.fields), *links]


async def _read_kept(
    connection: AsyncConnection, agency_id: UUID, table: str, row_ids: Iterable[UUID]
) -> dict[UUID, dict[tuple[str, str], UUID]]:
    """Read the texts that are kept, with their ids, by row."""
    wanted = set(row_ids)
    kept: dict[UUID, dict[tuple[str, str], UUID]] = defaultdict(dict)
    found = await connection.execute(
        select(UncodedValueRow.row_id, UncodedValueRow.column_name, UncodedValueRow.raw, UncodedValueRow.id).where(
            UncodedValueRow.agency_id == agency_id, UncodedValueRow.table_name == table
        )
    )
    for row_id, column, raw, identity in found:
        if row_id in wanted:
            kept[row_id][column, raw] = identity
    return kept


def _as_row(draft: Draft, ids: Ids) -> Row:
    links = LINKS[draft.rule.table]
    linked = {column: ids[links[column]][key] if key is not None else None for column, key in draft.links.items()}
    return draft.values | linked


def _complete(rule: RecordRule, row: Row) -> Row:
    """Fill in what a column holds where nothing is known."""
    defaults = {column.name: default for column, default in _list_defaults(rule) if row[column.name] is None}
    return row | defaults


def _list_said(rule: RecordRule, row: Row) -> Row:
    """List what is to be written over what is there. What the source does not know changes nothing in a shared row."""
    silent = {column.name for column, _ in _list_defaults(rule)}
    return {name: value for name, value in row.items() if value is not None or not (rule.is_shared or name in silent)}


def _list_defaults(rule: RecordRule) -> list[tuple[Column[Any], Any]]:
    targets = (TARGETS[rule.table][name] for name in rule.fields)
    return [(target.column, target.default) for target in targets if target.default is not None]


def _compare_kept(draft: Draft, row_id: UUID, present: Mapping[tuple[str, str], UUID], changes: TableChanges) -> bool:
    """Compare the texts that are kept; those of a shared row stay, because other files may have said them."""
    missing = draft.kept - present.keys()
    gone = set() if draft.rule.is_shared else present.keys() - draft.kept
    changes.texts_kept += (
        {"table_name": draft.rule.table, "row_id": row_id, "column_name": column, "raw": raw}
        for column, raw in sorted(missing)
    )
    changes.texts_dropped += (present[each] for each in gone)
    return bool(missing or gone)
