"""Unusual access: more than ever, at night, or from a new address, against the own past; and what never ended."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.duties import Administered
from louver.resolvers.asking.fields import ROWS
from louver.resolvers.asking.reach import IS_COUNTED, RECORD, Period, Reach
from louver.resolvers.asking.unfinished import list_unfinished

PAST = timedelta(days=28)
"""What somebody did in so many days before is usual for that principal."""
ROWS_MIN, TIMES = 100, 3
"""A day is large from so many rows on, where it has also so many times the rows of the largest day before."""
DAY_BEGINS, DAY_ENDS = 6, 22
_HOUR = len("2026-03-09T16")


class Oddity(StrEnum):
    """What is unusual."""

    VOLUME = "VOLUME"
    """On one day far more rows than on any day of the weeks before."""
    HOURS = "HOURS"
    """At night, by the agency's clock, of a principal that was never there at night before."""
    ADDRESS = "ADDRESS"
    """From an address that the principal never had before."""
    UNFINISHED = "UNFINISHED"
    """A change or an export began, and how it ended is not on record: it may have happened."""


@dataclass(frozen=True, slots=True)
class Unusual:
    """One thing that somebody should look at."""

    oddity: Oddity
    principal_id: UUID | None
    key_prefix: str | None
    last_at: datetime
    amount: int
    """Rows for the volume, operations for the rest."""
    usual: int
    """The same, in the weeks before: the largest day's, or none."""
    address: str | None


@dataclass(slots=True)
class _Habits:
    """What one principal did, in the weeks before or in the period asked about."""

    rows: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    nights: int = 0
    addresses: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    last_at: dict[str, datetime] = field(default_factory=dict)

    def take(self, hour: datetime, address: str | None, times: int, rows: int) -> None:
        self.rows[hour.date()] += rows
        self._note(f"day {hour.date()}", hour)
        if not DAY_BEGINS <= hour.hour < DAY_ENDS:
            self.nights += times
            self._note("night", hour)
        if address is not None:
            self.addresses[address] += times
            self._note(f"from {address}", hour)

    def _note(self, what: str, hour: datetime) -> None:
        self.last_at[what] = max(self.last_at.get(what, hour), hour)


async def list_unusual(log: AsyncConnection, reach: Reach, period: Period) -> list[Unusual]:
    """List what was unusual in a period, the latest first."""
    zone = find_zone(reach.timezone)
    whole = Period(period.begin - PAST, period.end)
    habits: dict[tuple[UUID, str | None], tuple[_Habits, _Habits]] = defaultdict(lambda: (_Habits(), _Habits()))
    for principal_id, prefix, hour, address, times, rows in await log.execute(_select_hours(log, reach, whole)):
        moment = datetime.fromisoformat(f"{hour}:00:00+00:00")
        # What begins within the hour in which the period begins belongs to the past: no hour is in both.
        is_asked = moment >= period.begin.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        habits[principal_id, prefix][is_asked].take(moment.astimezone(zone), address, times, rows or 0)
    found = [odd for (principal_id, prefix), both in habits.items() for odd in _compare(principal_id, prefix, *both)]
    for begun in await list_unfinished(log, reach, period):
        moment = begun.at.astimezone(zone)
        found.append(Unusual(Oddity.UNFINISHED, begun.principal_id, begun.key_prefix, moment, 1, 0, None))
    is_named = reach.sees(Administered.AUDIT_ACTOR)
    shown = found if is_named else [_withhold(each) for each in found]
    return sorted(shown, key=lambda each: each.last_at, reverse=True)


def find_zone(name: str) -> ZoneInfo:
    """Find an agency's time zone; UTC where its name is unknown here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _select_hours(log: AsyncConnection, reach: Reach, period: Period) -> Any:
    """Count by principal, address and hour: a log of many operations is far fewer of these."""
    hour: ColumnElement[Any] = func.substr(cast(RECORD.at, String), 1, _HOUR)
    if log.dialect.name == "postgresql":
        hour = func.to_char(func.timezone("UTC", RECORD.at), 'YYYY-MM-DD"T"HH24')
    keys = (RECORD.principal_id, RECORD.key_prefix, hour, RECORD.address)
    return (
        select(*keys, func.count(), func.sum(ROWS))
        .where(reach.condition, period.condition, IS_COUNTED, RECORD.principal_id.is_not(None))
        .group_by(*keys)
    )


def _compare(principal_id: UUID, prefix: str | None, past: _Habits, asked: _Habits) -> Iterator[Unusual]:
    largest = max(past.rows.values(), default=0)
    for day, rows in asked.rows.items():
        if rows >= ROWS_MIN and rows > TIMES * largest:
            last_at = asked.last_at[f"day {day}"]
            yield Unusual(Oddity.VOLUME, principal_id, prefix, last_at, rows, largest, None)
    if asked.nights and not past.nights:
        yield Unusual(Oddity.HOURS, principal_id, prefix, asked.last_at["night"], asked.nights, 0, None)
    for address, times in asked.addresses.items():
        if past.addresses and address not in past.addresses:
            last_at = asked.last_at[f"from {address}"]
            yield Unusual(Oddity.ADDRESS, principal_id, prefix, last_at, times, 0, address)


def _withhold(odd: Unusual) -> Unusual:
    return Unusual(odd.oddity, None, None, odd.last_at, odd.amount, odd.usual, None)
