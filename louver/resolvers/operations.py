"""Stored operations: what an agency's administrator registers, so that clients may ask for it by its hash."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.db.operations import StoredOperationRow
from louver.errors import InvalidInputError, LimitExceededError
from louver.resolvers.overlays import Author, lock_overlay

OPERATIONS_MAX = 10_000
"""An agency's at most, retired ones included."""
_FAULTS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class OperationDraft:
    """An operation that is to be registered. Its hash is known to be that of its text."""

    hash: str
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredOperation:
    """An operation as it stands in the store."""

    hash: str
    text: str
    names: Sequence[str]
    registered_at: datetime
    registered_by: str
    retired_at: datetime | None
    retired_by: str | None


_COLUMNS = tuple(getattr(StoredOperationRow, name) for name in StoredOperation.__dataclass_fields__)


async def register_operations(
    connection: AsyncConnection, agency_id: UUID, drafts: Collection[OperationDraft], author: Author, now: datetime
) -> list[StoredOperation]:
    """Register operations; those that are registered already stay as they are, and retired ones come back.

    Raises:
        LimitExceededError: the agency would have too many.
    """
    await lock_overlay(connection, agency_id)
    row = StoredOperationRow
    hashes = {draft.hash for draft in drafts}
    known = {each.hash: each for each in await _list(connection, agency_id, hashes)}
    stamp: dict[str, Any] = {
        "registered_at": now,
        "registered_by": author.label,
        "retired_at": None,
        "retired_by": None,
    }
    if retired := [each.hash for each in known.values() if each.retired_at is not None]:
        is_it = (row.agency_id == agency_id) & row.hash.in_(retired)
        await connection.execute(update(row).where(is_it).values(stamp))
    if added := {draft.hash: draft for draft in drafts if draft.hash not in known}:
        await _require_room(connection, agency_id, len(added))
        values = [_as_row(agency_id, draft) | stamp for draft in added.values()]
        await connection.execute(insert(row), values)
    return await _list(connection, agency_id, hashes)


async def retire_operations(
    connection: AsyncConnection, agency_id: UUID, hashes: Collection[str], author: Author, now: datetime
) -> list[StoredOperation]:
    """Take operations out of use, from the next request on; one that is retired already stays as it is.

    Raises:
        InvalidInputError: the agency has no such operation.
    """
    await lock_overlay(connection, agency_id)
    found = {each.hash for each in await _list(connection, agency_id, hashes)}
    if missing := sorted(set(hashes) - found)[:_FAULTS_SHOWN]:
        raise InvalidInputError(
            f"The agency has no operation {', '.join(each[:64] for each in missing)}.",
            hint="storedOperations lists those that there are",
        )
    row = StoredOperationRow
    is_live = (row.agency_id == agency_id) & row.hash.in_(found) & row.retired_at.is_(None)
    await connection.execute(update(row).where(is_live).values(retired_at=now, retired_by=author.label))
    return await _list(connection, agency_id, hashes)


async def list_operations(
    connection: AsyncConnection, agency_id: UUID, first: int, after: str | None = None
) -> list[StoredOperation]:
    """List an agency's operations by hash, retired ones included."""
    row = StoredOperationRow
    query = select(*_COLUMNS).where(row.agency_id == agency_id, row.hash > (after or "")).order_by(row.hash)
    return [StoredOperation(**each) for each in (await connection.execute(query.limit(first))).mappings()]


async def _list(connection: AsyncConnection, agency_id: UUID, hashes: Collection[str]) -> list[StoredOperation]:
    row = StoredOperationRow
    query = select(*_COLUMNS).where(row.agency_id == agency_id, row.hash.in_(set(hashes))).order_by(row.hash)
    return [StoredOperation(**each) for each in (await connection.execute(query)).mappings()]


async def _require_room(connection: AsyncConnection, agency_id: UUID, added: int) -> None:
    row = StoredOperationRow
    count = await connection.scalar(select(func.count()).where(row.agency_id == agency_id)) or 0
    if count + added > OPERATIONS_MAX:
        raise LimitExceededError(
            "The agency would have too many stored operations.",
            hint="register only what a client of today asks",
            limit="stored_operations",
            maximum=OPERATIONS_MAX,
            actual=count + added,
        )


def _as_row(agency_id: UUID, draft: OperationDraft) -> dict[str, Any]:
    names = list(draft.names)
    return {"id": uuid4(), "agency_id": agency_id, "hash": draft.hash, "text": draft.text, "names": names}
