"""Keeps the log of a serving process: says when it starts and stops, and signs where the chains end meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog

from louver.db.engine import begin_writing, create_engine
from louver.errors import AuditUnavailableError, MisconfiguredError
from louver.logging import AccessRecord, AuditStore, Caller, Event, Outcome
from louver.logging.checkpoints import Told, checkpoint
from louver.logging.location import locate_audit
from louver.logging.signing import Signer, read_signer
from louver.logging.statements import Statement
from louver.settings import Settings

_SERVICE = Caller(principal_kind="service", purpose="service")
_SHARE = 0.9
"""Of the interval: every process wakes up for it, and leaves it at one that is younger than this."""


@asynccontextmanager
async def keeping_log(settings: Settings, store: AuditStore, replica: str) -> AsyncGenerator[None]:
    """Record the start before anything is answered, and the stop after everything was; sign in between.

    Raises:
        MisconfiguredError: the start cannot be recorded, or there is no key to sign with.
    """
    task = Checkpoints(settings, read_signer(settings))
    try:
        await store.append(_tell(Event.SERVICE_STARTED, replica))
    except AuditUnavailableError as error:
        raise MisconfiguredError("the log takes no records", hint="see LOUVER_AUDIT_URL") from error
    running = asyncio.create_task(task.run(), name="louver-audit-checkpoints")
    try:
        yield
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        with contextlib.suppress(AuditUnavailableError):
            await store.append(_tell(Event.SERVICE_STOPPED, replica))
        await task.sign()


class Checkpoints:
    """Signs checkpoints at intervals; one that fails is told on the log stream and tried again."""

    def __init__(self, settings: Settings, signer: Signer) -> None:
        self._url = locate_audit(settings)
        self._interval_seconds = settings.audit_checkpoint_seconds
        self._signer = signer
        self._told = Told()
        self._log = structlog.get_logger().bind()

    async def run(self) -> None:
        """Sign until cancelled."""
        while True:
            await asyncio.sleep(self._interval_seconds)
            await self.sign(unless_younger_than=timedelta(seconds=self._interval_seconds * _SHARE))

    async def sign(self, *, unless_younger_than: timedelta = timedelta()) -> None:
        """Sign one, unless another process has just done so, or nothing has moved."""
        try:
            statement = await self._sign(unless_younger_than)
        except Exception as error:  # noqa: BLE001 - whatever a driver may raise; the next round tries again
            self._log.error("audit.checkpoint_failed", exc_info=error)
            return
        if statement is not None:
            # Told on the stream too: what was shipped elsewhere vouches for the log against whoever holds this machine.
            self._log.info("audit.checkpoint", statement=statement.as_dict())

    async def _sign(self, unless_younger_than: timedelta) -> Statement | None:
        engine = create_engine(self._url)
        try:
            async with begin_writing(engine) as connection:
                await self._told.refresh(connection)
                if self._told.at and datetime.now(UTC) - self._told.at < unless_younger_than:
                    return None
                return await checkpoint(connection, self._signer, self._told)
        finally:
            await engine.dispose()


def _tell(event: Event, replica: str) -> AccessRecord:
    now = datetime.now(UTC)
    return AccessRecord(
        at=now, event=event, outcome=Outcome.ANSWERED, caller=_SERVICE, request_id=uuid4(), replica=replica
    )
