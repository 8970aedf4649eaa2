#!/usr/bin/env python
"""Asks the same agency of 0.4 million trainings and of a hundred times as many, in turn. See README.md."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import asyncpg
import orjson
from cluster import running_cluster
from load import Load, send, send_load
from loading import add_key
from national import BASE_FACTOR, list_sizes, load_nation
from national_rows import identify, identify_agency
from processes import OTHER_CORE, ServerProcess, pin, read_cpu_seconds

_POINTS = 64
BUDGETS = {"LOUVER_BUDGET_RATE": "100000000", "LOUVER_BUDGET_COST": "100000000000"}
"""Counted as ever, and never used up: one key asks all that the server can answer."""
_EIGHT = "id firstName lastName badgeNumber employeeId title rank workEmail"
_QUERIES = {
    "Q1 point": f"query Point($id: ID!) {{ officer(id: $id) {{ {_EIGHT} }} }}",
    "Q2 100 × 10": f"{{ officers(first: 100) {{ nodes {{ {_EIGHT} hireDate employmentStatus }} }} }}",
    "Q3 nested": """{ officers(first: 50) { nodes {
        id firstName lastName badgeNumber rank title workEmail employmentStatus
        trainings(first: 10) { nodes {
            id completedOn score hours status certificateNumber course { title } } } } } }""",
    "Q4 deep": """query Deep($agency: ID!) { agency(id: $agency) { id name ori state
        officers(first: 20) { nodes { id firstName lastName rank
            trainings(first: 10) { nodes { id completedOn status course { id title hours } } } } }
        uofIncidents(first: 20) { nodes { id occurredAt locationType level
            involvements { nodes { officerRank forceTypes officer { id firstName lastName badgeNumber } } } } } } }""",
}
"""One officer by id; a page; a page with records below it; an agency with both kinds of records and who was in them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An agency of one database: the server over it, and whose key asks it."""

    name: str
    server: ServerProcess
    url: str
    agency: int
    key: str

    def bodies(self, query: str) -> list[bytes]:
        """What is sent, in turn."""
        variables: list[dict[str, Any]] = [{}]
        if "$agency" in query:
            variables = [{"agency": f"agency_{identify_agency(self.agency).hex}"}]
        elif "$id" in query:
            ids = [identify("officer", self.agency, number).hex for number in range(_POINTS)]
            variables = [{"id": f"officer_{each}"} for each in ids]
        return [orjson.dumps({"query": " ".join(query.split()), "variables": each}) for each in variables]

    def cpu_seconds(self) -> list[float]:
        """CPU time so far, of the server and of its connections to PostgreSQL, which is taken to be on this machine."""
        return [self.server.cpu_seconds(), sum(map(read_cpu_seconds, asyncio.run(_list_backends(self.url))))]

    @property
    def headers(self) -> dict[str, str]:
        """Who asks."""
        return {"authorization": f"Bearer {self.key}"}


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--factor", type=float, default=1.0, help="the larger one's share of the nation (default 1)")
    parser.add_argument("--base", metavar="URL", help=f"loaded already: national.py URL --factor {BASE_FACTOR}")
    parser.add_argument("--nation", metavar="URL", help="loaded already: national.py URL")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is loaded (default 7)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of each load (default 2)")
    parser.add_argument("--connections", type=int, default=16, help="requests under way at once (default 16)")
    return parser.parse_args()


@contextmanager
def loaded(arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The URLs of both databases, made for the length of a `with` if none are given."""
    if arguments.base and arguments.nation:
        yield arguments.base, arguments.nation
        return
    with running_cluster("-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=8GB") as cluster:
        asyncio.run(_create(cluster.url, "nation"))
        urls = cluster.url, cluster.url.replace("/postgres?", "/nation?")
        for url, factor in zip(urls, (BASE_FACTOR, arguments.factor), strict=True):
            print(json.dumps(asyncio.run(load_nation(url, list_sizes(factor))).as_json()), file=sys.stderr)
        yield urls


async def _create(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


async def _add_key(url: str, agency: int) -> str:
    connection = await asyncpg.connect(url)
    try:
        return await add_key(connection, identify_agency(agency), "chief")
    finally:
        await connection.close()


async def _list_backends(url: str) -> list[int]:
    connection = await asyncpg.connect(url)
    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    try:
        return [row["pid"] for row in await connection.fetch(query)]
    finally:
        await connection.close()


def check_same(asked: Sequence[Asked]) -> None:
    """The first two are the same agency: their answers differ in nothing."""
    for name, query in _QUERIES.items():
        for bodies in zip(*(each.bodies(query) for each in asked[:2]), strict=True):
            answers = [send(each.server.url, body, each.headers) for each, body in zip(asked, bodies, strict=False)]
            if b'"errors"' in answers[0] or answers[0] != answers[1]:
                raise SystemExit(f"{name}: the answers differ, or are refused: {answers[0][:500]!r}")


def measure(arguments: argparse.Namespace, asked: Sequence[Asked], query: str, folder: Path) -> dict[str, Any]:
    """Load all in turn, round by round; ratios are to the first of the same round."""
    rounds: list[list[tuple[Load, float, float]]] = []
    for _ in range(arguments.rounds):
        rounds.append([])
        for each in asked:
            before = each.cpu_seconds()
            sent = send_load(
                each.server.url, each.bodies(query), each.headers, arguments.seconds, arguments.connections, folder
            )
            if sent.failed:
                raise SystemExit(f"{each.name} failed {sent.failed} of {sent.count} requests")
            used = [b - a for a, b in zip(before, each.cpu_seconds(), strict=True)]
            rounds[-1].append((sent, 1_000 * used[0] / sent.count, 1_000 * used[1] / sent.count))
    return {
        each.name: {
            "p50ms": round(median(costs[index][0].p50_ms for costs in rounds), 2),
            "ratio": round(median(costs[index][0].p50_ms / costs[0][0].p50_ms for costs in rounds), 3),
            "perSecond": round(median(costs[index][0].count / costs[index][0].seconds for costs in rounds)),
            "serverCpuMs": round(median(costs[index][1] for costs in rounds), 3),
            "databaseCpuMs": round(median(costs[index][2] for costs in rounds), 3),
        }
        for index, each in enumerate(asked)
    }


def main() -> None:
    """Run."""
    arguments = read_arguments()
    pin(os.getpid(), OTHER_CORE)
    with ExitStack() as stack:
        base, nation = stack.enter_context(loaded(arguments))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {}
        for number, url in enumerate((base, nation)):
            environment = {"LOUVER_DATABASE_URL": url, "LOUVER_VAR": str(folder / str(number)), **BUDGETS}
            command = [sys.executable, "-m", "louver", "serve", "--port", "0"]
            servers[url] = ServerProcess(f"server{number}", command, environment, folder)
            stack.callback(servers[url].stop)
        asked = [
            Asked(name, servers[url], url, agency, asyncio.run(_add_key(url, agency)))
            for name, url, agency in (("base", base, 0), ("nation", nation, 0), ("its largest agency", nation, 1))
        ]
        check_same(asked)
        found = {name: measure(arguments, asked, query, folder) for name, query in _QUERIES.items()}
    print(json.dumps(found, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
