"""What the log itself says of how it is kept, for who has to show that it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.logging.events import Event, Outcome
from louver.logging.retention import find_cutoff
from louver.logging.retention.holds import list_holds
from louver.logging.retention.turns import find_done
from louver.logging.statements import StatementKind
from louver.logging.tables import audit_statements
from louver.resolvers.asking.pages import Pages
from louver.resolvers.asking.reach import IS_COUNTED, RECORD, Period, Reach
from louver.resolvers.asking.weeks import list_weeks
from louver.resolvers.cursors import CursorKeeper

WEEK = timedelta(days=7)
SAMPLED = ("at", "event", "outcome", "reason", "roles", "operationName", "returned", "durationUs", "bytesOut")
"""Fields of a sample: none says who it was."""
_HOLDS, _WEEKS = 100, 60


@dataclass(frozen=True, slots=True)
class LogFacts:
    """The state of the log as one agency sees it."""

    events: Mapping[str, int]
    """Records of the last seven days, by event."""
    samples: Sequence[Mapping[str, Any]]
    """The newest record of each event."""
    newest_at: datetime | None
    oldest_at: datetime | None
    cutoff: datetime
    """Nothing from then or before is shown."""
    retained_at: datetime | None
    """When removal was last run."""
    over: int
    """Records of the agency whose time is over and that still name somebody: held, or waiting for the next run."""
    live_holds: int
    checkpoint_at: datetime | None
    removal_at: datetime | None
    statements: int
    verified: Mapping[str, Any] | None
    """What `louver audit verify` last found, and when, as the log has it."""
    weeks_open: Sequence[str]
    week_signed: str | None
    """The newest week that was signed off."""


async def find_facts(log: AsyncConnection, reach: Reach, keeper: CursorKeeper) -> LogFacts:
    """Gather them."""
    period = Period(reach.now - WEEK, reach.now)
    counted = select(RECORD.event, func.count()).where(reach.condition, period.condition, IS_COUNTED)
    by_event = counted.group_by(RECORD.event).order_by(RECORD.event)
    events = {row[0]: row[1] for row in await log.execute(by_event)}
    cutoff = find_cutoff(reach.now)
    over = select(func.count()).where(
        RECORD.agency_id == reach.agency_id, RECORD.at <= cutoff, RECORD.day <= cutoff.date()
    )
    newest, oldest = (await log.execute(select(func.max(RECORD.at), func.min(RECORD.at)).where(reach.condition))).one()
    holds = await list_holds(log, reach.agency_id, _HOLDS, reach.now)
    weeks = await list_weeks(log, reach, _WEEKS, is_open=False)
    return LogFacts(
        events=events,
        samples=[await _sample(log, reach, keeper, event) for event in events],
        newest_at=newest,
        oldest_at=oldest,
        cutoff=cutoff,
        retained_at=await find_done(log),
        over=int(await log.scalar(over) or 0),
        live_holds=sum(hold.is_live(reach.now) for hold in holds),
        checkpoint_at=await _find_last(log, StatementKind.CHECKPOINT),
        removal_at=await _find_last(log, StatementKind.REMOVAL),
        statements=int(await log.scalar(select(func.count()).select_from(audit_statements)) or 0),
        verified=await _find_verified(log),
        weeks_open=[week.week for week in weeks if week.review is None],
        week_signed=next((week.week for week in weeks if week.review), None),
    )


async def _sample(log: AsyncConnection, reach: Reach, keeper: CursorKeeper, event: str) -> Mapping[str, Any]:
    ended = {"event": {"eq": event}, "outcome": {"ne": Outcome.BEGUN}}
    pages = Pages(log, reach, keeper, {"filter": ended, "first": 1})
    return (await pages.read(SAMPLED)).rows[0]


async def _find_verified(log: AsyncConnection) -> Mapping[str, Any] | None:
    """Find the newest. It is of no agency, which is what the index is asked by."""
    is_one = (RECORD.agency_id.is_(None)) & (RECORD.event == Event.AUDIT_VERIFIED) & RECORD.at.is_not(None)
    newest = select(RECORD.at, RECORD.details).where(is_one).order_by(RECORD.at.desc()).limit(1)
    found = (await log.execute(newest)).one_or_none()
    return None if found is None else {"at": found.at, **found.details}


async def _find_last(log: AsyncConnection, kind: StatementKind) -> datetime | None:
    newest = select(func.max(audit_statements.c.at)).where(audit_statements.c.kind == kind)
    found: datetime | None = await log.scalar(newest)
    return found
