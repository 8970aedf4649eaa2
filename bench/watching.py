"""What the attacks of `hostile.py` are measured by: a server over demo data, its memory, and others' health queries."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self

from processes import ROOT, ServerProcess, list_children

_BODY = '{"query": "{ officers(first: 1) { nodes { id } } }"}'
_PAUSE_SECONDS = 0.05
_TIMEOUT_SECONDS = 30
_SHORT = {"LOUVER_HEAD_SECONDS": "3", "LOUVER_BODY_SECONDS": "5", "LOUVER_IDLE_SECONDS": "5"}
"""Deadlines, so that a run takes two minutes."""


@contextlib.contextmanager
def starting_server(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Serve demo data for the length of a `with`; answers address, a chief's key, process."""
    environment = {"LOUVER_DATABASE_URL": f"sqlite:///{folder}/louver.db", "LOUVER_VAR": str(folder), **_SHORT}
    louver = [sys.executable, "-m", "louver"]
    for command in (["db", "upgrade"], ["demo", "--json"]):
        subprocess.run(
            [*louver, *command], cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL
        )
    key = json.loads((folder / "demo.json").read_text())["agencies"][0]["keys"]["chief"]
    server = ServerProcess("louver", [*louver, "serve", "--port", "0"], environment, folder)
    try:
        yield server.url, key, server.pid
    finally:
        server.stop()


class Memory:
    """Resident memory of a process and those that it started; of none, zero."""

    def __init__(self, pid: int) -> None:
        self._pids = [pid, *list_children(pid)] if pid else []

    def now(self) -> float:
        """MB."""
        return self._read("VmRSS")

    def peak(self) -> float:
        """MB, since it started."""
        return self._read("VmHWM")

    def _read(self, name: str) -> float:
        texts = [Path(f"/proc/{pid}/status").read_text() for pid in self._pids]
        return sum(int(text.split(f"{name}:")[1].split()[0]) for text in texts) / 1024


class Health(threading.Thread):
    """Somebody else, who asks a small query on a new connection over and over."""

    def __init__(self, host: str, port: int, key: str) -> None:
        super().__init__(daemon=True)
        self._address = host, port
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        self._is_over = False
        self._asked_at: float | None = None
        self._slowest = 0.0
        self.slowest_of_all_ms = 0.0
        self.count = self.failed = 0

    def __enter__(self) -> Self:
        for _ in range(20):  # the first ones are slower, and are nobody's fault
            self._ask()
        self.count, self.slowest_of_all_ms = 0, 0.0
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        self.join()

    def run(self) -> None:
        """Ask until it is over."""
        while not self._is_over:
            self._ask()
            time.sleep(_PAUSE_SECONDS)

    def begin(self) -> None:
        """Forget how slow it was before."""
        self._slowest = 0.0

    def slowest_ms(self) -> float:
        """The slowest since then, the one that is under way included."""
        asked_at = self._asked_at
        return max(self._slowest, (time.perf_counter() - asked_at) * 1_000 if asked_at else 0.0)

    def _ask(self) -> None:
        self._asked_at = asked_at = time.perf_counter()
        connection = HTTPConnection(*self._address, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("POST", "/graphql", _BODY, self._headers)
            self.failed += connection.getresponse().status != 200
        except (OSError, HTTPException):
            self.failed += 1
        finally:
            connection.close()
        took, self._asked_at = (time.perf_counter() - asked_at) * 1_000, None
        self._slowest, self.slowest_of_all_ms = max(self._slowest, took), max(self.slowest_of_all_ms, took)
        self.count += 1
