"""Reading from PostgreSQL through asyncpg."""

from collections.abc import Awaitable, Sequence
from typing import Any

import asyncpg

from louver.db.engine import CONNECT_TIMEOUT_SECONDS

COMMAND_TIMEOUT_SECONDS = 30.0
CLOSE_TIMEOUT_SECONDS = 2.0
STATEMENTS_CACHED = 1_000

_SESSION = {
    "application_name": "louver",
    "default_transaction_read_only": "on",
    "jit": "off",  # costs more than it saves on pages of rows
    "timezone": "UTC",
}


async def open_postgres_lane(dsn: str) -> "PostgresLane":
    """Connect for reading; statements stay prepared for the life of the connection, whatever their length."""
    connection = await asyncpg.connect(
        dsn,
        timeout=CONNECT_TIMEOUT_SECONDS,
        command_timeout=COMMAND_TIMEOUT_SECONDS,
        statement_cache_size=STATEMENTS_CACHED,
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=0,
        server_settings=_SESSION,
    )
    return PostgresLane(connection)


class PostgresLane:
    """One PostgreSQL connection for reading."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @property
    def is_open(self) -> bool:
        """See Lane."""
        return not self._connection.is_closed()

    def fetch(self, sql: str, parameters: Sequence[Any]) -> Awaitable[Sequence[Sequence[Any]]]:
        """See Lane."""
        rows: Awaitable[list[Sequence[Any]]] = self._connection.fetch(sql, *parameters)
        return rows

    async def close(self) -> None:
        """See Lane. A statement that was cancelled is cancelled at the server first."""
        try:
            await self._connection.close(timeout=CLOSE_TIMEOUT_SECONDS)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            self._connection.terminate()
