"""Checkpoints: signed statements of where the chains ended, so that a tail that is cut off later is missed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.logging.chain import Link
from louver.logging.signing import Signer
from louver.logging.statements import Statement, StatementKind, append, list_statements
from louver.logging.tables import audit_records

_DAYS_BACK = 2
"""A record is of the day on which its request came, which may be over when it is stored."""


@dataclass(slots=True)
class Told:
    """What statements have said so far, remembered so that each is read once."""

    number: int = 0
    ends: dict[UUID, Link] = field(default_factory=dict)
    at: datetime | None = None
    """When the last checkpoint was made, whoever made it."""

    async def refresh(self, connection: AsyncConnection) -> None:
        """Read what was said meanwhile, by other processes too, as far back as any chain that can have moved."""
        begin = datetime.combine(_find_since(), time(), UTC)
        for statement in await list_statements(connection, after=self.number, since=begin):
            self.note(statement)

    def note(self, statement: Statement) -> None:
        """Remember one."""
        self.number = statement.number
        if statement.kind == StatementKind.CHECKPOINT:
            self.ends |= dict(read_links(statement.content))
            self.at = statement.at


async def checkpoint(connection: AsyncConnection, signer: Signer, told: Told) -> Statement | None:
    """State, in the caller's transaction, where those chains end that have moved since they were last told of.

    All others are vouched for by the statements before. None, where nothing has moved.
    """
    await told.refresh(connection)
    ends = await find_ends(connection, _find_since())
    return await _state(connection, signer, {each: end for each, end in ends.items() if told.ends.get(each) != end})


async def checkpoint_whole(connection: AsyncConnection, signer: Signer) -> Statement | None:
    """State where all chains end: a statement to be sent out, which says everything by itself."""
    return await _state(connection, signer, await find_ends(connection, date.min))


def _find_since() -> date:
    return datetime.now(UTC).date() - timedelta(days=_DAYS_BACK)


async def _state(connection: AsyncConnection, signer: Signer, ends: Mapping[UUID, Link]) -> Statement | None:
    if not ends:
        return None
    writers = {str(writer): {"sequence": end.sequence, "hash": end.hash.hex()} for writer, end in ends.items()}
    return await append(connection, signer, StatementKind.CHECKPOINT, {"writers": writers})


async def find_ends(connection: AsyncConnection, since: date) -> dict[UUID, Link]:
    """Find where the chains end that have a record of this day or a later one, without reading them.

    From one writer to the next in the primary key: of a chain of millions only the end is looked at.
    """
    record, ends = audit_records.c, dict[UUID, Link]()
    first = select(record.writer).where(record.day >= since).order_by(record.writer).limit(1)
    last = select(record.sequence, record.hash).where(record.day >= since).order_by(record.sequence.desc()).limit(1)
    writer = (await connection.execute(first)).scalar()
    while writer is not None:
        ends[writer] = Link(*(await connection.execute(last.where(record.writer == writer))).one())
        writer = (await connection.execute(first.where(record.writer > writer))).scalar()
    return ends


def read_links(content: Mapping[str, Any]) -> Iterator[tuple[UUID, Link]]:
    """Read the ends that a checkpoint's body tells."""
    for writer, end in content.get("writers", {}).items():
        yield UUID(writer), Link(int(end["sequence"]), bytes.fromhex(end["hash"]))
