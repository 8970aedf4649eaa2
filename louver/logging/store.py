"""The store of access records: an answer waits here until its record is durable.

One writer task takes everything that is queued, inserts it in one batch and commits once, so that many answers share
the price of one commit. The queue and the wait are bounded; what cannot be stored in time is refused, not let through.
"""

import asyncio
import contextlib
from collections import deque
from typing import Self
from uuid import UUID, uuid4

from louver.errors import AuditUnavailableError, MisconfiguredError
from louver.logging.location import SQLITE_PREFIX, locate_audit
from louver.logging.postgresql_sink import PostgresSink
from louver.logging.record import AccessRecord
from louver.logging.sinks import Sink
from louver.logging.sqlite_sink import SqliteSink
from louver.logging.tables import REVISION
from louver.logging.writer import TRY_AGAIN, Entry, Writer
from louver.settings import Settings

QUEUE_MAX = 4096


class AuditStore:
    """Takes records and answers when they are committed."""

    def __init__(self, sink: Sink, *, timeout_seconds: float, queue_max: int = QUEUE_MAX) -> None:
        self.writer_id: UUID = uuid4()
        """Names this process's chain."""
        self.is_retention_healthy = True
        """Whether this process's last run of the retention ended well; noted by it, for whoever watches."""
        self.expected = 0
        """How many are under way that will hand a record in; counted by who answers them."""
        self._sink = sink
        self._timeout_seconds = timeout_seconds
        self._queue: asyncio.Queue[Entry] = asyncio.Queue(queue_max)
        self._writer = Writer(sink, self._queue, self.writer_id, lambda: self.expected)
        self._task: asyncio.Task[None] | None = None
        self._waiting: deque[Entry] = deque()
        """Whoever may still wait, by deadline."""
        self._timer: asyncio.TimerHandle | None = None
        """For the first of them. One and not one each, which would cost as much as sealing a record."""

    @classmethod
    async def open(cls, settings: Settings) -> Self:
        """Connect to the store that the settings name and start the writer.

        Raises:
            MisconfiguredError: there is no store, or its table is not this version's.
        """
        store = cls(build_sink(settings), timeout_seconds=settings.audit_timeout_seconds)
        await store.start()
        return store

    async def start(self) -> None:
        """Connect and start the writer.

        Raises:
            MisconfiguredError: see `open`.
        """
        try:
            await _require_current(self._sink)
        except BaseException:
            await self._sink.close()
            raise
        self._task = asyncio.create_task(self._writer.run(), name="louver-audit-writer")

    @property
    def is_healthy(self) -> bool:
        """Whether the last attempt to write succeeded."""
        return self._writer.is_healthy

    async def append(self, record: AccessRecord) -> None:
        """Wait until the record is committed.

        A cancelled caller does not withdraw it: who hangs up still leaves a trace.

        Raises:
            AuditUnavailableError: it was not durable within the time allowed.
        """
        await self.submit(record)

    async def require_writable(self) -> None:
        """Answer once a write could succeed.

        Raises:
            AuditUnavailableError: it could not within the time allowed.
        """
        await self.submit(None)

    def submit(self, record: AccessRecord | None) -> asyncio.Future[None]:
        """Queue a record (or, with None, a probe) without waiting; the future is done when it is durable.

        Raises:
            AuditUnavailableError: the queue is full, or the store is closed.
        """
        if self._task is None or self._task.done():
            raise AuditUnavailableError("The access record cannot be stored: the service is stopping.", hint=TRY_AGAIN)
        loop = self._task.get_loop()
        entry = Entry(record, loop.create_future(), loop.time() + self._timeout_seconds)
        try:
            self._queue.put_nowait(entry)
        except asyncio.QueueFull as error:
            raise AuditUnavailableError(
                "The access record cannot be stored: too many are waiting.", hint=TRY_AGAIN
            ) from error
        while self._waiting and self._waiting[0].done.done():
            self._waiting.popleft()
        self._waiting.append(entry)
        if self._timer is None:
            self._timer = loop.call_at(entry.deadline, self._expire)
        return entry.done

    def _expire(self) -> None:
        """Refuse whoever has waited too long, and come back for the next."""
        waiting, loop = self._waiting, asyncio.get_running_loop()
        while waiting and (waiting[0].done.done() or waiting[0].deadline <= loop.time()):
            waiting.popleft().expire()
        self._timer = loop.call_at(waiting[0].deadline, self._expire) if waiting else None

    async def close(self) -> None:
        """Write what is queued, for as long as an answer would have waited, and let go of the store."""
        if self._task is None:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._queue.join(), self._timeout_seconds)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._task = None
        if self._timer is not None:
            self._timer.cancel()
        for entry in self._waiting:
            entry.expire()
        await self._sink.close()


async def _require_current(sink: Sink) -> None:
    hint = "run `louver db upgrade`, and see LOUVER_AUDIT_URL"
    try:
        await sink.connect()
        revision = await sink.read_revision()
    except Exception as error:  # whatever a driver may raise
        raise MisconfiguredError("the store of access records cannot be opened", hint=hint) from error
    if revision != REVISION:
        raise MisconfiguredError("the store of access records is not at this version's schema", hint=hint)


def build_sink(settings: Settings) -> Sink:
    """Make the sink for the store that the settings name."""
    url = locate_audit(settings)
    if url.startswith(SQLITE_PREFIX):
        return SqliteSink(url.removeprefix(SQLITE_PREFIX))
    return PostgresSink(url, settings.audit_timeout_seconds)
