#!/usr/bin/env python
"""Measures what a run of the retention costs those who are served meanwhile. See README.md."""

import argparse
import asyncio
import http.client
import json
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import asyncpg
import orjson
from audit_log import Draw, fill
from cluster import running_cluster
from dataset import Dataset
from loading import load
from processes import ServerProcess
from sqlalchemy import func, select

from louver.db.engine import create_engine
from louver.logging import AccessRecord
from louver.logging.location import locate_audit
from louver.logging.statements import list_statements
from louver.logging.tables import audit_records
from louver.settings import Settings
from louver.verification import verify_store

DAYS = 395
"""Twelve months, and one that is over."""
QUERY = orjson.dumps({"query": "{ officers(first: 20) { nodes { id rank badgeNumber } } }"})
SHARES = {"p50": 0.5, "p99": 0.99, "max": 0.999_999}


class OldDraw(Draw):
    """The same records, up to this instant."""

    def record(self, number: int) -> AccessRecord:
        """Make one."""
        return replace(super().record(number), at=self._begin + number * self._step)

    _begin = datetime.now(UTC) - timedelta(days=DAYS)


class Asker(threading.Thread):
    """Asks at fixed times, whether or not the answer before was slow, and notes how long each took from its time."""

    def __init__(self, url: str, headers: dict[str, str], period_seconds: float, is_over: threading.Event) -> None:
        super().__init__()
        self.took: list[tuple[float, float]] = []
        self._address = urlsplit(url)
        self._headers = {"content-type": "application/json", **headers}
        self._period_seconds = period_seconds
        self._is_over = is_over

    def run(self) -> None:
        """Ask until it is over."""
        connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=60)
        due = time.time()
        while not self._is_over.is_set():
            time.sleep(max(0.0, due - time.time()))
            connection.request("POST", self._address.path, QUERY, self._headers)
            response = connection.getresponse()
            if b'"errors"' in response.read() or response.status != 200:
                raise SystemExit("an answer was refused")
            self.took.append((due, time.time() - due))
            due += self._period_seconds


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_300_000, help=f"over {DAYS} days (default 1,300,000)")
    parser.add_argument("--rate", type=float, default=100, help="queries a second (default 100)")
    parser.add_argument("--threads", type=int, default=8, help="that ask (default 8)")
    parser.add_argument("--before", type=float, default=30, help="seconds before, and after, the run (default 30)")
    parser.add_argument("--removal", choices=("anonymise", "delete"), default="anonymise")
    return parser.parse_args()


async def count_due(settings: Settings) -> int:
    """Count what still waits for the run."""
    engine, cutoff = create_engine(locate_audit(settings)), datetime.now(UTC).replace(year=datetime.now(UTC).year - 1)
    async with engine.connect() as connection:
        due = select(func.count()).where(audit_records.c.at <= cutoff, audit_records.c.day <= cutoff.date())
        found = await connection.scalar(due)
    await engine.dispose()
    return found or 0


async def wait_until_done(url: str) -> None:
    """Wait for the run's end, with next to no work: who asks shares this process."""
    connection = await asyncpg.connect(url)
    while not await connection.fetchval("SELECT done_at FROM audit_turns"):  # noqa: ASYNC110 - done by another process
        await asyncio.sleep(1)
    await connection.close()


async def read_run(settings: Settings) -> tuple[float, float, int]:
    """Answer when the first and the last batch were signed, and how many records went."""
    engine = create_engine(locate_audit(settings))
    async with engine.connect() as connection:
        removals = [each for each in await list_statements(connection) if each.kind == "removal"]
    await engine.dispose()
    counts = [sum(each.content["counts"].values()) for each in removals]
    return removals[0].at.timestamp(), removals[-1].at.timestamp(), sum(counts)


def serve(settings: Settings, keys: dict[str, str], arguments: argparse.Namespace, folder: Path) -> list[Asker]:
    """Ask a server before, while and after its retention runs."""
    environment = {
        "LOUVER_DATABASE_URL": settings.database_url,
        "LOUVER_VAR": str(settings.var),
        "LOUVER_AUDIT_REMOVAL": arguments.removal,
        "RETAIN_AFTER": str(arguments.before + 5),
    }
    server = ServerProcess("louver", [sys.executable, "bench/retaining_server.py"], environment, folder)
    is_over, headers = threading.Event(), {"authorization": f"Bearer {keys['chief']}"}
    period = arguments.threads / arguments.rate
    askers = [Asker(server.url, headers, period, is_over) for _ in range(arguments.threads)]
    try:
        for asker in askers:
            asker.start()
        time.sleep(arguments.before)
        asyncio.run(wait_until_done(settings.database_url))
        time.sleep(arguments.before)
    finally:
        is_over.set()
        for asker in askers:
            asker.join()
        server.stop()
    return askers


def tell(took: list[float]) -> dict[str, float]:
    """Say how long they took, in milliseconds."""
    ordered = sorted(took)
    return {name: round(1_000 * ordered[int(len(ordered) * share)], 1) for name, share in SHARES.items()}


def main() -> None:
    """Run."""
    arguments = read_arguments()
    with running_cluster() as cluster, tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        settings = Settings(database_url=cluster.url, var=folder)
        keys = asyncio.run(load(cluster.url, Dataset()))
        filled = asyncio.run(fill(settings, OldDraw(arguments.records, DAYS), arguments.records))
        due = asyncio.run(count_due(settings))
        print(f"{arguments.records} records, {due} of them due, filled in {filled:.0f} s", flush=True)
        askers = serve(settings, keys, arguments, folder)
        begin, end, removed = asyncio.run(read_run(settings))
        took = sorted(each for asker in askers for each in asker.took)
        without = tell([each for at, each in took if took[0][0] + 5 < at < begin - 1 or at > end + 1])
        during = tell([each for at, each in took if begin <= at <= end])
        verdict = asyncio.run(verify_store(settings, (), ()))
    told = {
        "removal": arguments.removal,
        "removed": removed,
        "seconds": round(end - begin, 1),
        "without": without,
        "during": during,
        "p99Ratio": round(during["p99"] / without["p99"], 2),
        "breaks": len(verdict.breaks),
    }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
