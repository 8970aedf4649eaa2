"""Legal holds and what becomes of old access records: what an agency's administrator says of its part of the log."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.db.access import ApiKeyRow
from louver.errors import InvalidInputError, LimitExceededError
from louver.logging.retention import Hold, HoldKind
from louver.logging.retention.holds import add_hold, find_hold, list_holds, release_hold
from louver.resolvers.overlays import Author

LIVE_MAX = 100
"""Holds of one agency at a time: each is a condition on every record that is removed."""
REASON_MAX = 500
PREFIXES = {HoldKind.PERSON: "person", HoldKind.OFFICER: "officer", HoldKind.INCIDENT: "uofincident"}
"""How the id begins of what a hold names."""
_ID = re.compile(r"([a-z]+)_([0-9a-f]{32})")
_KEY_PREFIX = re.compile(r"[0-9A-Za-z]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOrder:
    """What is to be kept, until when and why."""

    kind: HoldKind
    target: str | None
    """An id as clients see it, or a key's prefix; None for a period."""
    records_from: datetime | None = None
    records_until: datetime | None = None
    reason: str
    ends_at: datetime


async def place_hold(
    records: AsyncConnection, log: AsyncConnection, agency_id: UUID, order: HoldOrder, author: Author, now: datetime
) -> Hold:
    """Keep what the order names of the agency's access records.

    Raises:
        InvalidInputError: something is blank, unknown or out of range.
        LimitExceededError: the agency has too many live holds.
    """
    _require_sense(order, now)
    hold = Hold(
        id=uuid4(),
        agency_id=agency_id,
        kind=order.kind,
        target=await _read_target(records, agency_id, order),
        records_from=order.records_from,
        records_until=order.records_until,
        reason=order.reason.strip(),
        placed_at=now,
        placed_by=author.label,
        ends_at=order.ends_at,
    )
    live = [each for each in await list_holds(log, agency_id, LIVE_MAX, now) if each.is_live(now)]
    if len(live) >= LIVE_MAX:
        raise LimitExceededError(
            "The agency has too many legal holds.", hint="release some, or name a period", limit=LIVE_MAX
        )
    await add_hold(log, hold)
    return hold


async def release(log: AsyncConnection, agency_id: UUID, hold_id: UUID, author: Author, now: datetime) -> Hold:
    """End a hold. One that has ended already is answered as it is.

    Raises:
        InvalidInputError: the agency has no such hold.
    """
    await release_hold(log, agency_id, hold_id, author.label, now)
    hold = await find_hold(log, agency_id, hold_id, now)
    if hold is None:
        raise InvalidInputError("There is no such legal hold.", hint="`louver audit hold list` lists them")
    return hold


def _require_sense(order: HoldOrder, now: datetime) -> None:
    if not order.reason.strip() or len(order.reason) > REASON_MAX:
        raise InvalidInputError(
            "The reason is blank or too long.", hint=f"say the case in at most {REASON_MAX} characters"
        )
    if order.ends_at <= now:
        raise InvalidInputError("It would be over already.", hint="choose an end that is ahead")
    begin, end = order.records_from, order.records_until
    if order.kind is HoldKind.PERIOD and (begin is None or end is None):
        raise InvalidInputError("The period has no begin or no end.", hint="say from when until when")
    if begin is not None and end is not None and begin >= end:
        raise InvalidInputError("The period ends before it begins.", hint="choose a later end")


async def _read_target(records: AsyncConnection, agency_id: UUID, order: HoldOrder) -> str | None:
    """Read what it names. Leak: a key has to be the agency's own, because a failed attempt with it is nobody's."""
    if order.kind is HoldKind.PERIOD:
        if order.target is not None:
            raise InvalidInputError("A period names nothing else.", hint="leave the target out, or choose its kind")
        return None
    if order.kind is HoldKind.KEY:
        key, prefix = ApiKeyRow, order.target or ""
        is_ours = select(key.prefix).where(key.agency_id == agency_id, key.prefix == prefix)
        if not _KEY_PREFIX.fullmatch(prefix) or await records.scalar(is_ours) is None:
            raise InvalidInputError("The agency has no such key.", hint="name it by its prefix")
        return prefix
    match = _ID.fullmatch(order.target or "")
    if match is None or match[1] != PREFIXES[order.kind]:
        raise InvalidInputError(
            "The target is not the id of what is held.", hint=f"write it as {PREFIXES[order.kind]}_ and 32 digits"
        )
    return match[2]
