"""Access records in PostgreSQL, over one connection of their own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Column, LargeBinary
from sqlalchemy.dialects.postgresql import asyncpg as driver

from louver.logging.chain import Link, Sealed
from louver.logging.columns import ID_BYTES
from louver.logging.partitions import require_days
from louver.logging.sinks import END, REVISION_SQL, RecordRejectedError
from louver.logging.tables import SALT, audit_records

_SESSION = {"application_name": "louver-audit", "synchronous_commit": "on"}
_DIALECT = driver.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
_END_SQL = str(END.compile(dialect=_DIALECT))
_WRITABLE_SQL = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"


def write_ids(packed: bytes) -> str:
    """Write packed ids as an array's text: for a page of a thousand far quicker than a thousand objects."""
    return f"{{{packed.hex(',', ID_BYTES) if packed else ''}}}"


_BESIDE: Mapping[str, tuple[str, str, Callable[[Sealed], Any]]] = {
    "hash": ("BYTEA", "BYTEA", lambda sealed: sealed.link.hash),
    SALT: ("BYTEA", "BYTEA", lambda sealed: sealed.place[SALT]),
    "agency_ids": ("TEXT", "UUID[]", lambda sealed: write_ids(sealed.record.caller.agency_ids)),
    "officer_ids": ("TEXT", "UUID[]", lambda sealed: write_ids(sealed.record.officer_ids)),
    "incident_ids": ("TEXT", "UUID[]", lambda sealed: write_ids(sealed.record.incident_ids)),
}
"""What is sent beside the texts under the hashes, a list for each column: those leave it out, or spell it otherwise."""


def _write_insert() -> str:
    """Write the INSERT: it reads the very bytes that the hashes cover, so that a record costs little on the way."""
    told = [column for column in audit_records.c if column.name not in _BESIDE]
    columns = [*(column.name for column in told), *_BESIDE]
    binary = {column.name for column in told if isinstance(column.type, LargeBinary)}
    types = [f"{name} TEXT" if name in binary else f"{name} {kind}" for name, kind in map(_declare, told)]
    values = [f"decode({column.name}, 'hex')" if column.name in binary else column.name for column in told]
    values += [f"{name}::{kind}" for name, (_, kind, _) in _BESIDE.items()]
    lists = ", ".join(f"${place}::{kind}[]" for place, (kind, _, _) in enumerate(_BESIDE.values(), 2))
    return (
        f"INSERT INTO audit_records ({', '.join(columns)}) SELECT {', '.join(values)} FROM ROWS FROM"  # noqa: S608 - ours
        f" (json_to_recordset($1) AS ({', '.join(types)}), unnest({lists})) AS record ({', '.join(columns)})"
    )


def _declare(column: Column[Any]) -> tuple[str, str]:
    return column.name, column.type.compile(_DIALECT)


_INSERT_SQL = _write_insert()


class PostgresSink:
    """See Sink."""

    def __init__(self, dsn: str, timeout_seconds: float) -> None:
        self._dsn = dsn
        self._timeout_seconds = timeout_seconds
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
        found = await self._connection.fetchrow(_END_SQL, writer)
        return Link(found["sequence"], found["hash"]) if found else Link()

    async def write(self, records: Sequence[Sealed]) -> None:
        """See Sink. One statement for all of them, so that a record costs next to nothing on the way."""
        if new := {each.record.day for each in records} - self._days:
            await require_days(self._connection, new)
            self._days |= new
        if self._insert is None:
            self._insert = await self._connection.prepare(_INSERT_SQL)
        try:
            texts = b",".join([each.text for each in records]).decode()
            beside = [list(map(take, records)) for _, _, take in _BESIDE.values()]
            await self._insert.fetch(f"[{texts}]", *beside)
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
