#!/usr/bin/env python
"""Asks a server of one process and one of two, both on all cores of the machine. See README.md."""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import orjson
from cluster import running_cluster
from dataset import Dataset
from load import send_load
from loading import load
from processes import ServerProcess
from reporting import render_table
from scale import BUDGETS

WORKERS = (1, 2)
_FIELDS = "id firstName lastName badgeNumber employeeId title rank workEmail"
_TYPES = ("Agency", "Officer", "Training", "UofIncident", "UofInvolvement", "UofSubject")
QUERIES = {
    "six types": " ".join(f'{name}: __type(name: "{name}") {{ ...Fields }}' for name in _TYPES).join(
        ("{ ", " } fragment Fields on __Type { fields { name type { name kind ofType { name } } } }")
    ),
    "first officer": f"{{ officers(first: 1) {{ nodes {{ {_FIELDS} }} }} }}",
    "100 × 10": f"{{ officers(first: 100) {{ nodes {{ {_FIELDS} hireDate employmentStatus }} }} }}",
}
"""The first is almost all the process's work; of the others PostgreSQL and the load do a part, on the same cores."""


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is loaded (default 5)")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of each load (default 3)")
    parser.add_argument("--connections", type=int, default=16, help="requests under way at once (default 16)")
    return parser.parse_args()


def measure(
    servers: dict[int, ServerProcess], key: str, query: str, folder: Path, arguments: argparse.Namespace
) -> list[tuple[float, ...]]:
    """Load one after the other, round by round; answers requests/s of each in every round."""
    headers, body = {"authorization": f"Bearer {key}"}, orjson.dumps({"query": query})
    rounds = []
    for _ in range(arguments.rounds):
        rates = []
        for server in servers.values():
            done = send_load(server.url, [body], headers, arguments.seconds, arguments.connections, folder)
            if done.failed:
                raise SystemExit(f"{done.failed} of {done.count} requests failed:\n{server.tail()}")
            rates.append(done.count / done.seconds)
        rounds.append(tuple(rates))
    return rounds


def main() -> None:
    """Run."""
    arguments, cores = read_arguments(), range(os.cpu_count() or 1)
    with running_cluster() as cluster:
        ((_, key),) = asyncio.run(load(cluster.url, Dataset(), ("agency_admin",))).items()
        environment = {"LOUVER_DATABASE_URL": cluster.url, "LOUVER_VAR": str(cluster.folder / "var"), **BUDGETS}
        servers: dict[int, ServerProcess] = {}
        try:
            for count in WORKERS:
                command = [sys.executable, "-m", "louver", "serve", "--port", "0", "--workers", str(count)]
                servers[count] = ServerProcess(f"{count}-workers", command, environment, cluster.folder, *cores)
            rows = []
            for name, query in QUERIES.items():
                rounds = measure(servers, key, query, cluster.folder, arguments)
                rates = [f"{median(rates):,.0f}" for rates in zip(*rounds, strict=True)]
                rows.append([name, *rates, f"{median(two / one for one, two in rounds):.2f}"])
        finally:
            for server in servers.values():
                server.stop()
    print(
        "\n".join(render_table(("requests/s", *(f"{count} process(es)" for count in WORKERS), "ratio"), rows, texts=1))
    )


if __name__ == "__main__":
    main()
