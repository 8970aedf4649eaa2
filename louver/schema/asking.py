"""Opens the log to whoever has the right to ask it; asking is itself recorded."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.principals import Membership
from louver.errors import AccessDeniedError
from louver.logging.events import Event
from louver.resolvers.access import require_right
from louver.resolvers.asking.reach import Reach, find_reach
from louver.schema.access_inputs import read_agency
from louver.schema.context import OperationContext
from louver.schema.duties import QUERIES

Info = strawberry.Info[OperationContext, None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is under way: both stores, and what its caller may see of the log."""

    records: AsyncConnection
    log: AsyncConnection
    reach: Reach


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
async def opened(context: OperationContext, membership: Membership) -> AsyncGenerator[Asked]:
    """Open both stores to a member who may ask; what it asks is for the caller to check."""
    context.facts.event = Event.AUDIT_SEARCHED
    administration = context.administration
    async with administration.reading() as records, administration.log.reading() as log:
        yield Asked(records, log, await find_reach(records, membership, datetime.now(UTC)))
