"""A PostgreSQL of our own for the length of a run: made, started, its CPU time told, and thrown away."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from processes import list_children, read_cpu_seconds

ACCOUNT = "postgres"
INSTALLED = Path("/usr/lib/postgresql")
OPTIONS = "-h '' -k {folder} -c shared_buffers=256MB -c max_connections=60 -c logging_collector=off"
"""No TCP, so no port can be taken. Everything that makes a commit durable stays on: the access log pays for it."""


class Cluster:
    """One running server on a Unix socket; `url` is of its database."""

    def __init__(self, folder: Path, binaries: Path, further_options: str = "") -> None:
        self.folder = folder
        self.url = f"postgresql://postgres@/postgres?host={folder}"
        self._data = folder / "data"
        self._binaries = binaries
        self._options = f"{OPTIONS.format(folder=folder)} {further_options}"
        # PostgreSQL refuses to run as root.
        self._prefix = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
        if self._prefix:
            shutil.chown(folder, ACCOUNT)

    @property
    def version(self) -> str:
        """The server's version."""
        return (self._data / "PG_VERSION").read_text().strip()

    def start(self) -> None:
        """Make the files and start the server."""
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        self._run("pg_ctl", "start", "-w", "-D", str(self._data), "-l", str(self.folder / "log"), "-o", self._options)

    def crash(self) -> None:
        """Cut it off as a power failure would, as far as a program can, and start it again."""
        self._run("pg_ctl", "stop", "-w", "-D", str(self._data), "-m", "immediate")
        options = OPTIONS.format(folder=self.folder)
        self._run("pg_ctl", "start", "-w", "-D", str(self._data), "-l", str(self.folder / "log"), "-o", options)

    def stop(self) -> None:
        """End all sessions and stop it."""
        self._run("pg_ctl", "stop", "-w", "-D", str(self._data), "-m", "fast")

    def cpu_seconds(self) -> float:
        """CPU time of all its processes so far."""
        postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        return sum(map(read_cpu_seconds, [postmaster, *list_children(postmaster)]))

    def _run(self, command: str, *arguments: str) -> None:
        output = self.folder / f"{command}.log"  # a file: the server that pg_ctl leaves behind would hold a pipe open
        with output.open("w") as log:
            line = [*self._prefix, str(self._binaries / command), *arguments]
            done = subprocess.run(line, cwd=self.folder, check=False, stdout=log, stderr=subprocess.STDOUT)
        if done.returncode:
            raise SystemExit(f"{command} failed: {output.read_text()}")


def find_binaries() -> Path:
    """Find PostgreSQL's server programs, the newest first."""
    installed = sorted(INSTALLED.glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("pg_ctl")
    if not installed and not on_path:
        raise SystemExit("PostgreSQL's server programs are missing; install them (Debian: apt-get install postgresql)")
    return installed[-1] if installed else Path(str(on_path)).resolve().parent


@contextmanager
def running_cluster(further_options: str = "") -> Iterator[Cluster]:
    """Run one for the length of a `with`, in a temporary folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="louver-bench-"))
    try:
        cluster = Cluster(folder, find_binaries(), further_options)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
