"""One sample: a load on one server, with the CPU time that it and the database spent on it."""

import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from load import Load, send_in_series, send_load
from loading import ROLES
from processes import read_busy_seconds
from queries import Case
from targets import Target

_SLOW_SECONDS = 1.0
_ANSWERS_A_CONNECTION = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """What one server did with one query. CPU times are of one request."""

    case: str
    target: str
    connections: int
    load: Load
    server_cpu_ms: float
    database_cpu_ms: float
    others_cores: float
    """Cores that programs outside this benchmark used meanwhile."""

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.load.count / self.load.seconds


class Database(Protocol):
    """What the servers read from."""

    @property
    def folder(self) -> Path:
        """Where files of this run may stand."""

    def cpu_seconds(self) -> float:
        """CPU time so far of processes of its own."""


class Meter:
    """Takes samples of a running set."""

    def __init__(self, database: Database, seconds: float, connections: int) -> None:
        self._database = database
        self._seconds = seconds
        self._connections = connections

    def sample(self, target: Target, case: Case, alone_seconds: float) -> Sample:
        """Measure. `alone_seconds` is what one request takes an idle server: a slow one gets less at once."""
        is_slow = alone_seconds > _SLOW_SECONDS
        fitting = int(self._seconds / alone_seconds / _ANSWERS_A_CONNECTION)
        connections = 1 if is_slow else max(1, min(self._connections, fitting))
        before, started = self._read(target), time.perf_counter()
        load = self._send(target, case, connections, is_slow=is_slow)
        took = time.perf_counter() - started
        server, database, ours, all_busy = (b - a for a, b in zip(before, self._read(target), strict=True))
        if load.failed or not load.count:
            raise SystemExit(f"{target.name} failed {load.failed} of {load.count} requests of {case.name!r}")
        return Sample(
            case=case.name,
            target=target.name,
            connections=connections,
            load=load,
            server_cpu_ms=server / load.count * 1_000,
            database_cpu_ms=database / load.count * 1_000,
            others_cores=max(0.0, all_busy - server - database - ours) / took,
        )

    def _send(self, target: Target, case: Case, connections: int, *, is_slow: bool) -> Load:
        bodies, headers = case.bodies(target.is_ours), target.headers(ROLES[0])
        if is_slow:
            return send_in_series(target.process.url, bodies, headers, 1)
        return send_load(target.process.url, bodies, headers, self._seconds, connections, self._database.folder)

    def _read(self, target: Target) -> tuple[float, float, float, float]:
        own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        load = sum(usage.ru_utime + usage.ru_stime for usage in own)
        return target.process.cpu_seconds(), self._database.cpu_seconds(), load, read_busy_seconds()


def best_of(samples: Iterable[Sample]) -> Sample:
    """The fastest round: what disturbs a sample only slows it."""
    return max(samples, key=lambda sample: sample.rate)
