"""Bring a database to the schema that this version of Louver needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.engine import begin_writing
from louver.db.failures import unavailable_on_failure

_LOCK = 0x4C6F75766572
"""Names the advisory lock on PostgreSQL: of several processes that start at once, one migrates and the others wait."""


async def upgrade(engine: AsyncEngine) -> None:
    """Run what migrations are missing, all or none.

    Raises:
        DatabaseUnavailableError: the database did not answer.
    """
    _make_folder(engine)
    async with begin_writing(engine) as connection:
        await connection.run_sync(_upgrade)


async def find_revision(engine: AsyncEngine) -> str | None:
    """Find the revision that the database is at; None where it was never migrated.

    Raises:
        DatabaseUnavailableError: the database did not answer.
    """
    with unavailable_on_failure():
        async with engine.connect() as connection:
            return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def get_newest_revision() -> str | None:
    """Name the revision that this version of Louver needs."""
    return ScriptDirectory.from_config(_build_config()).get_current_head()


def _make_folder(engine: AsyncEngine) -> None:
    if engine.dialect.name == "sqlite" and engine.url.database:
        with unavailable_on_failure():
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = _build_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _build_config() -> Config:
    config = Config()
    config.set_main_option("script_location", "louver.db:migrations")
    config.set_main_option("path_separator", "os")
    return config
