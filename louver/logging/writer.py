"""The writer task: takes what is queued, seals it onto the chain, commits it once, and starts again after an outage."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

import structlog

from louver.errors import AuditUnavailableError
from louver.logging.chain import Link, Sealed, seal_record
from louver.logging.events import Event, Outcome
from louver.logging.record import AccessRecord
from louver.logging.redaction import describe_exception
from louver.logging.setup import RECORDS
from louver.logging.sinks import RecordRejectedError, Sink

BATCH_MAX = 512
TRY_AGAIN = "try again; nothing was answered"
_SHARE = 3
"""A commit for a third of what is under way: while it is on the disk, the next third is answered."""
_LINGER_SECONDS = 0.002
_IDLE_SECONDS = 0.000_02
"""A turn of the loop that is shorter had nothing to do."""
_RETRY_SECONDS = (0.05, 0.1, 0.2, 0.4)
"""Between attempts; the last one repeats. Well under the time that an answer waits, so a short outage costs none."""


class Entry:
    """One record in the queue and whoever waits for it; a probe has no record."""

    __slots__ = ("deadline", "done", "record")

    def __init__(self, record: AccessRecord | None, done: asyncio.Future[None], deadline: float) -> None:
        self.record = record
        self.done = done
        self.deadline = deadline
        """By the loop's clock."""

    def succeed(self) -> None:
        """Let the waiter go."""
        if not self.done.done():
            self.done.set_result(None)

    def expire(self) -> None:
        """Refuse the waiter. The record stays queued: that somebody tried is worth knowing after the outage."""
        if not self.done.done():
            self.done.set_exception(
                AuditUnavailableError("The access record could not be stored in time.", hint=TRY_AGAIN)
            )
            self.done.exception()  # retrieved here: nobody may be waiting any more

    def as_it_ended(self) -> AccessRecord | None:
        """Answer the record, corrected where the waiter was refused or went away before it was stored."""
        record = self.record
        if record is None or not self.done.done():
            return record
        if record.outcome is Outcome.BEGUN:  # nothing begins without its record, so it never did
            record = replace(record, event=Event.ACCESS_REFUSED)
        if self.done.cancelled():
            return replace(record, outcome=Outcome.ABANDONED)
        return replace(record, outcome=Outcome.UNAVAILABLE, reason=AuditUnavailableError.code)


class Writer:
    """Owns the sink and the end of the chain while it runs."""

    def __init__(
        self, sink: Sink, queue: asyncio.Queue[Entry], writer_id: UUID, count_expected: Callable[[], int]
    ) -> None:
        self.is_healthy = True
        self._sink = sink
        self._queue = queue
        self._id = writer_id
        self._count_expected = count_expected
        self._end = Link()
        self._attempts: set[Link] = set()
        """Ends that the chain would have if one of the unconfirmed attempts had been committed after all."""
        self._log = structlog.get_logger().bind()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            batch = await self._take()
            await self._store(batch)
            for _ in batch:
                self._queue.task_done()

    async def _take(self) -> list[Entry]:
        batch = [await self._queue.get()]
        await self._linger()
        while len(batch) < BATCH_MAX and not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch

    async def _linger(self) -> None:
        """Let a share of what is under way come in before the next commit, while there is other work to do.

        A commit costs as much as sealing two records. Who asks alone does not wait, nor does anybody for requests
        that wait themselves, for rows or for another commit.
        """
        now = time.perf_counter()
        until = now + _LINGER_SECONDS
        while self._queue.qsize() + 1 < self._count_expected() // _SHARE and now < until:
            await asyncio.sleep(0)
            before, now = now, time.perf_counter()
            if now - before < _IDLE_SECONDS:
                return

    async def _store(self, batch: Sequence[Entry]) -> None:
        """Store all; a record that the database will never take is refused alone and does not block the others."""
        try:
            await self._persist(batch)
        except RecordRejectedError as error:
            if len(batch) == 1:
                batch[0].expire()
                self._say_problem("audit.rejected", error, waiting=1)
                return
            for entry in batch:
                await self._store([entry])
        else:
            for entry in batch:
                entry.succeed()

    async def _persist(self, batch: Sequence[Entry]) -> None:
        """Try until it is stored. Whoever cannot wait that long is refused by the store's timer."""
        failures = 0
        while True:
            try:
                if failures and await self._reconnect():
                    break
                await self._commit(batch)
                break
            except RecordRejectedError:
                self._attempts.clear()
                raise
            except Exception as error:  # noqa: BLE001 - whatever a driver may raise is an outage, and ends by itself
                self.is_healthy = False
                self._say_problem("audit.unavailable", error, waiting=len(batch) + self._queue.qsize())
                await asyncio.sleep(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
                failures += 1
        self._attempts.clear()
        self.is_healthy = True

    async def _reconnect(self) -> bool:
        """Answer whether an earlier attempt was committed although its confirmation never came."""
        await self._sink.connect()
        end = await self._sink.read_end(self._id)
        if end not in self._attempts:
            return False
        self._end = end
        return True

    async def _commit(self, batch: Sequence[Entry]) -> None:
        sealed = self._seal([record for entry in batch if (record := entry.as_it_ended())])
        if not sealed:
            await self._sink.require_writable()
            return
        end = sealed[-1].link
        self._attempts.add(end)
        await self._sink.write(sealed)
        self._end = end
        self._print(sealed)

    def _seal(self, records: Sequence[AccessRecord]) -> list[Sealed]:
        sealed: list[Sealed] = []
        end = self._end
        for record in records:
            try:
                sealed.append(seal_record(record, self._id, end))
            except (TypeError, ValueError) as error:
                raise RecordRejectedError from error
            end = sealed[-1].link
        return sealed

    def _print(self, sealed: Sequence[Sealed]) -> None:
        """Say each record on the log stream too; that a line cannot be made must not undo what is committed."""
        with contextlib.suppress(Exception):
            self._log.info("access", **{RECORDS: [(each.record.event, each.link.hash, each.text) for each in sealed]})

    def _say_problem(self, event: str, error: Exception, *, waiting: int) -> None:
        with contextlib.suppress(Exception):
            self._log.error(event, waiting=waiting, exception=describe_exception(error))
