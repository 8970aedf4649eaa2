"""A streaming replica of the tests' own PostgreSQL."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PostgresCluster, find_memory_folder, find_postgres_binaries
from tests.secrecy.kept import Kept


class Standby(PostgresCluster):
    """A replica of another cluster, which it is copied from."""

    def _create(self) -> None:
        source = str(self._source)
        self._run("pg_basebackup", "-D", str(self._data), "-h", source, "-U", "postgres", "-R", "-c", "fast")

    def __init__(self, binaries: Path, folder: Path, kept: Kept, source: Path) -> None:
        self._source = source
        super().__init__(binaries, folder, kept)


@pytest.fixture(scope="module")
def standby(postgres_cluster: PostgresCluster, kept: Kept) -> Iterator[Standby]:
    """A running replica."""
    folder = Path(tempfile.mkdtemp(prefix="louver-standby-", dir=find_memory_folder()))
    try:
        binaries = find_postgres_binaries()
        assert binaries is not None
        standby = Standby(binaries, folder, kept, postgres_cluster.folder)
        standby.start()
        try:
            yield standby
        finally:
            standby.stop()
    finally:
        shutil.rmtree(folder)
