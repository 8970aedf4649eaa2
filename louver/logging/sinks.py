"""Where sealed records go: what the store needs of a database."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import bindparam, select

from louver.logging.chain import Link, Sealed
from louver.logging.tables import VERSION_TABLE, audit_records


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

    async def write(self, records: Sequence[Sealed]) -> None:
        """Insert the records and commit, all or none; durable when it returns."""

    async def require_writable(self) -> None:
        """Fail unless a write could succeed now."""

    async def close(self) -> None:
        """Let go of the connection."""


REVISION_SQL = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a constant of ours

END = (
    select(audit_records.c.sequence, audit_records.c.hash)
    .where(audit_records.c.writer == bindparam("writer"))
    .order_by(audit_records.c.sequence.desc())
)
"""A writer's chain, its end first."""
