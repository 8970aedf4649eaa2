"""Server processes: started on a core of their own, watched through /proc, and stopped."""

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE = 0
OTHER_CORE = 1
"""For PostgreSQL, the load and this script."""
_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 60.0


class ServerProcess:
    """One server under test. It prints the address that it listens on."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *cores: int,
    ) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                list(command),
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        pin(self._process.pid, *(cores or (SERVER_CORE,)))
        self.url = self._wait_for_address()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def cpu_seconds(self) -> float:
        """CPU time so far."""
        return read_cpu_seconds(self.pid)

    def memory_megabytes(self) -> float:
        """Resident memory now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def tail(self) -> str:
        """The end of what it said, for whoever asks why it failed."""
        return self._log.read_text()[-2_000:]

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_for_address(self) -> str:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            found = re.search(r"http://\S+/graphql", self._log.read_text())
            if found:
                return found[0]
            time.sleep(0.05)
        self.stop()
        raise SystemExit(f"{self.name} did not start:\n{self.tail()}")


def pin(pid: int, *cores: int) -> None:
    """Keep a process on one core or some, where the system can and there are two."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, cores)


def read_cpu_seconds(pid: int) -> float:
    """CPU time of a process's threads so far, to the nanosecond: ticks would lose a back end that works little."""
    try:
        threads = list(Path(f"/proc/{pid}/task").glob("*/schedstat"))
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
    except OSError:  # it has just ended
        return 0.0


def list_children(parent: int) -> list[int]:
    """The processes whose parent is this one."""
    children = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            children.append(int(path.parent.name))
    return children


def read_busy_seconds() -> float:
    """CPU time that all processes of the machine have used since it started."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return sum(map(int, fields[1:4])) / _TICKS
