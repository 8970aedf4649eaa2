#!/usr/bin/env python
"""Loads a made-up nation into a PostgreSQL: 18,000 agencies, 800,000 officers, 40 million trainings. See README.md."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import asyncpg
from national_rows import SEED, TABLES, MadeTable, write_prelude

from louver.settings import Settings
from louver.stores import upgrade_stores

AGENCIES, OFFICERS = 18_000, 800_000
ASKED_OFFICERS = 400
"""Of the first agency, which has the same rows at every factor: what is asked of it differs in nothing else."""
SKEW = 0.84
"""The agency of rank r has 1 / r^SKEW of the officers of the largest: one has 33,000, seven of eight have under 50."""
BASE_FACTOR = 0.01
"""0.4 million trainings, as many as the harness beside which peers are measured has."""
_WAITING_CHUNKS = 64


@dataclass(frozen=True, slots=True)
class Loading:
    """What a loading came to."""

    rows: dict[str, int]
    seconds: dict[str, float]
    bytes: int

    def as_json(self) -> dict[str, Any]:
        """All of it, with the rates."""
        whole, rows = sum(self.seconds.values()), sum(self.rows.values())
        return {
            "rows": self.rows,
            "seconds": {name: round(value, 1) for name, value in self.seconds.items()} | {"whole": round(whole, 1)},
            "rowsPerSecondCopied": round(rows / self.seconds["copy"]),
            "rowsPerSecond": round(rows / whole),
            "gigabytes": round(self.bytes / 1e9, 2),
        }


def list_sizes(factor: float) -> list[int]:
    """How many officers each agency has; the first is the one that is asked about."""
    agencies, officers = max(20, round(AGENCIES * factor)), max(1_000, round(OFFICERS * factor))
    shares = [rank**-SKEW for rank in range(1, agencies)]
    scale = (officers - ASKED_OFFICERS) / sum(shares)
    return [ASKED_OFFICERS, *(max(1, round(scale * share)) for share in shares)]


async def load_nation(
    url: str, sizes: Sequence[int], seed: int = SEED, tables: Sequence[MadeTable] = TABLES
) -> Loading:
    """Migrate, copy all rows without keys and indexes, then make those. The database must hold no records yet.

    `sizes` says how many officers each agency has.
    """
    await upgrade_stores(Settings(database_url=url))
    target, source = await asyncpg.connect(url), await asyncpg.connect(url)
    seconds: dict[str, float] = {}
    rows: dict[str, int] = {}
    try:
        await target.execute("SET maintenance_work_mem = '1GB'; SET client_min_messages = warning")
        await source.execute(write_prelude(seed))
        numbered = list(enumerate(sizes))
        await source.copy_records_to_table("sizes", records=numbered, columns=("number", "officers"))
        async with _without_constraints(target, seconds), _timed(seconds, "copy"):
            for table in tables:
                rows[table.name] = await _copy(source, target, table)
        async with _timed(seconds, "analyze"):
            await target.execute("VACUUM ANALYZE")
        size = await target.fetchval("SELECT pg_database_size(current_database())")
    finally:
        await source.close()
        await target.close()
    return Loading(rows, seconds, size)


async def _copy(source: asyncpg.Connection, target: asyncpg.Connection, table: MadeTable) -> int:
    """Stream a table's rows out of the SELECT that makes them and into COPY, frozen, so that no VACUUM reads them."""
    count = 0
    async with target.transaction():
        await target.execute(f"TRUNCATE {table.name}")
        for query in table.queries():
            chunks: asyncio.Queue[bytes | None] = asyncio.Queue(_WAITING_CHUNKS)
            made = asyncio.create_task(_make(source, query, chunks))
            columns = table.columns
            copied = await target.copy_to_table(
                table.name, source=_drain(chunks), columns=columns, format="binary", freeze=True
            )
            await made
            count += int(copied.split()[-1])
    return count


async def _make(source: asyncpg.Connection, query: str, chunks: "asyncio.Queue[bytes | None]") -> None:
    try:
        await source.copy_from_query(query, output=chunks.put, format="binary")
    finally:
        await chunks.put(None)


async def _drain(chunks: "asyncio.Queue[bytes | None]") -> AsyncIterator[bytes]:
    while (chunk := await chunks.get()) is not None:
        yield chunk


@asynccontextmanager
async def _without_constraints(connection: asyncpg.Connection, seconds: dict[str, float]) -> AsyncIterator[None]:
    """Take keys, references and indexes off the tables for the length of a `with`."""
    constraints = await connection.fetch(_CONSTRAINTS, [table.name for table in TABLES])
    indexes = await connection.fetch(_INDEXES, [table.name for table in TABLES])
    for row in constraints:
        await connection.execute(f"ALTER TABLE {row['table']} DROP CONSTRAINT {row['name']}")
    for row in indexes:
        await connection.execute(f"DROP INDEX {row['name']}")
    yield
    async with _timed(seconds, "keys and indexes"):
        for statement in _restore(indexes, [row for row in constraints if row["kind"] != b"f"]):
            await connection.execute(statement)
    async with _timed(seconds, "references"):
        for statement in _restore([], [row for row in constraints if row["kind"] == b"f"]):
            await connection.execute(statement)


def _restore(indexes: list[Any], constraints: list[Any]) -> Iterator[str]:
    for row in reversed(constraints):
        yield f"ALTER TABLE {row['table']} ADD CONSTRAINT {row['name']} {row['definition']}"
    yield from (row["definition"] for row in indexes)


_CONSTRAINTS = """
SELECT conrelid::regclass::text AS table, conname AS name, contype AS kind, pg_get_constraintdef(oid) AS definition
FROM pg_constraint
WHERE contype = 'f' AND (conrelid::regclass::text = ANY($1) OR confrelid::regclass::text = ANY($1))
   OR contype IN ('p', 'u') AND conrelid::regclass::text = ANY($1)
ORDER BY contype
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i
WHERE i.indrelid::regclass::text = ANY($1) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid
                                                           AND c.contype IN ('p', 'u'))
"""


@asynccontextmanager
async def _timed(seconds: dict[str, float], name: str) -> AsyncIterator[None]:
    started = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - started


def main() -> None:
    """Load and tell how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="postgresql:// URL of a database without records")
    parser.add_argument("--factor", type=float, default=1.0, help="share of the nation, such as 0.01 (default 1)")
    parser.add_argument("--seed", type=int, default=SEED, help="other rows (default: the same in every run)")
    arguments = parser.parse_args()
    loading = asyncio.run(load_nation(arguments.url, list_sizes(arguments.factor), arguments.seed))
    print(json.dumps(loading.as_json(), indent=1))


if __name__ == "__main__":
    main()
