"""Access records in an SQLite file of their own.

The standard library's driver on one thread of ours: a whole group is written and committed in one hand-over to that
thread, where an async wrapper would need one for each statement.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import insert
from sqlalchemy.dialects import sqlite

from louver.logging.chain import Link, Sealed
from louver.logging.sinks import END, REVISION_SQL, RecordRejectedError
from louver.logging.tables import audit_records

T = TypeVar("T")

_LOCK_WAIT_SECONDS = 1.0
_OPENING = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")
"""FULL: a commit is on the disk when it returns, also when the power fails right after."""

_DIALECT = sqlite.dialect(json_serializer=lambda value: orjson.dumps(value).decode(), paramstyle="named")
_END_SQL = str(END.compile(dialect=_DIALECT))
_INSERT_SQL = str(insert(audit_records).compile(dialect=_DIALECT))
_ENCODERS = {
    column.name: encode
    for column in audit_records.c
    if (encode := column.type.dialect_impl(_DIALECT).bind_processor(_DIALECT))
}


def _as_parameters(sealed: Sealed) -> dict[str, Any]:
    row = sealed.as_row()
    return row | {name: encode(row[name]) for name, encode in _ENCODERS.items()}


class SqliteSink:
    """See Sink."""

    def __init__(self, path: str) -> None:
        self._path = Path(path).absolute()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="louver-audit")
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    async def connect(self) -> None:
        """See Sink."""
        await self._on_thread(self._connect)

    async def read_revision(self) -> str | None:
        """See Sink."""
        return await self._on_thread(self._read_revision)

    async def read_end(self, writer: UUID) -> Link:
        """See Sink."""
        return await self._on_thread(lambda: self._read_end(writer))

    async def write(self, records: Sequence[Sealed]) -> None:
        """See Sink."""
        await self._on_thread(lambda: self._write(records))

    async def require_writable(self) -> None:
        """See Sink."""
        await self._on_thread(lambda: self._write(()))

    async def close(self) -> None:
        """See Sink."""
        await self._on_thread(self._disconnect)
        self._thread.shutdown()

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _connect(self) -> None:
        self._disconnect()
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=rw", uri=True, timeout=_LOCK_WAIT_SECONDS, isolation_level=None
        )
        self._connection = connection
        for statement in _OPENING:
            connection.execute(statement)
        self._identity = self._identify()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _require_connection(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.OperationalError("not connected")
        return self._connection

    def _identify(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_dev, status.st_ino

    def _read_revision(self) -> str | None:
        connection = self._require_connection()
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'audit_records'").fetchone():
            return None
        return str(connection.execute(REVISION_SQL).fetchone()[0])

    def _read_end(self, writer: UUID) -> Link:
        parameters = {"writer": _ENCODERS["writer"](writer)}
        found = self._require_connection().execute(_END_SQL, parameters).fetchone()
        return Link(*found) if found else Link()

    def _write(self, records: Sequence[Sealed]) -> None:
        connection = self._require_connection()
        # Leak: a file that was moved or deleted under us would go on taking records that nobody will ever find.
        if self._identify() != self._identity:
            raise sqlite3.OperationalError("the file was replaced")
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(_INSERT_SQL, map(_as_parameters, records))
            connection.execute("COMMIT")
        except BaseException as error:
            _roll_back(connection)
            if _is_rejection(error):
                raise RecordRejectedError from error
            raise


_REJECTIONS: tuple[type[BaseException], ...] = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    UnicodeError,
    TypeError,
    ValueError,
)


def _is_rejection(error: BaseException) -> bool:
    """Tell a row that will never fit from an outage; a key that is there already means that a commit got through."""
    is_duplicate = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
    return isinstance(error, _REJECTIONS) and not is_duplicate


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
