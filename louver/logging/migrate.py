"""Brings the table of access records to this version's schema."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK = 0x4C6F756C6F67
"""Names the advisory lock on PostgreSQL: of several processes that start at once, one migrates and the others wait."""


async def upgrade(connection: AsyncConnection) -> None:
    """Create or migrate the table, in the caller's transaction.

    Its version is kept beside that of the records, which may be in the same database.
    """
    await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = Config()
    config.set_main_option("script_location", "louver.logging:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
