"""Turns: of several processes that look after one log, one removes at a time.

On PostgreSQL an advisory lock, which goes with the connection that took it. SQLite has none, so there a row says whose
turn it is and until when: a process that dies loses it by waiting. Turns save work; what keeps two processes from
removing the same record is that their transactions wait for each other.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.logging.retention.tables import audit_turns

TASK = "retention"
LEASE = timedelta(minutes=2)
"""Renewed with every batch, and far longer than one takes."""
_LOCK = 0x4C6F75726574
"""Names the advisory lock."""

Open = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


@dataclass(frozen=True, slots=True)
class Turns:
    """Takes turns for one process. `read` opens a connection, `write` a transaction that is committed at its end."""

    read: Open
    write: Open
    clock: Callable[[], datetime]
    holder: UUID = field(default_factory=uuid4)

    @asynccontextmanager
    async def taking(self) -> AsyncGenerator[bool]:
        """Take the turn for the length of a `with`, and answer whether it was free."""
        async with self.read() as connection:
            if connection.dialect.name == "postgresql":
                is_ours = bool(await connection.scalar(text(f"SELECT pg_try_advisory_lock({_LOCK})")))
                await connection.commit()  # the lock is the session's; an open transaction would keep dead rows alive
                try:
                    yield is_ours
                finally:
                    if is_ours:
                        await connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))
                return
        if is_ours := await self._take_lease():
            try:
                yield True
            finally:
                await self._end_lease()
        else:
            yield False

    async def renew(self, connection: AsyncConnection) -> None:
        """Keep the turn for longer, in the transaction of a removal; changes nothing where it is another's by now."""
        if connection.dialect.name == "sqlite":
            turn = audit_turns.c
            ours = update(audit_turns).where(turn.task == TASK, turn.holder == self.holder)
            await connection.execute(ours.values(until=self.clock() + LEASE))

    async def note_done(self, connection: AsyncConnection) -> None:
        """Note that the task was done."""
        await _require_row(connection)
        await connection.execute(update(audit_turns).where(audit_turns.c.task == TASK).values(done_at=self.clock()))

    async def _take_lease(self) -> bool:
        turn, now = audit_turns.c, self.clock()
        async with self.write() as connection:
            await _require_row(connection)
            is_free = or_(turn.holder.is_(None), turn.until <= now)
            taken = update(audit_turns).where(turn.task == TASK, is_free)
            return bool((await connection.execute(taken.values(holder=self.holder, until=now + LEASE))).rowcount)

    async def _end_lease(self) -> None:
        turn = audit_turns.c
        async with self.write() as connection:
            ours = update(audit_turns).where(turn.task == TASK, turn.holder == self.holder)
            await connection.execute(ours.values(holder=None, until=None))


async def find_done(connection: AsyncConnection) -> datetime | None:
    """Answer when removal was last done, by whatever process."""
    return await connection.scalar(select(audit_turns.c.done_at).where(audit_turns.c.task == TASK))


async def _require_row(connection: AsyncConnection) -> None:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    await connection.execute(insert(audit_turns).values(task=TASK).on_conflict_do_nothing())
