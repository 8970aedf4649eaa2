"""Writing: whole transactions, in turn, and clear words where the database is not there."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.engine import begin_writing, create_engine
from louver.db.migrate import find_revision, upgrade
from louver.db.tables import AgencyRow
from louver.db.urls import DatabaseUrl
from louver.errors import DatabaseUnavailableError, MisconfiguredError

Add = Callable[..., Awaitable[UUID]]


async def add_agencies(engine: AsyncEngine, *oris: str) -> None:
    """Insert agencies in one transaction."""
    async with begin_writing(engine) as connection:
        for ori in oris:
            row = {"name": "Fallowmere", "ori": ori, "state": "ZZ", "timezone": "UTC", "modules": []}
            await connection.execute(insert(AgencyRow).values(row))


async def count_agencies(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(AgencyRow)) or 0


class TestBeginWriting:
    async def test_commits_at_the_end(self, engine: AsyncEngine) -> None:
        """What was written is there afterwards."""
        await add_agencies(engine, "ZZ0000001", "ZZ0000002")
        assert await count_agencies(engine) == 2

    async def test_leaves_nothing_after_an_exception(self, engine: AsyncEngine) -> None:
        """An exception undoes all that was written before it."""
        with pytest.raises(IntegrityError):
            await add_agencies(engine, "ZZ0000001", "not an ORI")
        assert await count_agencies(engine) == 0

    @pytest.mark.parametrize("error", [FileNotFoundError, TimeoutError, ValueError])
    async def test_passes_on_what_is_not_the_databases(self, engine: AsyncEngine, error: type[Exception]) -> None:
        """An error of the code between, as of a file that it reads, is not called an outage."""
        with pytest.raises(error):
            async with begin_writing(engine):
                raise error

    async def test_waits_for_another_writer(self, engine: AsyncEngine, add_agency: Add) -> None:
        """Writers that read first and write later take turns: none fails, and no step is lost."""
        await add_agency()

        async def step() -> None:
            async with begin_writing(engine) as connection:
                version = await connection.scalar(select(AgencyRow.policy_overlay_version).with_for_update())
                await asyncio.sleep(0.01)
                await connection.execute(update(AgencyRow).values(policy_overlay_version=(version or 0) + 1))

        await asyncio.gather(*(step() for _ in range(8)))
        async with engine.connect() as connection:
            assert await connection.scalar(select(AgencyRow.policy_overlay_version)) == 8

    async def test_says_when_postgres_is_away(self, postgres_url: str, postgres_cluster: Any) -> None:
        """While the server is stopped, migrating and writing say that the database is unavailable."""
        engine = create_engine(postgres_url)
        await find_revision(engine)
        with postgres_cluster.stopped():
            for attempt in (upgrade, find_revision):
                with pytest.raises(DatabaseUnavailableError):
                    await attempt(engine)
        assert await find_revision(engine)
        await engine.dispose()

    async def test_says_when_a_folder_cannot_be_made(self, tmp_path: Path) -> None:
        """A database file below a plain file is unavailable."""
        (tmp_path / "file").write_text("")
        engine = create_engine(f"sqlite:///{tmp_path}/file/louver.db")
        with pytest.raises(DatabaseUnavailableError):
            await upgrade(engine)
        await engine.dispose()


class TestDatabaseUrl:
    @pytest.mark.parametrize(
        ("text", "dialect", "target"),
        [
            ("sqlite:///var/louver.db", "sqlite", "var/louver.db"),
            ("sqlite:////srv/louver.db", "sqlite", "/srv/louver.db"),
            ("postgresql://u:p@h/d?host=/run", "postgresql", "postgresql://u:p@h/d?host=/run"),
            ("postgres://h/d", "postgresql", "postgres://h/d"),
        ],
    )
    def test_says_which_engine_and_where(self, text: str, dialect: str, target: str) -> None:
        """The prefix names the engine; a SQLite path is relative after three slashes, absolute after four."""
        address = DatabaseUrl.from_text(text)
        assert (address.dialect, address.target) == (dialect, target)

    @pytest.mark.parametrize(
        "text", ["", "mysql://u:hunter2@h/d", "sqlite://", "sqlite:///", "sqlite:///:memory:", "louver.db"]
    )
    def test_refuses_the_rest_without_repeating_it(self, text: str) -> None:
        """What we cannot speak to is refused with a hint, and a password in it is not shown."""
        with pytest.raises(MisconfiguredError) as caught:
            DatabaseUrl.from_text(text)
        assert caught.value.hint
        assert "hunter2" not in f"{caught.value} {caught.value.hint}"

    def test_hides_its_target(self) -> None:
        """A password is not in what a log or a traceback shows of it."""
        assert "hunter2" not in repr(DatabaseUrl.from_text("postgresql://u:hunter2@h/d"))
