"""Access records in PostgreSQL, over one connection of their own."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from louver.logging.chain import Link
from louver.logging.columns import ID_BYTES
from louver.logging.partitions import require_days
from louver.logging.sinks import REVISION_SQL, Inscription, RecordRejectedError, Row, dump_json

_SESSION = {"application_name": "louver-audit", "synchronous_commit": "on"}
_WRITABLE_SQL = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"


def write_ids(packed: bytes | None) -> str | None:
    """Write packed ids as an array's text: for a page of a thousand far quicker than a thousand objects."""
    return None if packed is None else f"{{{packed.hex(',', ID_BYTES) if packed else ''}}}"


class PostgresSink:
    """See Sink."""

    def __init__(self, dsn: str, timeout_seconds: float) -> None:
        self._dsn = dsn
        self._timeout_seconds = timeout_seconds
        self._statements = Inscription(
            dialect.dialect(json_serializer=dump_json),  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
            encode_ids=write_ids,
        )
        self._insert_sql = self._statements.insert_sql.replace("::UUID[]", "::TEXT::UUID[]")
        self._connection: Any = None
        self._insert: Any = None
        self._days: set[date] = set()
        """That have their partition, as far as this connection knows."""

    async def connect(self) -> None:
        """See Sink."""
        self._drop()
        self._connection = await asyncpg.connect(
            self._dsn,
            timeout=self._timeout_seconds,
            command_timeout=self._timeout_seconds,
            server_settings=_SESSION,
        )

    async def read_revision(self) -> str | None:
        """See Sink."""
        if await self._connection.fetchval("SELECT to_regclass('audit_records')") is None:
            return None
        return str(await self._connection.fetchval(REVISION_SQL))

    async def read_end(self, writer: UUID) -> Link:
        """See Sink."""
        found = await self._connection.fetchrow(self._statements.end_sql, writer)
        return Link(found["sequence"], found["hash"]) if found else Link()

    async def write(self, rows: Sequence[Row]) -> None:
        """See Sink. One round trip: the driver sends all rows before it reads an answer, as one transaction."""
        if new := {row["day"] for row in rows} - self._days:
            await require_days(self._connection, new)
            self._days |= new
        if self._insert is None:
            self._insert = await self._connection.prepare(self._insert_sql)
        try:
            await self._insert.executemany([self._statements.parameters(row) for row in rows])
        except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError):
            raise  # an earlier attempt got through after all, or a partition is gone: reconnecting finds that out
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, TypeError, ValueError) as error:
            raise RecordRejectedError from error

    async def require_writable(self) -> None:
        """See Sink."""
        if await self._connection.fetchval(_WRITABLE_SQL):
            raise asyncpg.ReadOnlySQLTransactionError("the database takes no writes now")

    async def close(self) -> None:
        """See Sink."""
        connection, self._connection, self._insert = self._connection, None, None
        if connection is not None and not connection.is_closed():
            await connection.close(timeout=self._timeout_seconds)

    def _drop(self) -> None:
        """Cut an old connection without a word: after a failure it may never answer again."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection = self._insert = None
        self._days.clear()
