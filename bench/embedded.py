#!/usr/bin/env python
"""Measures Louver on SQLite: the records and the queries of `run.py`, without a peer. See README.md."""

import argparse
import asyncio
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

from checking import check_denials, check_same_data
from dataset import Dataset
from load import get_generator
from loading import load_file
from measuring import Meter, Sample, best_of
from processes import OTHER_CORE, ServerProcess, pin
from queries import Case, build_cases
from reporting import as_figure, describe_machine, render_table
from targets import OURS, Target

ROUNDS = 3
_HEAD = ("query", "requests/s", "p50 ms", "p99 ms", "server CPU ms")


class Embedded:
    """The folder of a database that lives in the server, so that it uses no CPU of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder}/louver.db"

    def cpu_seconds(self) -> float:
        """See Database."""
        return 0.0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="length of each sample (default 3)")
    parser.add_argument("--connections", type=int, default=16, help="requests under way at once (default 16)")
    return parser.parse_args()


def main() -> None:
    """Run."""
    arguments, started = read_arguments(), time.monotonic()
    pin(os.getpid(), OTHER_CORE)
    dataset = Dataset()
    machine = describe_machine(get_generator(), sqlite=sqlite3.sqlite_version)
    print("; ".join(f"{name} {value}" for name, value in machine.items()), end="\n\n")
    with tempfile.TemporaryDirectory(prefix="louver-bench-") as name:
        database = Embedded(Path(name))
        keys = asyncio.run(load_file(database.url, dataset))
        meter = Meter(database, arguments.seconds, arguments.connections)
        with running_server(database) as server:
            target = Target(server, is_ours=True, headers=lambda role: {"authorization": f"Bearer {keys[role]}"})
            check_denials([target], dataset)
            samples = [_measure(meter, target, case) for case in build_cases(dataset)]
            memory = server.memory_megabytes()
    print("", *render_table(_HEAD, list(map(_row, samples)), texts=1), sep="\n")
    others = max(sample.others_cores for sample in samples)
    print(f"\nResident memory: {memory:.0f} MB. Other programs used up to {others:.2f} cores during a sample.")
    print(f"Took {time.monotonic() - started:.0f} s.")


@contextmanager
def running_server(database: Embedded) -> Iterator[ServerProcess]:
    """Serve, as shipped, for the length of a `with`."""
    environment = {"LOUVER_DATABASE_URL": database.url, "LOUVER_VAR": str(database.folder)}
    command = [sys.executable, "-m", "louver", "serve", "--port", "0"]
    server = ServerProcess(OURS, command, environment, database.folder)
    try:
        yield server
    finally:
        server.stop()


def _measure(meter: Meter, target: Target, case: Case) -> Sample:
    alone = check_same_data([target], case)[target.name]
    return best_of([meter.sample(target, case, alone) for _ in range(ROUNDS)])


def _row(sample: Sample) -> list[str]:
    figures = (sample.rate, sample.load.p50_ms, sample.load.p99_ms, sample.server_cpu_ms)
    return [sample.case, *map(as_figure, figures)]


if __name__ == "__main__":
    main()
