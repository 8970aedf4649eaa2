#!/usr/bin/env python
"""Flips an agency's policy under load: three server processes on one PostgreSQL. See README.md."""

import argparse
import asyncio
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import asyncpg
import orjson
from cluster import running_cluster
from dataset import Dataset
from load import send
from loading import load
from processes import ServerProcess

READ = orjson.dumps({"query": "{ officers(first: 20) { nodes { id rank workPhone } } }"})
PUBLISH = "mutation Flip($input: PublishPolicyInput!) { publishPolicy(input: $input) { version } }"
LINE = {"role": "chief", "object": "Officer.workPhone", "act": "view", "effect": "deny"}
WARM_UP_SECONDS = 2
SHARES = {"p50": 0.5, "p99": 0.99, "max": 0.999_999}
COMMITS = """
    SELECT version, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 FROM policy_versions ORDER BY version
"""


@dataclass(frozen=True, slots=True)
class Read:
    """One answer: when it was asked for, when it had come, and whether it showed the field."""

    replica: int
    started: float
    ended: float
    is_shown: bool


@dataclass(slots=True)
class Flips:
    """What was published. Version 0 is the default, which shows the field; each odd one hides it."""

    answered: list[float] = field(default_factory=lambda: [0.0])
    """When the answer to each version's publishing had come: whoever asks later has to be answered by it."""
    committed: list[float] = field(default_factory=lambda: [0.0])
    """When PostgreSQL committed each: nobody who was answered before may have been answered by it."""

    def find_in_force(self, read: Read) -> range:
        """The versions that may have decided a read."""
        first = max(version for version, at in enumerate(self.answered) if at <= read.started)
        return range(first, max(version for version, at in enumerate(self.committed) if at <= read.ended) + 1)


class Readers:
    """Threads that read from every replica until the `with` ends."""

    def __init__(self, urls: list[str], threads: int, headers: dict[str, str]) -> None:
        self.reads: list[Read] = []
        self.failures: list[str] = []
        self._is_over = threading.Event()
        self._headers = headers
        self._threads = [
            threading.Thread(target=self._read, args=(replica, url))
            for replica, url in enumerate(urls)
            for _ in range(threads)
        ]

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read for the length of a `with`."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in self._threads:
                thread.join()

    def _read(self, replica: int, url: str) -> None:
        while not self._is_over.is_set():
            started = time.time()
            try:
                answer = orjson.loads(send(url, READ, self._headers))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told at the end
                self.failures.append(repr(error))
                continue
            shown = [node["workPhone"] is not None for node in answer["data"]["officers"]["nodes"]]
            if any(shown) != all(shown):
                self.failures.append("an answer by two policies")
            self.reads.append(Read(replica, started, time.time(), all(shown)))


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=200, help="how many versions are published (default 200)")
    parser.add_argument("--replicas", type=int, default=3, help="server processes (default 3)")
    parser.add_argument("--threads", type=int, default=2, help="readers of each replica (default 2)")
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two versions (default 0.1)")
    return parser.parse_args()


def publish(urls: list[str], headers: dict[str, str], count: int, pause: float) -> Flips:
    """Hide the field and show it again, in turn, through one replica after the other."""
    flips = Flips()
    for version in range(1, count + 1):
        change = {"add" if version % 2 else "remove": [LINE], "baseVersion": version - 1, "reason": f"flip {version}"}
        body = orjson.dumps({"query": PUBLISH, "variables": {"input": change}})
        answer = orjson.loads(send(urls[version % len(urls)], body, headers))
        if "errors" in answer:
            raise SystemExit(f"a version was not published: {answer['errors']}")
        flips.answered.append(time.time())
        time.sleep(pause)
    return flips


async def read_commits(url: str) -> list[float]:
    """Ask PostgreSQL when it committed each version."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(COMMITS)
    await connection.close()
    return [0.0, *(row[1] for row in rows)]


def judge(readers: Readers, flips: Flips, replicas: int) -> dict[str, Any]:
    """Hold every read against the versions that were in force while it was under way."""
    wrong = {"allows": 0, "denies": 0}
    for read in readers.reads:
        if read.is_shown not in {version % 2 == 0 for version in flips.find_in_force(read)}:
            wrong["allows" if read.is_shown else "denies"] += 1
    ordered = sorted(
        1_000 * (first - committed)
        for version, committed in enumerate(flips.committed[1:], 1)
        for replica in range(replicas)
        if (first := _find_first(readers.reads, replica, version, flips)) is not None
    )
    return {
        "reads": len(readers.reads),
        "flips": len(flips.committed) - 1,
        "wrongAllows": wrong["allows"],
        "wrongDenies": wrong["denies"],
        "failures": len(readers.failures),
        "failure": next(iter(readers.failures), None),
        "propagations": len(ordered),
        "unseen": replicas * (len(flips.committed) - 1) - len(ordered),
        "propagationMs": {name: round(ordered[int(len(ordered) * share)], 1) for name, share in SHARES.items()},
    }


def _find_first(reads: list[Read], replica: int, version: int, flips: Flips) -> float | None:
    """When the first answer by a version had come from a replica; None if the next version was quicker."""
    is_shown, since = version % 2 == 0, flips.committed[version]
    until = flips.committed[version + 1] if version + 1 < len(flips.committed) else float("inf")
    ended = (
        read.ended
        for read in reads
        if read.replica == replica and read.is_shown is is_shown and since <= read.ended < until
    )
    return min(ended, default=None)


def main() -> None:
    """Run."""
    arguments = read_arguments()
    dataset = Dataset()
    with running_cluster("-c track_commit_timestamp=on") as cluster, tempfile.TemporaryDirectory() as folder:
        keys = asyncio.run(load(cluster.url, dataset, ("chief", "agency_admin")))
        environment = {"LOUVER_DATABASE_URL": cluster.url, "LOUVER_VAR": folder, "LOUVER_POOL_SIZE": "5"}
        command = [sys.executable, "-m", "louver", "serve", "--port", "0"]
        servers = [
            ServerProcess(f"replica-{number}", command, environment, Path(folder))
            for number in range(arguments.replicas)
        ]
        urls = [server.url for server in servers]
        headers = {role: {"authorization": f"Bearer {key}"} for role, key in keys.items()}
        try:
            readers = Readers(urls, arguments.threads, headers["chief"])
            with readers.reading():
                time.sleep(WARM_UP_SECONDS)
                flips = publish(urls, headers["agency_admin"], arguments.flips, arguments.pause)
            flips.committed = asyncio.run(read_commits(cluster.url))
        finally:
            for server in servers:
                server.stop()
    print(json.dumps(judge(readers, flips, arguments.replicas), indent=1))


if __name__ == "__main__":
    main()
