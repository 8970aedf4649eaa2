"""The weekly review: which weeks of the agency's records wait to be looked at, and who signed the others off."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.errors import InvalidInputError
from louver.logging.retention import find_cutoff
from louver.logging.reviews import Review, add_review, list_reviews
from louver.resolvers.asking.questions import REFUSING
from louver.resolvers.asking.reach import IS_COUNTED, RECORD, Period, Reach
from louver.resolvers.asking.unusual import find_zone
from louver.resolvers.overlays import Author

NOTE_MAX = 2_000
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Week:
    """One week by the agency's calendar, Monday to Sunday."""

    week: str
    begin: datetime
    end: datetime
    records: int
    denials: int
    review: Review | None


async def list_weeks(log: AsyncConnection, reach: Reach, first: int, *, is_open: bool) -> list[Week]:
    """List the weeks that are over, the newest first; those alone that wait for a signature, if so asked."""
    reviews = await list_reviews(log, reach.agency_id, find_cutoff(reach.now))
    found: list[Week] = []
    for monday in _list_mondays(reach):
        if len(found) >= first:
            break
        review = reviews.get(_name(monday))
        if review is not None and is_open:
            continue
        week = await _count(log, reach, monday, review)
        if week.records or review:
            found.append(week)
    return found


async def sign_off(log: AsyncConnection, reach: Reach, week: str, note: str, author: Author) -> Week:
    """Sign a week off.

    Raises:
        InvalidInputError: it is none, is not over or too long ago, or is signed off already; or the note is too long.
    """
    monday = _read_week(week)
    if monday not in set(_list_mondays(reach)):
        raise InvalidInputError("That week is not over, or too long ago.", hint="`auditWeeks` lists those that wait")
    if len(note) > NOTE_MAX:
        raise InvalidInputError("The note is too long.", hint=f"say it in {NOTE_MAX} characters")
    review = Review(_name(monday), reach.now, author.label, note.strip())
    try:
        await add_review(log, reach.agency_id, review)
    except IntegrityError as error:
        raise InvalidInputError(
            "That week is signed off already.", hint="a signature stays as it is; `auditWeeks` shows it"
        ) from error
    return await _count(log, reach, monday, review)


def find_week(reach: Reach) -> Period:
    """Answer this week until now, as the agency counts weeks."""
    zone = find_zone(reach.timezone)
    today = reach.now.astimezone(zone).date()
    return Period(_begin(today - timedelta(days=today.weekday()), zone), reach.now)


async def _count(log: AsyncConnection, reach: Reach, monday: date, review: Review | None) -> Week:
    zone = find_zone(reach.timezone)
    period = Period(_begin(monday, zone), _begin(monday + timedelta(days=_DAYS), zone))
    refused = func.count(case((RECORD.event.in_(REFUSING), 1)))
    counted = select(func.count(), refused).where(reach.condition, period.condition, IS_COUNTED)
    records, denials = (await log.execute(counted)).one()
    return Week(_name(monday), period.begin, period.end, records, denials, review)


def _list_mondays(reach: Reach) -> Iterator[date]:
    """List the weeks of which every record is over and may still be shown."""
    zone, cutoff = find_zone(reach.timezone), find_cutoff(reach.now)
    today = reach.now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday() + _DAYS)
    while _begin(monday, zone) > cutoff:
        yield monday
        monday -= timedelta(days=_DAYS)


def _begin(monday: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(monday, time(), zone).astimezone(UTC)


def _name(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def _read_week(text: str) -> date:
    match = _WEEK.fullmatch(text)
    try:
        if match is not None:
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        pass
    raise InvalidInputError("That is no week.", hint="write it as 2026-W12")
