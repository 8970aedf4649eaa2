"""Keeps the log to its twelve months while a server runs, and opens it to whoever does so by hand."""

import asyncio
import contextlib
import os
import random
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from louver import __version__
from louver.db.engine import begin_writing, create_engine
from louver.errors import MisconfiguredError
from louver.logging import AccessRecord, AuditStore, Caller, Event, Outcome
from louver.logging.location import locate_audit
from louver.logging.retention import Removal, Report, Retention
from louver.logging.retention.turns import Turns, find_done
from louver.logging.signing import read_signer
from louver.logging.statements import StatementKind, append
from louver.settings import Settings

INTERVAL_SECONDS = 900.0
"""Between two runs. What is over is not shown meanwhile; and a run that fails is told within the hour."""
SPREAD_SECONDS = 60.0

"""Processes that start together do not ask for the turn together."""
_CONNECTIONS = 2
"""One that holds the turn, one that removes."""
_CALLER = Caller(principal_kind="service", purpose="retention")
Clock = Callable[[], datetime]


def read_clock() -> datetime:
    """Answer what time it is."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_retention(settings: Settings, clock: Clock = read_clock) -> AsyncGenerator[Retention]:
    """Open the log to remove from it.

    Raises:
        MisconfiguredError: the setting is wrong, or there is no key to sign with.
    """
    default, signer = read_removal(settings), read_signer(settings)
    engine = create_engine(locate_audit(settings), _CONNECTIONS)

    async def certify(connection: AsyncConnection, content: Mapping[str, Any]) -> None:
        await append(connection, signer, StatementKind.REMOVAL, content)

    try:
        turns = Turns(engine.connect, partial(begin_writing, engine), clock)
        yield Retention(turns, certify, default)
    finally:
        await engine.dispose()


def read_removal(settings: Settings) -> Removal:
    """Read what becomes of records whose agency has not chosen.

    Raises:
        MisconfiguredError: it is neither.
    """
    try:
        return Removal(settings.audit_removal.upper())
    except ValueError as error:
        raise MisconfiguredError(
            "LOUVER_AUDIT_REMOVAL is not a way to remove records", hint="set it to anonymise or delete, or unset it"
        ) from error


class RetentionTask:
    """Runs the retention at intervals. A run that fails is told on the log stream, and noted on the store."""

    def __init__(self, settings: Settings, store: AuditStore, clock: Clock = read_clock) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._log = structlog.get_logger().bind()

    async def run(self, interval_seconds: float = INTERVAL_SECONDS) -> None:
        """Run until cancelled."""
        while True:
            await asyncio.sleep(interval_seconds + random.uniform(0, SPREAD_SECONDS))  # noqa: S311 - no secret
            await self.run_once(timedelta(seconds=interval_seconds))

    async def run_once(self, unless_within: timedelta = timedelta()) -> Report | None:
        """Run now, unless another process has just done so or is at it."""
        try:
            report = await self._run(unless_within)
        except Exception as error:  # noqa: BLE001 - whatever a driver may raise; the next round tries again
            self._store.is_retention_healthy = False
            self._log.error("audit.retention_failed", exc_info=error)
            return None
        self._store.is_retention_healthy = True
        return report

    async def _run(self, unless_within: timedelta) -> Report | None:
        now = self._clock()
        async with open_retention(self._settings, self._clock) as retention:
            async with retention.turns.read() as connection:
                done_at = await find_done(connection)
            if done_at is not None and now - done_at < unless_within:
                return None
            report = await retention.run(now)
        if report is not None and any(report.counts):
            await self._store.append(record_run(report, now))
        return report


@asynccontextmanager
async def keeping_twelve_months(settings: Settings, store: AuditStore) -> AsyncGenerator[None]:
    """Run the retention for the length of a `with`.

    Raises:
        MisconfiguredError: see `read_removal`.
    """
    read_removal(settings)
    running = asyncio.create_task(RetentionTask(settings, store).run(), name="louver-audit-retention")
    try:
        yield
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def remove_recorded(
    settings: Settings, work: Callable[[Retention], Awaitable[Report | None]], now: datetime, **facts: str
) -> Report | None:
    """Remove by hand, and record that it was done: from a log that takes no records nothing is removed.

    Raises:
        AuditUnavailableError: the log takes none.
    """
    store = await AuditStore.open(settings)
    try:
        await store.require_writable()
        async with open_retention(settings) as retention:
            report = await work(retention)
        if report is not None:
            await store.append(record_run(report, now, **facts))
        return report
    finally:
        await store.close()


async def anonymise_agency(settings: Settings, agency_id: UUID, key_prefixes: Sequence[str], now: datetime) -> Report:
    """Remove at once what names a purged agency: its records, and failed attempts with the keys that it had.

    Raises:
        AuditUnavailableError: see `remove_recorded`.
    """

    async def purge(retention: Retention) -> Report:
        return await retention.purge(agency_id, key_prefixes, now)

    report = await remove_recorded(settings, purge, now, agency=str(agency_id))
    assert report is not None  # noqa: S101 - a purge waits for nobody's turn
    return report


def record_run(report: Report, now: datetime, **facts: str) -> AccessRecord:
    """Make the access record of a run."""
    return AccessRecord(
        at=now,
        event=Event.AUDIT_RETAINED,
        outcome=Outcome.ANSWERED,
        caller=_CALLER,
        user_agent=f"louver/{__version__}",
        details=report.as_dict() | facts,
        request_id=uuid4(),
        replica=f"{socket.gethostname()}:{os.getpid()}",
    )
