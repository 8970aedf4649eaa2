"""What began and has no end on record: a process was killed or the log was down just then, so it may have happened."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.logging.events import Outcome
from louver.logging.record import ENDED_BY
from louver.resolvers.asking.reach import RECORD, Period, Reach

LISTED_MAX = 1_000
_UNDER_WAY = timedelta(minutes=10)
"""For so long it may be under way still: an export of a year takes some minutes."""


class Begun(NamedTuple):
    """What a record says of something that began."""

    principal_id: UUID | None
    key_prefix: str | None
    at: datetime
    day: date
    details: Mapping[str, Any]


async def list_unfinished(log: AsyncConnection, reach: Reach, period: Period) -> list[Begun]:
    """List them, the newest first."""
    begun = (
        select(RECORD.principal_id, RECORD.key_prefix, RECORD.at, RECORD.day, RECORD.details)
        .where(reach.condition, period.condition, RECORD.outcome == Outcome.BEGUN, RECORD.at < reach.now - _UNDER_WAY)
        .order_by(RECORD.at.desc())
        .limit(LISTED_MAX)
    )
    found = [Begun._make(row) for row in await log.execute(begun)]
    ended = await _list_ended(log, reach, found) if found else set()
    return [row for row in found if UUID(row.details[ENDED_BY]) not in ended]


async def _list_ended(log: AsyncConnection, reach: Reach, begun: Sequence[Begun]) -> set[UUID]:
    """List the ids of the ends. An end has the instant of its begin, by which the index finds it."""
    moments = RECORD.at.in_({row.at for row in begun}) & RECORD.day.in_({row.day for row in begun})
    ids = await log.scalars(select(RECORD.request_id).where(reach.condition, moments, RECORD.outcome != Outcome.BEGUN))
    return set(ids.all())
