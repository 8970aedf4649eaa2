"""Where sealed records go: what the store needs of a database, and how rows become its driver's parameters."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import Column, Dialect, bindparam, insert, select

from louver.logging.chain import Link
from louver.logging.columns import PackedIds
from louver.logging.tables import VERSION_TABLE, audit_records

Row = dict[str, Any]


class RecordRejectedError(Exception):
    """The database is well but will never take these rows: trying again would block every record behind them."""


class Sink(Protocol):
    """One connection to one database, used by one writer. Any error but RecordRejectedError means: reconnect."""

    async def connect(self) -> None:
        """Open the connection, closing an older one."""

    async def read_revision(self) -> str | None:
        """Answer the migration that the table stands at; None where there is no table."""

    async def read_end(self, writer: UUID) -> Link:
        """Answer the end of the writer's chain as it is stored."""

    async def write(self, rows: Sequence[Row]) -> None:
        """Insert the rows and commit, all or none; durable when it returns."""

    async def require_writable(self) -> None:
        """Fail unless a write could succeed now."""

    async def close(self) -> None:
        """Let go of the connection."""


REVISION_SQL = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a constant of ours


class Inscription:
    """The store's statements for one engine, compiled once, and how to lay a row into the INSERT's parameters."""

    __slots__ = ("_encoders", "_pick", "encode_writer", "end_sql", "insert_sql")

    def __init__(self, dialect: Dialect, encode_ids: Callable[[Any], Any] | None = None) -> None:
        columns = audit_records.c
        end = select(columns.sequence, columns.hash).where(columns.writer == bindparam("writer"))
        self.end_sql = str(end.order_by(columns.sequence.desc()).compile(dialect=dialect))
        self.insert_sql = str(insert(audit_records).compile(dialect=dialect))
        encoders = [
            (isinstance(column.type, PackedIds) and encode_ids) or _find_encoder(column, dialect) for column in columns
        ]
        self._encoders = tuple((place, encode) for place, encode in enumerate(encoders) if encode)
        self._pick = itemgetter(*(column.name for column in columns))
        self.encode_writer = _find_encoder(columns.writer, dialect) or _as_is

    def parameters(self, row: Row) -> list[Any]:
        """Lay one row out in the order of the INSERT's places."""
        values = list(self._pick(row))
        for place, encode in self._encoders:
            values[place] = encode(values[place])
        return values


def _find_encoder(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _as_is(value: Any) -> Any:
    return value


def dump_json(value: Any) -> str:
    """Serialise for the JSON columns."""
    return orjson.dumps(value).decode()
