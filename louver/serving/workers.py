"""Several server processes on one listening socket: who dies or hangs is replaced, a new certificate taken in turn."""

import contextlib
import multiprocessing
import signal
import socket
import time
from ctypes import c_double
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import NamedTuple

import structlog
from uvicorn.config import Config

from louver.errors import MisconfiguredError
from louver.serving.limits import ConnectionLimits
from louver.serving.server import GuardedServer

_WATCH_SECONDS = 0.2
_RETRY_SECONDS = 1.0
"""Before a worker that did not even start is started again: its database may be away."""
_START_SECONDS = 60.0
HANG_SECONDS = 60.0
"""Without a sign of life, before a worker is killed. Nothing that a worker does at a time takes so long."""
_SPARE_SECONDS = 10.0
"""Beyond the time to drain in, before a worker is killed."""
_spawn = multiprocessing.get_context("spawn")


class Worker(NamedTuple):
    """One server process, and when it gave its last sign of life: 0 before it has begun to serve."""

    process: SpawnProcess
    alive_at: c_double

    @property
    def has_begun(self) -> bool:
        """Whether it serves."""
        return self.alive_at.value > 0

    @property
    def hangs(self) -> bool:
        """Whether it has stopped answering anybody."""
        return self.has_begun and time.monotonic() > self.alive_at.value + HANG_SECONDS


class Workers:
    """Keeps a number of them running until a signal ends it."""

    def __init__(self, config: Config, limits: ConnectionLimits, listener: socket.socket, count: int) -> None:
        self._config = config
        self._limits = limits
        self._listener = listener
        self._count = count
        self._crew: list[Worker] = []
        self._is_stopping = False
        self._is_renewing = False
        self._log = structlog.get_logger()

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; SIGHUP replaces each worker by a new one, with no moment without any.

        Raises:
            MisconfiguredError: no worker could start.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note)
        self._crew = [self._start() for _ in range(self._count)]
        try:
            while not self._is_stopping:
                wait([worker.process.sentinel for worker in self._crew], _WATCH_SECONDS)
                self._renew()
                self._replace_dead()
        finally:
            self._stop()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._is_renewing = True
        else:
            self._is_stopping = True

    def _start(self) -> Worker:
        alive_at = _spawn.RawValue(c_double)
        process = _spawn.Process(target=work, args=(self._config, self._limits, self._listener, alive_at))
        process.start()
        return Worker(process, alive_at)

    def _replace_dead(self) -> None:
        for place, worker in enumerate(self._crew):
            if self._is_stopping or (worker.process.is_alive() and not worker.hangs):
                continue
            worker.process.kill()
            worker.process.join()
            self._log.error("worker.died", pid=worker.process.pid, status=worker.process.exitcode)
            if not worker.has_begun:
                self._require_company()
                time.sleep(_RETRY_SECONDS)
            self._crew[place] = self._start()

    def _require_company(self) -> None:
        if not any(worker.process.is_alive() for worker in self._crew):
            raise MisconfiguredError("no server process could start", hint="what kept it from starting stands above")

    def _renew(self) -> None:
        """Put a new worker in each place; the old one goes on until the new one serves, and ends what it has begun."""
        for place, old in enumerate(self._crew if self._is_renewing else ()):
            new = self._start()
            deadline = time.monotonic() + _START_SECONDS
            while not (new.has_begun or self._is_stopping) and new.process.is_alive() and time.monotonic() < deadline:
                time.sleep(_WATCH_SECONDS)
            if not new.has_begun:
                self._log.error("worker.renewal_failed", pid=new.process.pid)
                self._end([new])
                break
            self._crew[place] = new
            self._end([old])
        self._is_renewing = False

    def _stop(self) -> None:
        self._end(self._crew, self._listener)

    def _end(self, workers: list[Worker], listener: socket.socket | None = None) -> None:
        for worker in workers:
            worker.process.terminate()
        if listener:  # or the kernel would go on letting clients in, whom nobody answers
            listener.close()
        deadline = time.monotonic() + self._limits.drain_seconds + _SPARE_SECONDS
        for worker in workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()


def work(config: Config, limits: ConnectionLimits, listener: socket.socket, alive_at: c_double) -> None:
    """Serve, in a process of its own."""

    def show_life() -> None:
        alive_at.value = time.monotonic()

    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal's; the parent's is meant for the parent
    with contextlib.suppress(KeyboardInterrupt):
        GuardedServer(config, limits, on_alive=show_life).run(sockets=[listener])
