#!/usr/bin/env python
"""Measures the questions by name over a year of records on PostgreSQL, and the disk that a record takes. See README.md.

The records are copied in day by day, as a year of serving would have left them; they are not chained.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import asyncpg
import orjson
from cluster import running_cluster
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.duties import Administered
from louver.db.engine import create_engine
from louver.logging.partitions import partition_of
from louver.resolvers.asking.exports import stream_pages
from louver.resolvers.asking.questions import find_reads, list_accesses, list_denials
from louver.resolvers.asking.reach import Period, Reach
from louver.resolvers.asking.unusual import list_unusual
from louver.settings import Settings
from louver.stores import upgrade_stores

OFFICERS, AGENCIES, KEYS, DAYS, PORTION = 4_000, 10, 200, 365, 2_000
SEED = 20260301
COLUMNS = (
    "writer", "sequence", "day", "schema_version", "event", "outcome", "roles", "operation_name", "commitment",
    "previous_hash", "hash", "at", "principal_id", "principal_kind", "key_prefix", "agency_id", "purpose", "address",
    "user_agent", "host", "document_hash", "variables", "coordinates", "officer_ids", "rows", "bytes_in", "bytes_out",
    "duration_us", "cost", "policy_version", "request_id", "replica", "salt",
)  # fmt: skip
LAST = datetime.now(UTC).date()
FIRST = LAST - timedelta(days=DAYS - 1)


def list_ids(kind: str, count: int) -> list[UUID]:
    """Make ids that every process makes alike."""
    draw = random.Random(f"{SEED} {kind}")
    return [UUID(int=draw.getrandbits(128), version=4) for _ in range(count)]


OFFICER_IDS, KEY_IDS, AGENCY_IDS = list_ids("officer", OFFICERS), list_ids("key", KEYS), list_ids("agency", AGENCIES)
OURS = OFFICERS // AGENCIES
"""Officers of one agency."""


def write_day(day: date, count: int) -> Iterator[bytes]:
    """Make a day's records: most look at a few officers, one in a hundred at a page of a hundred."""
    draw = random.Random(f"{SEED} {day}")
    writer, midnight = UUID(int=draw.getrandbits(128), version=4), datetime.combine(day, datetime.min.time(), UTC)
    names = [f"Officer.field{number}" for number in range(10)]
    coordinates = orjson.dumps({"returned": names, "denied": [], "masked": [], "suppressed": []}).decode()
    step, lines, hexes = timedelta(days=1) / count, [], [str(each) for each in OFFICER_IDS]
    for number in range(count):
        key = draw.randrange(KEYS)
        agency = key % AGENCIES
        shown = draw.sample(hexes[agency * OURS : (agency + 1) * OURS], 100 if number % 100 == 0 else 1 + number % 3)
        digest = f"{draw.getrandbits(256):064x}"
        lines.append(
            f'{writer}\t{number + 1}\t{day}\t2\taccess.query\tanswered\t["chief"]\tRoster\t\\\\x{digest}\t\\\\x{digest}'
            f"\t\\\\x{digest}\t{midnight + number * step}\t{KEY_IDS[key]}\tkey\tK{key:011}\t{AGENCY_IDS[agency]}"
            f"\tdashboard\t10.0.0.{key}\tdashboard/1.0\tlouver.agency.example\t{key:064x}"
            f'\t{{"id": "str:{digest[:32]}"}}'
            f"\t{coordinates}\t{{{','.join(sorted(shown))}}}\t{len(shown)}\t400\t900\t1500\t12\t1a2b3c4d5e6f7a8b"
            f"\t{digest[:32]}\tbench:1\t\\\\x{digest[:32]}\n"
        )
        if len(lines) == PORTION:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def copy_days(url: str, days: list[date], count: int) -> None:
    """Copy days in, each into a table of its own that becomes a partition when it is full."""
    asyncio.run(_copy_days(url, days, count))


