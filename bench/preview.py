#!/usr/bin/env python
"""Measures `louver policy preview`: a draft against recorded operations, on both engines. See README.md."""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

from cluster import running_cluster
from sqlalchemy import insert

from louver.authz import PolicyLine, Role, shipped
from louver.authz.facts import AgencyFacts
from louver.db.agencies import AgencyRow
from louver.db.engine import begin_writing, create_engine
from louver.logging.partitions import require_days
from louver.logging.tables import audit_records
from louver.resolvers.needs import list_needs
from louver.resolvers.previewing import PreviewOrder, preview
from louver.resolvers.recorded import RecordedLog
from louver.schema.catalogue import build_catalogue
from louver.settings import Settings
from louver.stores import upgrade_stores

AGENCY = UUID(int=0xA)
KEYS, DOCUMENTS, COORDINATES, BATCH = 60, 150, 30, 2_000
SEED = 20260301
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHAPES = {"usual": f"{DOCUMENTS} documents, {KEYS} keys", "worst": "no two operations alike"}


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, help="how many operations (default 100,000)")
    return parser.parse_args()


def make_records(count: int, shape: str) -> Iterator[dict[str, Any]]:
    """Make rows of the log: a few documents that keys send over and over, or each document once."""
    draw, writer = random.Random(SEED), uuid4()
    roles = [str(role) for role in Role if role is not Role.PARTNER]
    keys = [(f"K{number:011}", roles[number % len(roles)]) for number in range(KEYS)]
    fields = sorted(shipped.read_coordinates().fields)
    documents = [sorted(draw.sample(fields, COORDINATES)) for _ in range(DOCUMENTS)]
    for sequence in range(1, count + 1):
        prefix, role = draw.choice(keys)
        number = draw.randrange(DOCUMENTS)
        text = f"{shape} {sequence if shape == 'worst' else number}"
        asked = sorted(draw.sample(fields, COORDINATES)) if shape == "worst" else documents[number]
        at = NOW - timedelta(seconds=draw.randrange(29 * 86_400))
        yield {
            "writer": writer, "sequence": sequence, "schema_version": 2, "request_id": uuid4(), "replica": "bench:1",
            "at": at, "day": at.date(), "event": "access.query", "outcome": "partial", "commitment": bytes(32),
            "roles": [role], "key_prefix": prefix, "agency_id": AGENCY, "purpose": "bench",
            "operation_name": f"Op{number}", "document_hash": sha256(text.encode()).hexdigest(),
            "coordinates": {
                "returned": ["Query.officers", *asked[5:]], "denied": asked[:5], "masked": asked[5:8], "suppressed": [],
            },
            "officer_ids": b"", "incident_ids": b"", "rows": 25, "bytes_in": 400, "bytes_out": 9_000,
            "duration_us": 2_500, "previous_hash": bytes(32), "hash": bytes(32),
        }  # fmt: skip


async def fill(settings: Settings, log_url: str, count: int, shape: str) -> None:
    """Make the stores, one agency in the one, the operations in the other."""
    await upgrade_stores(settings)
    agency = {"id": AGENCY, "name": "Bench", "ori": "ZZ0000001", "state": "ZZ", "timezone": "UTC", "modules": []}
    records, log = create_engine(settings.database_url), create_engine(log_url)
    async with begin_writing(records) as connection:
        await connection.execute(insert(AgencyRow).values(agency))
    if log.dialect.name == "postgresql":
        async with log.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            await require_days(driver, (NOW.date() - timedelta(days=days) for days in range(30)))
    batch: list[dict[str, Any]] = []
    async with begin_writing(log) as connection:
        for record in make_records(count, shape):
            batch.append(record)
            if len(batch) == BATCH:
                await connection.execute(insert(audit_records), batch)
                batch.clear()
        if batch:
            await connection.execute(insert(audit_records), batch)
    await records.dispose()
    await log.dispose()


async def measure(settings: Settings, log_url: str) -> str:
    """Preview a draft that denies, masks and opens; answer what came of it and how long it took."""
    lines = [
        PolicyLine.for_agency(AGENCY, sub=sub, obj=obj, act=act, rows="agency", eft=eft)
        for sub, obj, act, eft in (
            ("chief", "officer_contact", "view", "deny"),
            ("auditor", "officer_badge", "view", "allow"),
            ("hr", "Training.*", "view", "deny"),
        )
    ]
    needs = list_needs(build_catalogue())
    facts = AgencyFacts(AGENCY)
    engine = create_engine(settings.database_url)
    started = time.perf_counter()
    async with engine.connect() as records, RecordedLog(log_url).reading() as log:
        found = await preview(records, log, PreviewOrder(facts, facts.under(lines), NOW), needs)
    took = time.perf_counter() - started
    await engine.dispose()
    verdicts = ", ".join(f"{verdict.lower()} {times}" for verdict, times in sorted(found.times.items()))
    return (
        f"{took:6.2f} s   {len(found.operations)} kinds of operations and {len(found.fields)} fields change; {verdicts}"
    )


async def run(database_url: str, folder: Path, count: int, shape: str) -> str:
    """Fill and measure one engine."""
    log_url = f"sqlite:///{folder}/audit.db" if database_url.startswith("sqlite") else database_url
    settings = Settings(database_url=database_url, audit_url=log_url, var=folder)
    await fill(settings, log_url, count, shape)
    return await measure(settings, log_url)


def main() -> None:
    """Run."""
    count = read_arguments().records
    for shape, meaning in SHAPES.items():
        print(f"{count} operations, {meaning}")
        with tempfile.TemporaryDirectory() as folder:
            print("  sqlite    ", asyncio.run(run(f"sqlite:///{folder}/louver.db", Path(folder), count, shape)))
        with running_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
            print("  postgresql", asyncio.run(run(cluster.url, Path(folder), count, shape)))


if __name__ == "__main__":
    main()
