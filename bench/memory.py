#!/usr/bin/env python
"""Measures the start of a server and its memory under ever other documents. See README.md."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import orjson
from cluster import running_cluster
from dataset import Dataset
from load import UnansweredError, send, send_load
from loading import load, load_file
from processes import OTHER_CORE, ServerProcess, pin
from reporting import render_table

SEED = 20_260_301
ROLES = ("chief", "training_coordinator", "hr", "auditor", "legal", "agency_admin")
"""Each has a key."""
CONNECTIONS = 16
PARTS = 10
_LOAD_SECONDS = 3.0
_HEAD = ("requests", "MB", "MB of its own", "after s")
_OFFICER = ("id", "firstName", "lastName", "badgeNumber", "employeeId", "title", "rank", "workEmail", "hireDate")
_TRAINING = ("id", "completedOn", "score", "hours", "status", "certificateNumber", "location", "instructor")
_FIRST = orjson.dumps({"query": "{ officers(first: 1) { nodes { id } } }"})


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000, help="to each engine (default 1,000,000)")
    parser.add_argument("--documents", type=int, default=10_000, help="different ones (default 10,000)")
    parser.add_argument("--window", type=int, help="of these so many in turn for 3 s, then the next (default: all)")
    parser.add_argument("--seconds", type=float, help="end after so long on each engine, however many were sent")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), help="this one alone")
    return parser.parse_args()


def draw_documents(count: int) -> list[bytes]:
    """Draw documents of which no two have the same text, selection or plan."""
    draw = Random(SEED)
    return [orjson.dumps({"query": _draw_document(draw, number)}) for number in range(count)]


def _draw_document(draw: Random, number: int) -> str:
    officer = _select(draw, _OFFICER, number)
    if draw.random() < 0.5:
        return f"{{ officers(first: {draw.randint(1, 10)}) {{ nodes {{ {officer} }} }} }}"
    below = f"trainings(first: 3) {{ nodes {{ {_select(draw, _TRAINING, number)} course {{ title }} }} }}"
    return f"{{ officers(first: {draw.randint(1, 5)}) {{ nodes {{ {officer} {below} }} }} }}"


def _select(draw: Random, names: tuple[str, ...], number: int) -> str:
    chosen = draw.sample(names, draw.randint(2, len(names)))
    return " ".join(f"f{number}_{place}: {name}" for place, name in enumerate(chosen))


@contextmanager
def filled(engine: str, dataset: Dataset) -> Iterator[tuple[Path, str, list[str]]]:
    """Fill a store for the length of a `with`; answers a folder, its URL, and the keys."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="louver-bench-") as name:
            url = f"sqlite:///{name}/louver.db"
            yield Path(name), url, [*asyncio.run(load_file(url, dataset, ROLES)).values()]
        return
    with running_cluster() as cluster:
        yield cluster.folder, cluster.url, [*asyncio.run(load(cluster.url, dataset, ROLES)).values()]


def read_memory(server: ServerProcess) -> list[float]:
    """Resident memory in MB: all of it, and without the files mapped, of which SQLite connections share the pages."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return [int(status.split(f"{name}:")[1].split()[0]) / 1024 for name in ("VmRSS", "RssAnon")]


def start(folder: Path, url: str, key: str) -> tuple[ServerProcess, float]:
    """Start a server; answers it, and the seconds from there to its first answer."""
    started = time.monotonic()
    command = [sys.executable, "-m", "louver", "serve", "--port", "0"]
    server = ServerProcess("louver", command, {"LOUVER_DATABASE_URL": url, "LOUVER_VAR": str(folder / "var")}, folder)
    send(server.url, _FIRST, {"authorization": f"Bearer {key}"})
    return server, time.monotonic() - started


def load_in_parts(
    server: ServerProcess, folder: Path, documents: list[bytes], keys: list[str], arguments: argparse.Namespace
) -> Iterator[list[float]]:
    """Send the documents with the keys in turn; after each part: requests so far, MB, MB of its own, seconds."""
    sent, started, turn = 0, time.monotonic(), 0
    for part in range(1, PARTS + 1):
        while sent < arguments.requests * part // PARTS:
            took = time.monotonic() - started
            if arguments.seconds and took > arguments.seconds * part / PARTS:
                break
            at = turn * arguments.window % len(documents) if arguments.window else sent % len(documents)
            asked = (documents[at:] + documents[:at])[: arguments.window]
            headers = {"authorization": f"Bearer {keys[turn % len(keys)]}"}
            done = send_load(server.url, asked, headers, _LOAD_SECONDS, CONNECTIONS, folder)
            if done.failed:
                raise UnansweredError(f"{done.failed} of {done.count} requests failed")
            sent, turn = sent + done.count, turn + 1
        yield [sent, *read_memory(server), time.monotonic() - started]


def main() -> None:
    """Run."""
    arguments = read_arguments()
    documents = draw_documents(arguments.documents)
    pin(os.getpid(), OTHER_CORE)
    for engine in [arguments.engine] if arguments.engine else ["sqlite", "postgresql"]:
        with filled(engine, Dataset()) as (folder, url, keys):
            server, seconds = start(folder, url, keys[0])
            try:
                all_mb, own_mb = read_memory(server)
                print(
                    f"\n{engine}: first answer after {seconds:.2f} s, then {all_mb:.0f} MB, {own_mb:.0f} of its own\n"
                )
                parts = load_in_parts(server, folder, documents, keys, arguments)
                rows = [[f"{figure:,.0f}" for figure in part] for part in parts]
                print("\n".join(render_table(_HEAD, rows, texts=0)), flush=True)
            finally:
                server.stop()


if __name__ == "__main__":
    main()
