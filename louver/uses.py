"""The use of keys: noted in memory at each request, written down twice a minute and at the end.

Who looks up when a key was last used does not need the second, and a request does not wait for it.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Select, Update, case, literal, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.access import ApiKeyRow
from louver.db.engine import begin_writing

FLUSH_SECONDS = 30.0
_CLOSING_SECONDS = 5.0
_KEYS_PER_STATEMENT = 200
"""SQLite takes 500 SELECTs in one."""
KeyName = tuple[UUID, UUID]


@dataclass(slots=True)
class _Use:
    """What is not written down yet of one key."""

    last_at: datetime
    address: str | None
    calls: int = 1


class KeyUses:
    """Counts the calls of each key and keeps the last; one task writes them, so that no request waits for it."""

    def __init__(self, engine: AsyncEngine, flush_seconds: float = FLUSH_SECONDS) -> None:
        self._engine = engine
        self._flush_seconds = flush_seconds
        self._noted: dict[KeyName, _Use] = {}
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._log = structlog.get_logger().bind()

    def note(self, agency_id: UUID, key_id: UUID, at: datetime, address: str | None) -> None:
        """Remember that a key was accepted."""
        use = self._noted.get((agency_id, key_id))
        if use is None:
            self._noted[agency_id, key_id] = _Use(at, address)
            return
        use.last_at, use.address = at, address
        use.calls += 1

    def start(self) -> None:
        """Start to write."""
        self._task = asyncio.create_task(self._run(), name="louver-key-uses")

    async def close(self) -> None:
        """Write what is left, if the store takes it soon."""
        self._stopping.set()
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._task, _CLOSING_SECONDS)

    async def flush(self) -> None:
        """Write what is noted; what the store does not take is kept for the next time.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        taken = sorted(self._noted.items())
        self._noted = {}
        try:
            while taken:
                async with begin_writing(self._engine) as connection:
                    await connection.execute(_update(taken[:_KEYS_PER_STATEMENT]))
                del taken[:_KEYS_PER_STATEMENT]
        finally:
            self._take_back(taken)

    async def _run(self) -> None:
        is_last = False
        while not is_last:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._flush_seconds)
            is_last = self._stopping.is_set()  # asked before: what is noted during a write is written in one more
            try:
                await self.flush()
            except Exception as error:  # noqa: BLE001 - whatever went wrong, the next turn may do better
                # Leak: the error's own text could hold addresses.
                self._log.warning("keys.uses_unwritten", keys=len(self._noted), error=type(error).__name__)

    def _take_back(self, uses: Iterable[tuple[KeyName, _Use]]) -> None:
        for name, earlier in uses:
            later = self._noted.setdefault(name, earlier)
            if later is not earlier:
                later.calls += earlier.calls


def _update(uses: Sequence[tuple[KeyName, _Use]]) -> Update:
    """Make one statement for all keys. Processes write in any order: the later use stays, and calls add up."""
    key, used = ApiKeyRow, union_all(*map(_select, uses)).subquery()
    is_later = or_(key.last_used_at.is_(None), key.last_used_at < used.c.last_at)
    return (
        update(key)
        .where(key.agency_id == used.c.agency_id, key.id == used.c.id)
        .values(
            calls=key.calls + used.c.calls,
            last_used_at=case((is_later, used.c.last_at), else_=key.last_used_at),
            last_used_address=case((is_later, used.c.address), else_=key.last_used_address),
        )
    )


def _select(named: tuple[KeyName, _Use]) -> Select[*tuple[Any, ...]]:
    (agency_id, key_id), use = named
    columns = ApiKeyRow.__table__.c
    return select(
        literal(agency_id, columns.agency_id.type).label("agency_id"),
        literal(key_id, columns.id.type).label("id"),
        literal(use.last_at, columns.last_used_at.type).label("last_at"),
        literal(use.address, columns.last_used_address.type).label("address"),
        literal(use.calls, columns.calls.type).label("calls"),
    )
