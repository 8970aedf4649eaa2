#!/usr/bin/env python
"""Measures the log at size: verifying it, disk per record, and who opened an officer's record. See README.md."""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

from cluster import running_cluster
from sqlalchemy import func, select, text

from louver.db.engine import create_engine
from louver.logging import AccessRecord, Caller, Event, Outcome, ValueDigest
from louver.logging.chain import Link, Sealed, seal_record
from louver.logging.location import locate_audit
from louver.logging.store import build_sink
from louver.logging.subjects import holds_id
from louver.logging.tables import audit_records
from louver.settings import Settings
from louver.stores import upgrade_stores
from louver.verification import verify_store

WRITERS, OFFICERS, AGENCIES, KEYS, BATCH = 8, 4_000, 10, 200, 2_000
SEED = 20260301
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
COORDINATES = tuple(f"Officer.field{number}" for number in range(10))


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000, help="how many (default 1,000,000)")
    parser.add_argument("--days", type=int, default=365, help="over how many days (default 365)")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="postgresql")
    return parser.parse_args()


class Draw:
    """Records as a dashboard and its people make them: most look at a few officers, one in a hundred at a page."""

    def __init__(self, count: int, days: int) -> None:
        self._random = random.Random(SEED)
        self._step = timedelta(days=days) / count
        self.officers = [self.make_id() for _ in range(OFFICERS)]
        self._agencies = [self.make_id() for _ in range(AGENCIES)]
        self.keys = [self.make_id() for _ in range(KEYS)]
        self._digest = ValueDigest(b"bench")

    def record(self, number: int) -> AccessRecord:
        """Make one."""
        draw = self._random
        shown = draw.sample(self.officers, 100 if number % 100 == 0 else draw.randrange(1, 4))
        key = draw.randrange(KEYS)
        return AccessRecord(
            at=FIRST + number * self._step,
            event=Event.ACCESS_QUERY,
            outcome=Outcome.ANSWERED,
            caller=Caller(
                principal_id=self.keys[key],
                principal_kind="key",
                roles=("chief",),
                key_prefix=f"K{key:011}",
                agency_id=self._agencies[key % AGENCIES],
                purpose="dashboard",
            ),
            address="10.0.0.7",
            user_agent="dashboard/1.0",
            host="louver.agency.example",
            operation_name="Roster",
            document_hash=f"{key:064x}",
            variables=self._digest.variables({"id": f"officer_{number}"}),
            coordinates={"returned": COORDINATES, "denied": (), "masked": (), "suppressed": ()},
            officer_ids=b"".join(sorted(each.bytes for each in shown)),
            rows=len(shown),
            bytes_in=400,
            bytes_out=900,
            duration_us=1_500,
            cost=12,
            policy_version="1a2b3c4d5e6f7a8b",
            request_id=self.make_id(),
            replica="bench:1",
        )

    def make_id(self) -> UUID:
        """Draw an id."""
        return UUID(int=self._random.getrandbits(128), version=4)


async def fill(settings: Settings, draw: Draw, count: int) -> float:
    """Store them through the sink that serves; answer how long it took."""
    await upgrade_stores(settings)
    sink = build_sink(settings)
    await sink.connect()
    writers = {draw.make_id(): Link() for _ in range(WRITERS)}
    ids, started, numbers = list(writers), time.perf_counter(), iter(range(count))
    while batch := list(_seal(draw, writers, ids, numbers)):
        await sink.write(batch)
    await sink.close()
    return time.perf_counter() - started


def _seal(draw: Draw, writers: dict[UUID, Link], ids: list[UUID], numbers: Iterator[int]) -> Iterator[Sealed]:
    for _, number in zip(range(BATCH), numbers, strict=False):
        writer = ids[number % WRITERS]
        sealed = seal_record(draw.record(number), writer, writers[writer])
        writers[writer] = sealed.link
        yield sealed


async def ask(settings: Settings, draw: Draw) -> None:
    """Ask the questions that must be quick."""
    engine = create_engine(locate_audit(settings))
    record = audit_records.c
    opened = select(record.at, record.principal_id, record.purpose, record.coordinates).where(
        holds_id(record.officer_ids, draw.officers[7])
    )
    month = (record.day >= FIRST.date(), record.day < FIRST.date() + timedelta(days=31))
    read = select(record.at, record.coordinates, record.officer_ids).where(record.principal_id == draw.keys[7], *month)
    async with engine.connect() as connection:
        for name, question in (("who opened this officer's record", opened), ("what this key read in a month", read)):
            for _ in range(2):
                started = time.perf_counter()
                found = (await connection.execute(question)).all()
                print(f"  {name}: {len(found)} records in {time.perf_counter() - started:.3f} s")
        count = (await connection.execute(select(func.count()).select_from(audit_records))).scalar() or 1
        size = text(
            "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('audit_records')"
            if engine.dialect.name == "postgresql"
            else "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        )
        print(f"  {int((await connection.execute(size)).scalar() or 0) / count:.0f} bytes a record, with its indexes")
    await engine.dispose()


async def run(url: str, folder: Path, count: int, days: int) -> None:
    """Fill and measure one engine."""
    settings = Settings(database_url=url, var=folder)
    draw = Draw(count, days)
    print(f"  filled in {await fill(settings, draw, count):.0f} s")
    await ask(settings, draw)
    started, cpu = time.perf_counter(), time.process_time()
    found = await verify_store(settings, (), ())
    took = time.perf_counter() - started
    print(
        f"  verify: {found.records} records in {took:.1f} s ({time.process_time() - cpu:.1f} s of CPU), {found.breaks}"
    )


def main() -> None:
    """Run."""
    arguments = read_arguments()
    print(f"{arguments.records} records over {arguments.days} days on {arguments.engine}")
    with tempfile.TemporaryDirectory() as folder:
        if arguments.engine == "sqlite":
            asyncio.run(run(f"sqlite:///{folder}/louver.db", Path(folder), arguments.records, arguments.days))
            return
        with running_cluster() as cluster:
            asyncio.run(run(cluster.url, Path(folder), arguments.records, arguments.days))


if __name__ == "__main__":
    main()
