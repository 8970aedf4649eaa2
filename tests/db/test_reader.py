"""The read path: rows back, failures told apart from mistakes, connections kept sound."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from louver.db.reader import Reader, open_reader
from louver.errors import DatabaseUnavailableError

Add = Callable[..., Awaitable[UUID]]
Open = Callable[..., Reader]

ECHO = {"sqlite": "SELECT ?, ?", "postgresql": "SELECT $1::text, $2::text"}
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4e9) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}
COUNT_OF_SLOW = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"


@pytest.fixture
async def read_from() -> AsyncIterator[Open]:
    """Open readers that are closed however the test ends: the thread of an open one would keep pytest from ending."""
    opened: list[Reader] = []

    def open_and_note(url: str, size: int = 1) -> Reader:
        opened.append(open_reader(url, size))
        return opened[-1]

    yield open_and_note
    for reader in opened:
        await reader.close()


async def fetch_once(url: str, sql: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


class TestFetch:
    async def test_returns_rows_for_parameters(self, reader: Reader) -> None:
        """Rows come back in order, with parameters in their places."""
        assert [tuple(row) for row in await reader.fetch(ECHO[reader.dialect], ["a", "b"])] == [("a", "b")]

    async def test_sees_what_was_committed(self, reader: Reader, add_agency: Add) -> None:
        """A row is there for the next statement after its commit."""
        assert list(await reader.fetch("SELECT id FROM agencies")) == []
        await add_agency()
        assert len(await reader.fetch("SELECT id FROM agencies")) == 1

    async def test_counts_statements(self, reader: Reader) -> None:
        """Each statement counts once, however many rows it has."""
        await reader.fetch("SELECT 1 UNION ALL SELECT 2")
        await reader.fetch("SELECT 1")
        assert reader.statements == 2

    async def test_serves_more_callers_than_connections(self, reader: Reader) -> None:
        """Callers beyond the number of connections wait their turn, and each gets its own answer."""
        echo = ECHO[reader.dialect]
        answers = await asyncio.gather(*(reader.fetch(echo, [str(number), ""]) for number in range(40)))
        assert [rows[0][0] for rows in answers] == [str(number) for number in range(40)]

    async def test_cannot_write(self, reader: Reader, add_agency: Add) -> None:
        """The database itself refuses a write on the read path."""
        await add_agency()
        with pytest.raises((DatabaseUnavailableError, asyncpg.ReadOnlySQLTransactionError)):
            await reader.fetch("DELETE FROM agencies")
        assert len(await reader.fetch("SELECT id FROM agencies")) == 1

    async def test_tells_a_mistake_from_a_failure(self, reader: Reader) -> None:
        """A statement that is wrong is not called an outage, and the next one is served."""
        with pytest.raises(Exception, match="no_such_table") as caught:
            await reader.fetch("SELECT * FROM no_such_table")
        assert not isinstance(caught.value, DatabaseUnavailableError)
        assert (await reader.fetch("SELECT 1"))[0][0] == 1

    async def test_frees_its_place_when_cancelled(self, database_url: str, read_from: Open) -> None:
        """A caller that gives up leaves no connection behind that is busy with its statement."""
        reader = read_from(database_url)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.fetch(SLOW[reader.dialect]), timeout=0.1)
        rows = await asyncio.wait_for(reader.fetch("SELECT 1"), timeout=5)
        assert rows[0][0] == 1

    async def test_stops_at_the_server_when_cancelled(self, postgres_url: str, read_from: Open) -> None:
        """PostgreSQL stops working on a statement whose caller gave up."""
        reader = read_from(postgres_url)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.fetch(SLOW[reader.dialect]), timeout=0.2)
        await reader.close()
        [[running]] = await fetch_once(postgres_url, COUNT_OF_SLOW)
        assert running == 0


class TestOutage:
    async def test_of_postgres_is_unavailable_until_it_is_back(
        self, postgres_url: str, postgres_cluster: Any, read_from: Open
    ) -> None:
        """While the server is stopped each read says so; when it is back, the same reader reads again."""
        reader = read_from(postgres_url, size=2)
        await reader.fetch("SELECT 1")
        with postgres_cluster.stopped():
            for _ in range(3):
                with pytest.raises(DatabaseUnavailableError):
                    await reader.fetch("SELECT 1")
        assert (await reader.fetch("SELECT 1"))[0][0] == 1

    async def test_between_statements_goes_unnoticed(
        self, postgres_url: str, postgres_cluster: Any, read_from: Open
    ) -> None:
        """A connection that died while nobody used it is replaced, and no read fails for it."""
        reader = read_from(postgres_url)
        await reader.fetch("SELECT 1")
        with postgres_cluster.stopped():
            await asyncio.sleep(0.05)
        assert (await reader.fetch("SELECT 1"))[0][0] == 1

    async def test_during_a_statement_is_unavailable(
        self, postgres_url: str, postgres_cluster: Any, read_from: Open
    ) -> None:
        """A statement that is under way when the server stops ends as unavailable."""
        reader = read_from(postgres_url)
        await reader.fetch("SELECT 1")
        under_way = asyncio.create_task(reader.fetch(SLOW[reader.dialect]))
        await asyncio.sleep(0.1)
        with postgres_cluster.stopped(), pytest.raises(DatabaseUnavailableError):
            await under_way

    async def test_of_a_database_name_is_unavailable(self, postgres_url: str, read_from: Open) -> None:
        """A database that does not exist is unavailable, and its name is not in the message."""
        reader = read_from(postgres_url.replace("/t_", "/gone_"))
        with pytest.raises(DatabaseUnavailableError) as caught:
            await reader.fetch("SELECT 1")
        assert "gone" not in str(caught.value)

    async def test_of_a_missing_file_is_unavailable_until_it_is_there(
        self, sqlite_url: str, tmp_path: Path, read_from: Open
    ) -> None:
        """A file that is missing is unavailable and is not made; when it comes, the same reader reads it."""
        path = tmp_path / "later.db"
        reader = read_from(f"sqlite:///{path}")
        with pytest.raises(DatabaseUnavailableError):
            await reader.fetch("SELECT 1")
        assert not path.exists()
        shutil.move(sqlite_url.removeprefix("sqlite:///"), path)
        assert list(await reader.fetch("SELECT id FROM agencies")) == []

    async def test_of_a_spoilt_file_is_unavailable(self, tmp_path: Path, read_from: Open) -> None:
        """A file that is no database is unavailable."""
        path = tmp_path / "spoilt.db"
        path.write_bytes(b"not a database" * 100)
        reader = read_from(f"sqlite:///{path}")
        with pytest.raises(DatabaseUnavailableError):
            await reader.fetch("SELECT count(*) FROM sqlite_master")

    async def test_reads_a_path_with_special_characters(self, sqlite_url: str, tmp_path: Path, read_from: Open) -> None:
        """Characters that mean something in a URI are part of the path."""
        path = tmp_path / "50% ?mode=ro#x.db"
        shutil.move(sqlite_url.removeprefix("sqlite:///"), path)
        reader = read_from(f"sqlite:///{path}")
        assert list(await reader.fetch("SELECT id FROM agencies")) == []
