"""The tables as declared are the tables as migrated, and named so that a migration can change them."""

import asyncio
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.engine import begin_writing
from louver.db.migrate import find_revision, get_newest_revision, upgrade
from louver.db.tables import Base

TABLES = Base.metadata.sorted_tables
POINTERS = ("referred_table", "constrained_columns", "referred_columns", "options")


def list_differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def describe_database(connection: Connection) -> dict[str, Any]:
    """What Alembic does not compare: exact types, checks, and how a reference behaves."""
    inspector = inspect(connection)
    return {
        table.name: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table.name)
            ],
            "checks": sorted(str(dict(check)) for check in inspector.get_check_constraints(table.name)),
            "keys": inspector.get_pk_constraint(table.name)["constrained_columns"],
            "references": sorted(
                str([dict(key)[part] for part in POINTERS]) for key in inspector.get_foreign_keys(table.name)
            ),
        }
        for table in TABLES
    }


class TestMigrations:
    async def test_equal_declaration(self, engine: AsyncEngine) -> None:
        """A migrated database differs in nothing from the declared tables."""
        async with engine.connect() as connection:
            assert await connection.run_sync(list_differences) == []

    async def test_equal_declared_details(self, empty_engine: AsyncEngine) -> None:
        """A migrated database has the types, checks, keys and reference options that are declared."""
        async with empty_engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            declared = await connection.run_sync(describe_database)
            await connection.run_sync(Base.metadata.drop_all)
        await upgrade(empty_engine)
        async with empty_engine.connect() as connection:
            assert await connection.run_sync(describe_database) == declared

    async def test_change_nothing_the_second_time(self, empty_engine: AsyncEngine) -> None:
        """Upgrading twice ends at the newest revision, as upgrading once does."""
        assert await find_revision(empty_engine) is None
        await upgrade(empty_engine)
        await upgrade(empty_engine)
        assert await find_revision(empty_engine) == get_newest_revision()

    async def test_wait_for_each_other(self, empty_engine: AsyncEngine) -> None:
        """Processes that start at the same time on an empty database all succeed."""
        await asyncio.gather(*(upgrade(empty_engine) for _ in range(3)))
        assert await find_revision(empty_engine) == get_newest_revision()

    async def test_leave_nothing_when_one_fails(self, empty_engine: AsyncEngine) -> None:
        """A failure in a later migration undoes the earlier ones."""
        async with begin_writing(empty_engine) as connection:
            await connection.execute(text("CREATE TABLE courses (id INTEGER)"))
        with pytest.raises(DBAPIError):
            await upgrade(empty_engine)
        async with empty_engine.connect() as connection:
            assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == ["courses"]


class TestTables:
    def test_name_everything_within_the_limit(self) -> None:
        """No name exceeds the 63 bytes at which PostgreSQL would cut it."""
        indexes = [str(index.name) for table in TABLES for index in table.indexes]
        constraints = [str(item.name) for table in TABLES for item in table.constraints]
        assert max(len(name.encode()) for name in [*indexes, *constraints]) <= 63

    def test_check_only_by_name(self) -> None:
        """Every check has a name, so that a migration can drop it."""
        checks = [item for table in TABLES for item in table.constraints if isinstance(item, CheckConstraint)]
        assert all(check.name for check in checks)
