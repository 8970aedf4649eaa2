"""Whoever operates the service, at its own machine: known by being there, held to one agency, recorded in its log."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from louver import __version__
from louver.cli.administering import Acting
from louver.db.engine import begin_writing, create_engine
from louver.db.finding import get_agency
from louver.errors import LouverError, RefusedError
from louver.logging import AccessRecord, AuditStore, Caller, Event, Outcome, configure_logging
from louver.resolvers.overlays import Author
from louver.settings import Settings
from louver.stores import require_current_records

OPERATOR = "operator"
Result = TypeVar("Result")


def operate(agency: str, event: Event, name: str, work: Callable[[Acting], Awaitable[Result]], **more: Any) -> Result:
    """Change something of an agency's, in one transaction; `more` goes into the record.

    Raises:
        InvalidInputError: there is no such agency.
    """
    return asyncio.run(_operate(agency, event, name, work, more))


async def _operate(
    agency: str, event: Event, name: str, work: Callable[[Acting], Awaitable[Result]], more: dict[str, Any]
) -> Result:
    settings = Settings.from_environment()
    configure_logging("ERROR")  # the record goes to the store; here it would stand among the answer
    await require_current_records(settings.database_url)
    store, engine = await AuditStore.open(settings), create_engine(settings.database_url, 1)
    agency_id: UUID | None = None
    try:
        await store.require_writable()
        async with begin_writing(engine) as connection:
            agency_id = (await get_agency(connection, agency)).id
            result = await work(Acting(connection, agency_id, Author(OPERATOR), datetime.now(UTC)))
        await store.append(_as_record(event, Outcome.ANSWERED, agency_id, name, more))
    except LouverError as error:
        outcome = Outcome.REFUSED if isinstance(error, RefusedError) else Outcome.UNAVAILABLE
        await store.append(_as_record(Event.ACCESS_REFUSED, outcome, agency_id, name, more | {"reason": error.code}))
        raise
    else:
        return result
    finally:
        await store.close()
        await engine.dispose()


def _as_record(event: Event, outcome: Outcome, agency_id: UUID | None, name: str, more: dict[str, Any]) -> AccessRecord:
    return AccessRecord(
        at=datetime.now(UTC),
        event=event,
        outcome=outcome,
        caller=Caller(principal_kind=OPERATOR, agency_id=agency_id, purpose="operate the service"),
        user_agent=f"louver/{__version__}",
        operation_name=name,
        request_id=uuid4(),
        replica=f"{socket.gethostname()}:{os.getpid()}",
        **more,
    )
