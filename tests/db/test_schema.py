"""The tables as declared are the tables as migrated, and each tenant's rows are keyed by the tenant."""

import asyncio
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Table, UniqueConstraint, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.engine import begin_writing
from louver.db.migrate import find_revision, get_newest_revision, upgrade
from louver.db.tables import Base

TABLES = Base.metadata.sorted_tables
OF_PERSONS = {
    "people", "person_credentials", "recovery_codes", "person_sessions", "logon_guards", "known_addresses"
}  # fmt: skip
"""A person may be in several agencies."""
TENANT_TABLES = [table for table in TABLES if table.name not in {"agencies", "budget_windows", *OF_PERSONS}]
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


@pytest.mark.parametrize("table", TENANT_TABLES, ids=lambda table: table.name)
class TestTenantTables:
    def test_begin_their_key_with_the_agency(self, table: Table) -> None:
        """The primary key begins with agency_id, and agency_id is never null."""
        assert next(iter(table.primary_key.columns)).name == "agency_id"
        assert not table.c.agency_id.nullable

    def test_begin_every_index_with_the_agency(self, table: Table) -> None:
        """Every index and unique constraint begins with agency_id, but those that find the agency of a credential."""
        uniques = [item.columns for item in table.constraints if isinstance(item, UniqueConstraint)]
        indexes = [index.columns for index in table.indexes if not index.info.get("found_before_agency")]
        assert {next(iter(columns)).name for columns in [*uniques, *indexes]} <= {"agency_id"}

    def test_refer_within_the_agency(self, table: Table) -> None:
        """Every reference to another tenant table carries the agency."""
        tenants = {tenant.name for tenant in TENANT_TABLES}
        within = [key for key in table.foreign_key_constraints if key.referred_table.name in tenants]
        assert all(key.column_keys[0] == "agency_id" for key in within)
        assert all(next(iter(key.elements)).column.name == "agency_id" for key in within)


class TestTables:
    def test_find_agencies_only_for_credentials(self) -> None:
        """The indexes that do not begin with the agency are exactly these."""
        exempt = {index.name for table in TABLES for index in table.indexes if index.info.get("found_before_agency")}
        assert exempt == {
            "ix_memberships_person_id", "ix_api_keys_prefix", "ix_support_grants_person_id",
            "ix_identity_providers_name", "ix_identity_providers_issuer",
        }  # fmt: skip

    def test_name_everything_within_the_limit(self) -> None:
        """No name exceeds the 63 bytes at which PostgreSQL would cut it."""
        indexes = [str(index.name) for table in TABLES for index in table.indexes]
        constraints = [str(item.name) for table in TABLES for item in table.constraints]
        assert max(len(name.encode()) for name in [*indexes, *constraints]) <= 63

    def test_check_only_by_name(self) -> None:
        """Every check has a name, so that a migration can drop it."""
        checks = [item for table in TABLES for item in table.constraints if isinstance(item, CheckConstraint)]
        assert all(check.name for check in checks)
