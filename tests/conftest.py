"""Fresh databases for tests: a copied SQLite file, a PostgreSQL database made from a template."""

import asyncio
import gc
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.engine import create_engine
from louver.db.migrate import upgrade
from louver.db.reader import Reader, open_reader
from tests.secrecy.kept import LOG_TABLES, Kept

pytest_plugins = ("tests.secrecy.fixtures", "tests.world.fixtures")

POSTGRES_BINARIES = Path("/usr/lib/postgresql")
POSTGRES_ACCOUNT = "postgres"
TEMPLATE = "louver_template"
MEMORY_WANTED_BYTES = 4 * 1024**3
POSTGRES_OPTIONS = "-F -h '' -k {folder} -c synchronous_commit=off -c max_connections=200"
"""No fsync, because the data dies with the run; no TCP, so no port can be taken."""

COPY_LOG = f"""
SELECT format('COPY (SELECT * FROM %I) TO STDOUT', relname) FROM pg_class
WHERE relname LIKE '{LOG_TABLES}%' AND relkind IN ('r', 'p') AND NOT relispartition \\gexec
"""
"""Every row and column of the log, also of one that a test has changed."""

TESTS_BETWEEN_COUNTS = 50
FINISHED = itertools.count(1)
LIVING: list[int] = []
"""How many objects lived when the collector was last told to spare them, and nothing else was there."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be written anew: a reviewer then sees what changed as a diff."""
    parser.addoption("--refresh-golden", action="store_true", help="write tests/golden anew instead of comparing")


def pytest_runtest_logfinish() -> None:
    """Free what servers of this process left: each tells the collector at its start to spare all that there is.

    Not after every server, since the next one's start then walks everything; and the count is asked for seldom, since
    to count walks everything too.
    """
    if next(FINISHED) % TESTS_BETWEEN_COUNTS:
        return
    spared = gc.get_freeze_count()
    if not LIVING and spared:
        LIVING.append(spared)
    elif LIVING and spared > 1.5 * LIVING[0]:
        gc.unfreeze()
        LIVING.clear()


class PostgresCluster:
    """A throwaway PostgreSQL of our own on a Unix socket in a temporary folder, which also holds its data."""

    def __init__(self, binaries: Path, folder: Path, kept: Kept) -> None:
        self._binaries = binaries
        self._kept = kept
        self.folder = folder
        self._data = folder / "data"
        # PostgreSQL refuses to run as root.
        self._prefix = ["runuser", "-u", POSTGRES_ACCOUNT, "--"] if os.geteuid() == 0 else []
        if self._prefix:
            shutil.chown(folder, POSTGRES_ACCOUNT)
        self._create()

    def _create(self) -> None:
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")

    def url(self, database: str) -> str:
        """Say where a database of this cluster is."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = POSTGRES_OPTIONS.format(folder=self.folder)
        self._run("pg_ctl", "start", "-w", "-D", str(self._data), "-l", str(self.folder / "log"), "-o", options)

    def stop(self) -> None:
        """End all sessions and stop the server."""
        self._run("pg_ctl", "stop", "-w", "-D", str(self._data), "-m", "fast")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Take the server away for the length of a `with`."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def execute(self, statement: str) -> None:
        """Run SQL that no transaction may hold, as CREATE DATABASE."""
        self._run(
            "psql", "-X", "-q", "-h", str(self.folder), "-U", "postgres", "-c", statement, "postgres", as_owner=False
        )

    @contextmanager
    def copied(self, template: str) -> Iterator[str]:
        """Have a copy of a database for the length of a `with`."""
        database = f"t_{uuid4().hex}"
        self.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
        yield self.url(database)
        self.drop(database)

    def copy_log(self, database: str, kept: Kept, afterwards: str = "") -> None:
        """Write down what a database's log holds, if it has one."""
        script = f"\\connect {database}\n{COPY_LOG}{afterwards}"
        line = [str(self._binaries / "psql"), "-X", "-q", "-t", "-v", "ON_ERROR_STOP=1"]
        line += ["-h", str(self.folder), "-U", "postgres", "postgres"]
        subprocess.run(line, check=True, input=script.encode(), stdout=kept.stream("postgresql"))

    def drop(self, database: str) -> None:
        """Drop a database, once what its log holds is kept for the grep."""
        self.copy_log(database, self._kept, f"\\connect postgres\nDROP DATABASE {database} WITH (FORCE);\n")

    def _run(self, command: str, *arguments: str, as_owner: bool = True) -> None:
        line = [*(self._prefix if as_owner else []), str(self._binaries / command), *arguments]
        log = self.folder / "commands.log"  # a file: the server that pg_ctl leaves behind would hold a pipe open
        with log.open("w") as output:
            done = subprocess.run(line, cwd=self.folder, check=False, stdout=output, stderr=subprocess.STDOUT)
        if done.returncode:
            raise RuntimeError(f"{command} failed: {log.read_text()}")


def find_postgres_binaries() -> Path | None:
    installed = sorted(POSTGRES_BINARIES.glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("pg_ctl")
    return installed[-1] if installed else Path(on_path).resolve().parent if on_path else None


def find_memory_folder() -> Path | None:
    """Find a folder in memory with room: making a database there takes a tenth of the time."""
    folder = Path("/dev/shm")
    has_room = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > MEMORY_WANTED_BYTES
    return folder if has_room else None


@pytest.fixture(scope="session")
def postgres_cluster(kept: Kept) -> Iterator[PostgresCluster]:
    """A running PostgreSQL; the test is skipped where none is installed, except in CI, where it fails."""
    binaries = find_postgres_binaries()
    if binaries is None:
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain("PostgreSQL is not installed, so this was not tried on it")
    folder = Path(tempfile.mkdtemp(prefix="louver-", dir=find_memory_folder()))
    try:
        cluster = PostgresCluster(binaries, folder, kept)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: PostgresCluster) -> str:
    postgres_cluster.execute(f"CREATE DATABASE {TEMPLATE}")
    asyncio.run(migrate(postgres_cluster.url(TEMPLATE)))
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "louver.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


async def migrate(url: str) -> None:
    engine = create_engine(url)
    await upgrade(engine)
    await engine.dispose()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite file."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'louver.db')}"


@pytest.fixture
def postgres_url(postgres_cluster: PostgresCluster, postgres_template: str) -> Iterator[str]:
    """A fresh migrated PostgreSQL database."""
    with postgres_cluster.copied(postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same test on both engines, each time on a fresh migrated database."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the test's database."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def reader(database_url: str) -> AsyncIterator[Reader]:
    """A reader on the test's database."""
    reader = open_reader(database_url, size=3)
    yield reader
    await reader.close()
