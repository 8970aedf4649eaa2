"""Who runs the installation, at its command line: held to no agency's rights, and recorded in its log all the same."""

import asyncio
import getpass
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from louver import __version__
from louver.authz.duties import Administered
from louver.cli.recording import find_ending, recording
from louver.db.engine import begin_writing, create_engine
from louver.logging import AccessRecord, AuditStore, Caller, Event, Outcome, configure_logging
from louver.resolvers.overlays import Author
from louver.settings import Settings
from louver.stores import require_current_records

OPERATOR = "operator"
Result = TypeVar("Result")


@dataclass(slots=True)
class Operating:
    """What is under way. The work says whose keys it was about, for the record."""

    now: datetime
    author: Author
    connection: AsyncConnection = field(init=False)
    agency_id: UUID | None = None
    named: list[str] = field(default_factory=list)
    is_changed: bool = False
    """Whether the commit was on its way."""
    request_id: UUID = field(default_factory=uuid4)

    def list_returned(self, duty: Administered) -> tuple[str, ...]:
        """List what the record names."""
        return (duty, *(f"{duty}/{each}" for each in self.named))


@dataclass(frozen=True, slots=True)
class _Task:
    duty: Administered
    event: Event
    name: str
    """What the log calls it."""
    variables: Mapping[str, Any] | None


def operate(
    duty: Administered,
    event: Event,
    name: str,
    work: Callable[[Operating], Awaitable[Result]],
    variables: Mapping[str, Any] | None = None,
) -> Result:
    """Change something in one transaction, which is kept only if the log knows of it.

    `variables`, as digests, say in the record what was changed.

    Raises:
        AuditUnavailableError: it could not be recorded.
    """
    return asyncio.run(_operate(_Task(duty, event, name, variables), work))


def look(work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    """Read something that is about nobody's records."""

    async def run() -> Result:
        url = Settings.from_environment().database_url
        await require_current_records(url)
        engine = create_engine(url)
        try:
            async with engine.connect() as connection:
                return await work(connection)
        finally:
            await engine.dispose()

    return asyncio.run(run())


async def _operate(task: _Task, work: Callable[[Operating], Awaitable[Result]]) -> Result:
    settings = Settings.from_environment()
    configure_logging("ERROR")  # the record goes to the store; here it would stand among the answer
    await require_current_records(settings.database_url)
    store = await AuditStore.open(settings)
    engine = create_engine(settings.database_url, 1)
    try:
        return await _perform(task, work, engine, store)
    finally:
        await engine.dispose()
        await store.close()


async def _perform(
    task: _Task, work: Callable[[Operating], Awaitable[Result]], engine: AsyncEngine, store: AuditStore
) -> Result:
    operating = Operating(datetime.now(UTC), Author(f"{OPERATOR} {_find_account()}"))
    async with recording(store, lambda error: _as_record(task, operating, error)):
        async with begin_writing(engine) as operating.connection:
            result = await work(operating)
            # Here, where it is known whose it is: from the next line on it may be changed, whatever becomes of us.
            await store.append(_as_record(task, operating).as_begun(task.event, operating.list_returned(task.duty)))
            operating.is_changed = True
        return result


def _as_record(task: _Task, operating: Operating, error: BaseException | None = None) -> AccessRecord:
    outcome, reason = find_ending(error)
    return make_record(
        task.event if operating.is_changed else Event.ACCESS_REFUSED,
        task.name,
        operating.now,
        operating.agency_id,
        outcome,
        reason=reason,
        coordinates={
            "returned": operating.list_returned(task.duty) if operating.is_changed else (),
            "denied": (),
            "masked": (),
            "suppressed": (),
        },
        variables=task.variables,
        request_id=operating.request_id,
    )


def make_record(
    event: Event,
    name: str,
    at: datetime,
    agency_id: UUID | None = None,
    outcome: Outcome = Outcome.ANSWERED,
    *,
    request_id: UUID | None = None,
    **more: Any,
) -> AccessRecord:
    """Say what who runs the installation has done."""
    return AccessRecord(
        at=at,
        event=event,
        outcome=outcome,
        caller=Caller(
            principal_kind=OPERATOR,
            agency_id=agency_id,
            on_behalf_of=f"account {_find_account()}",
            purpose="running the installation",
        ),
        user_agent=f"louver/{__version__}",
        operation_name=name,
        request_id=request_id or uuid4(),
        replica=f"{socket.gethostname()}:{os.getpid()}",
        **more,
    )


def _find_account() -> str:
    """Name the account of the operating system; in a container there may be none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