async def _copy_days(url: str, days: list[date], count: int) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'")
    for day in days:
        name = partition_of(day)

        async def stream(day: date = day) -> AsyncIterator[bytes]:
            for portion in write_day(day, count):
                yield portion

        await connection.execute(f"CREATE TABLE {name} (LIKE audit_records INCLUDING DEFAULTS)")
        await connection.copy_to_table(name, source=stream(), columns=COLUMNS)
        bounds = f"FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
        await connection.execute(f"ALTER TABLE audit_records ATTACH PARTITION {name} {bounds}")
    await connection.close()


async def _spare_disk(url: str) -> None:
    """Copying is not what is measured, so nothing of it has to outlive the run."""
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER SYSTEM SET fsync = off")
    await connection.execute("ALTER SYSTEM SET max_wal_size = '16GB'")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


def fill(url: str, count: int, processes: int) -> float:
    """Copy a year in; answer how long it took."""
    asyncio.run(_spare_disk(url))
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    started = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        parts = [pool.submit(copy_days, url, days[part::processes], count // DAYS) for part in range(processes)]
        for part in parts:
            part.result()
    return time.perf_counter() - started


async def measure(url: str) -> None:
    """Ask as the auditor of one agency does."""
    engine = create_engine(url)
    now = datetime.now(UTC)
    everything = dict.fromkeys((Administered.AUDIT_EVENT, Administered.AUDIT_ACTOR))
    reach = Reach(
        AGENCY_IDS[7], [f"K{key:011}" for key in range(7, KEYS, AGENCIES)], now, "America/Chicago", everything
    )
    month = Period(now - timedelta(days=31), now)
    year = Period(now - timedelta(days=366), now)
    async with engine.connect() as log:
        await log.execute(text("ANALYZE audit_records"))
        counted = await log.scalar(
            text("SELECT sum(reltuples) FROM pg_class WHERE relname LIKE 'audit_records_2%' AND relkind = 'r'")
        )
        size = await log.scalar(
            text("SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('audit_records')")
        )
        print(f"  {int(counted or 1)} records, {int(size or 0) / int(counted or 1):.0f} bytes each with their indexes")
        officer = OFFICER_IDS[7 * OURS + 5]
        await tell(
            "who opened this officer's record, the first 1,000",
            lambda: list_accesses(log, log, reach, officer, year, 1_000),
        )
        await tell("what one key read in a month", lambda: find_reads(log, log, reach, [KEY_IDS[7]], month))
        await tell("denials this week", lambda: list_denials(log, reach, Period(now - timedelta(days=7), now), 100))
        await tell("unusual access this week", lambda: list_unusual(log, reach, Period(now - timedelta(days=7), now)))
        await tell("the newest 1,000 records", lambda: first_page(log, reach, {}))
        await tell("the newest 1,000 of one key", lambda: first_page(log, reach, {"keyPrefix": {"eq": f"K{7:011}"}}))
    await engine.dispose()


async def first_page(log: AsyncConnection, reach: Reach, condition: dict[str, object]) -> object:
    """Read the first page of a search."""
    async for rows in stream_pages(log, reach, ["at", "keyPrefix", "returned", "officerIds"], condition):
        return rows
    return None


async def tell(name: str, ask: Callable[[], Awaitable[object]]) -> None:
    """Ask twice, cold and warm."""
    took = []
    for _ in range(2):
        started = time.perf_counter()
        found = await ask()
        took.append(time.perf_counter() - started)
    size = f"{len(found)} found" if isinstance(found, list | tuple) else f"{getattr(found, 'records', '')} records"
    print(f"  {name}: {took[0]:.3f} s cold, {took[1]:.3f} s warm; {size}", flush=True)


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000, help="how many (default 1,000,000)")
    parser.add_argument("--processes", type=int, default=2, help="how many copy at a time (default 2)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_cluster() as cluster:
        asyncio.run(upgrade_stores(Settings(database_url=cluster.url, var=Path(folder))))
        print(f"  copied in {fill(cluster.url, arguments.records, arguments.processes):.0f} s", flush=True)
        asyncio.run(measure(cluster.url))


if __name__ == "__main__":
    main()
