"""Access records in PostgreSQL, over one connection of their own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate, pairwise
from struct import Struct, unpack
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Column, LargeBinary
from sqlalchemy.dialects.postgresql import asyncpg as driver

from louver.logging.chain import Link, Sealed
from louver.logging.columns import ID_BYTES
from louver.logging.merging import Merger
from louver.logging.partitions import require_days
from louver.logging.record import AccessRecord
from louver.logging.sinks import END, REVISION_SQL, RecordRejectedError
from louver.logging.tables import SALT, audit_records

_SESSION = {"application_name": "louver-audit", "synchronous_commit": "on"}
_DIALECT = driver.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
_END_SQL = str(END.compile(dialect=_DIALECT))
_WRITABLE_SQL = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"


_BESIDE: Mapping[str, Callable[[Sealed], bytes]] = {
    "hash": lambda sealed: sealed.link.hash,
    SALT: lambda sealed: sealed.place[SALT],
}
"""What is sent beside the texts under the hashes, since they leave it out."""
_IDS: Mapping[str, Callable[[AccessRecord], bytes]] = {
    "agency_ids": lambda record: record.caller.agency_ids,
    "officer_ids": lambda record: record.officer_ids,
    "incident_ids": lambda record: record.incident_ids,
}
"""What the texts spell otherwise. It is cut out of one array of all ids of the batch."""
_UUID, _UUID_ARRAY = 2950, 2951
"""PostgreSQL's own numbers for the types."""
_ARRAY_HEAD = Struct("!iiIii")
"""Of an array in PostgreSQL's binary form: dimensions, whether there are nulls, type, and how many from which index."""
_ELEMENT_HEAD = ID_BYTES.to_bytes(4)


def write_ids(packed: bytes) -> bytes:
    """Write packed ids as `uuid[]` in PostgreSQL's binary form."""
    count = len(packed) // ID_BYTES
    elements = _ELEMENT_HEAD.join((b"", *unpack(f"{ID_BYTES}s" * count, packed)))
    return _ARRAY_HEAD.pack(1, 0, _UUID, count, 1) + elements


def _write_insert() -> str:
    """Write the INSERT: it reads the very bytes that the hashes cover, so that a record costs little on the way.

    $1 is the texts, $2 all ids; then come lists with an element for each record.
    """
    told = [column for column in audit_records.c if column.name not in {*_BESIDE, *_IDS}]
    binary = {column.name for column in told if isinstance(column.type, LargeBinary)}
    types = [f"{name} TEXT" if name in binary else f"{name} {kind}" for name, kind in map(_declare, told)]
    values = {column.name: f"decode({column.name}, 'hex')" if column.name in binary else column.name for column in told}
    values |= {name: name for name in _BESIDE}
    marks = [f"mark_{place}" for place in range(len(_IDS) + 1)]
    values |= {
        name: f"($2::UUID[])[{after} + 1:{end}]" for name, (after, end) in zip(_IDS, pairwise(marks), strict=True)
    }
    kinds = ["BYTEA"] * len(_BESIDE) + ["INTEGER"] * len(marks)
    lists = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(kinds, 3))
    given = ", ".join([*(column.name for column in told), *_BESIDE, *marks])
    return (
        f"INSERT INTO audit_records ({', '.join(values)}) SELECT {', '.join(values.values())} FROM ROWS FROM"  # noqa: S608 - ours
        f" (json_to_recordset($1) AS ({', '.join(types)}), unnest({lists})) AS record ({given})"
    )


def _list_arguments(records: Sequence[Sealed]) -> Iterator[Any]:
    """List what goes into the INSERT, in its order."""
    yield b"[%b]" % b",".join([each.text for each in records])
    ids = [take(each.record) for each in records for take in _IDS.values()]
    yield b"".join(ids)
    for take in _BESIDE.values():
        yield list(map(take, records))
    ends = [0, *accumulate(len(each) // ID_BYTES for each in ids)]
    yield ends[: -1 : len(_IDS)]
    for place in range(1, len(_IDS) + 1):
        yield ends[place :: len(_IDS)]


def _count_entries(record: AccessRecord) -> int:
    return (len(record.officer_ids) + len(record.incident_ids)) // ID_BYTES


async def _take_bytes(connection: Any) -> None:
    """Let texts be sent as the bytes that they are, and packed ids where the statement says `uuid[]`.

    For an array the driver takes no codec by its own `set_type_codec`: it would take the elements one by one, and a
    page of a thousand would cost ten times as much.
    """
    await connection.set_type_codec("json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary")
    settings = connection._protocol.get_settings()  # noqa: SLF001 - the one way in
    settings.add_python_codec(_UUID_ARRAY, "_uuid", "pg_catalog", [], "scalar", write_ids, bytes, "binary")


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
        self._merger = Merger(dsn)
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
        await _take_bytes(self._connection)

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
        days = {each.record.day for each in records}
        if new := days - self._days:
            await require_days(self._connection, new)
            self._days |= new
        if self._insert is None:
            self._insert = await self._connection.prepare(_INSERT_SQL)
        try:
            await self._insert.fetch(*_list_arguments(records))
        except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError):
            raise  # an earlier attempt got through after all, or a partition is gone: reconnecting finds that out
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, TypeError, ValueError) as error:
            raise RecordRejectedError from error
        self._merger.note(sum(_count_entries(each.record) for each in records), days)

    async def require_writable(self) -> None:
        """See Sink."""
        if await self._connection.fetchval(_WRITABLE_SQL):
            raise asyncpg.ReadOnlySQLTransactionError("the database takes no writes now")

    async def close(self) -> None:
        """See Sink."""
        await self._merger.close()
        connection, self._connection, self._insert = self._connection, None, None
        if connection is not None and not connection.is_closed():
            await connection.close(timeout=self._timeout_seconds)

    def _drop(self) -> None:
        """Cut an old connection without a word: after a failure it may never answer again."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection = self._insert = None
        self._days.clear()
