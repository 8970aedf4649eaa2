"""Opens the log to whoever has the right to ask it; asking is itself recorded."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.duties import Administered
from louver.authz.principals import Membership
from louver.errors import AccessDeniedError
from louver.logging.events import Event
from louver.resolvers.access import require_right
from louver.resolvers.asking.reach import Reach, find_reach, is_own
from louver.schema.access_inputs import read_agency
from louver.schema.context import OperationContext
from louver.schema.duties import QUERIES


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is under way: both stores, and what its caller may see of the log."""

    records: AsyncConnection
    log: AsyncConnection
    reach: Reach
    is_own: bool = False
    """Whether it is an officer who asks about the own record."""


@asynccontextmanager
async def asking(context: OperationContext, name: str, agency: str | None = None) -> AsyncGenerator[Asked]:
    """Open both stores to whoever has the right, and say in the access record that the log was searched."""
    duty = QUERIES[name]
    try:
        membership = require_right(context.principal, read_agency(agency), duty.administered, duty.act)
    except AccessDeniedError:
        context.facts.denied += (duty.administered,)
        raise
    async with opened(context, membership) as asked:
        yield asked
    context.facts.returned += (duty.administered,)


@asynccontextmanager
async def asking_of_officer(
    context: OperationContext, officer_id: UUID, agency: str | None = None
) -> AsyncGenerator[Asked]:
    """As `asking`, about one officer: who is that officer needs no other right."""
    own = next((each for each in context.principal.memberships if is_own(each, officer_id)), None)
    if own is None:
        async with asking(context, "auditEvents", agency) as asked:
            yield asked
    else:
        async with opened(context, own) as asked:
            yield replace(asked, is_own=True)
        context.facts.returned += (Administered.AUDIT_EVENT,)
    context.facts.officer_ids |= {officer_id.bytes}


@asynccontextmanager
async def opened(context: OperationContext, membership: Membership) -> AsyncGenerator[Asked]:
    """Open both stores to a member who may ask; what it asks is for the caller to check."""
    context.facts.event = Event.AUDIT_SEARCHED
    administration = context.administration
    async with administration.reading() as records, administration.log.reading() as log:
        yield Asked(records, log, await find_reach(records, membership, datetime.now(UTC)))
