"""Engines for writing: migrations, imports, administration. The hot read path is `reader.py`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from louver.db.failures import unavailable_on_failure
from louver.db.urls import DatabaseUrl

CONNECT_TIMEOUT_SECONDS = 5.0
BUSY_TIMEOUT_MILLISECONDS = 5_000

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}",
)


def create_engine(url: str, pool_size: int = 5) -> AsyncEngine:
    """Make an engine; nothing is opened before its first use. The driver is ours to choose, not the URL's."""
    address = DatabaseUrl.from_text(url)
    if address.dialect == "postgresql":
        return _create_postgres_engine(address.target, pool_size)
    return _create_sqlite_engine(Path(address.target), pool_size)


@asynccontextmanager
async def begin_writing(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    """Open a transaction that will write; committed at the end, rolled back on an exception.

    SQLite takes its write lock here and waits for it. A transaction that starts as a reader and writes later would be
    refused at once when another has written in between.

    Raises:
        DatabaseUnavailableError: the database did not answer.
    """
    with unavailable_on_failure():
        connection = await engine.connect().start()
    try:
        with unavailable_on_failure(is_reported=True):
            await connection.execution_options(louver_is_writing=True)
            async with connection.begin():
                yield connection
    finally:
        await connection.close()


def _create_postgres_engine(dsn: str, pool_size: int) -> AsyncEngine:
    async def connect() -> Any:
        return await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_SECONDS)

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        json_deserializer=orjson.loads,
    )


def _create_sqlite_engine(path: Path, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}", pool_size=pool_size, max_overflow=0, json_deserializer=orjson.loads
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late for a schema change; we say it ourselves
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("louver_is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
