#!/usr/bin/env python
"""Asks agencies that each have a policy of their own, by 200 keys in turn, against one by one key. See README.md."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import asyncpg
import orjson
from cluster import Cluster, running_cluster
from load import send, send_load
from loading import add_key, publish
from national import load_nation
from national_rows import TABLES, identify_agency
from policy_lines import draw_lines
from processes import OTHER_CORE, ServerProcess, pin
from scale import BUDGETS

AGENCIES, OFFICERS, LINES = 1_000, 100, 20
TRAININGS = 2
_FIELDS = "id firstName lastName badgeNumber employeeId title rank workEmail"
QUERIES = {
    "first officer": f"{{ officers(first: 1) {{ nodes {{ {_FIELDS} }} }} }}",
    "100 × 10": f"{{ officers(first: 100) {{ nodes {{ {_FIELDS} hireDate employmentStatus }} }} }}",
}
"""The same text for every agency: what differs is who asks."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The server and its database, the text of each agency's key, and further keys of the first."""

    server: ServerProcess
    keys: list[str]
    further: list[str]
    cluster: Cluster


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=200, help="keys that ask in turn, each of another agency")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is loaded (default 7)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of each load (default 2)")
    parser.add_argument("--connections", type=int, default=16, help="requests under way at once (default 16)")
    return parser.parse_args()


async def fill(url: str, count: int) -> tuple[list[str], list[str]]:
    """Make the agencies, all of one size, with their lines, a chief's key for each, and so many for the first."""
    fewer = [replace(table, rounds=min(table.rounds, TRAININGS)) for table in TABLES]
    await load_nation(url, [OFFICERS] * AGENCIES, tables=fewer)
    connection = await asyncpg.connect(url)
    try:
        keys = []
        for number in range(AGENCIES):
            agency = identify_agency(number)
            await publish(connection, agency, draw_lines(agency, LINES, seed=number))
            keys.append(await add_key(connection, agency, "chief"))
        further = [await add_key(connection, identify_agency(0), "chief") for _ in range(count)]
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    return keys, further


def measure(arguments: argparse.Namespace, loaded: Loaded, query: str) -> dict[str, Any]:
    """Load by one key and by many in turn, round by round; ratios are of requests/s to the first in the same round."""
    server, body = loaded.server, orjson.dumps({"query": query})
    arms = {
        "one key": loaded.keys[:1],
        f"{arguments.keys} keys of one agency": loaded.further,
        f"{arguments.keys} agencies": loaded.keys[: arguments.keys],
    }
    rounds: list[list[tuple[float, float, float]]] = []
    for _ in range(arguments.rounds):
        rounds.append([])
        for keys in arms.values():
            before = server.cpu_seconds(), loaded.cluster.cpu_seconds()
            sent = send_load(
                server.url, [body], {}, arguments.seconds, arguments.connections, loaded.cluster.folder, bearers=keys
            )
            if sent.failed:
                raise SystemExit(f"failed {sent.failed} of {sent.count} requests")
            used = server.cpu_seconds() - before[0], loaded.cluster.cpu_seconds() - before[1]
            rounds[-1].append((sent.count / sent.seconds, *(1_000 * each / sent.count for each in used)))
    return {
        name: {
            "perSecond": round(median(costs[index][0] for costs in rounds)),
            "ratio": round(median(costs[index][0] / costs[0][0] for costs in rounds), 3),
            "serverCpuMs": round(median(costs[index][1] for costs in rounds), 3),
            "databaseCpuMs": round(median(costs[index][2] for costs in rounds), 3),
        }
        for index, name in enumerate(arms)
    }


def ask_all(loaded: Loaded, count: int) -> float:
    """Ask once by each of the first keys, and answer the server's resident memory then, in megabytes."""
    for key in loaded.keys[:count]:
        for query in QUERIES.values():
            answer = send(loaded.server.url, orjson.dumps({"query": query}), {"authorization": f"Bearer {key}"})
            if b'"errors"' in answer:
                raise SystemExit(f"refused: {answer[:500]!r}")
    return round(loaded.server.memory_megabytes(), 1)


def main() -> None:
    """Run."""
    arguments = read_arguments()
    pin(os.getpid(), OTHER_CORE)
    with running_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        keys, further = asyncio.run(fill(cluster.url, arguments.keys))
        environment = {"LOUVER_DATABASE_URL": cluster.url, "LOUVER_VAR": folder, **BUDGETS}
        command = [sys.executable, "-m", "louver", "serve", "--port", "0"]
        server = ServerProcess("louver", command, environment, Path(folder))
        try:
            loaded = Loaded(server, keys, further, cluster)
            megabytes = {"at start": round(server.memory_megabytes(), 1), "one agency": ask_all(loaded, 1)}
            megabytes[f"{arguments.keys} agencies"] = ask_all(loaded, arguments.keys)
            rates = {name: measure(arguments, loaded, query) for name, query in QUERIES.items()}
            megabytes["the same, after the loads"] = round(server.memory_megabytes(), 1)
            megabytes[f"{AGENCIES} agencies"] = ask_all(loaded, AGENCIES)
        finally:
            server.stop()
    print(json.dumps({"rates": rates, "megabytes": megabytes}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
