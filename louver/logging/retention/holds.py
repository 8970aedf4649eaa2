"""Legal holds: what stops the removal of records, for whom, how long and why."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, delete, false, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.logging.retention.periods import find_cutoff
from louver.logging.retention.tables import audit_holds
from louver.logging.subjects import holds_id
from louver.logging.tables import audit_records


class HoldKind(StrEnum):
    """What a hold names."""

    PERSON = "PERSON"
    """Who asked: a person, by log-on or by a key that acts for that person."""
    OFFICER = "OFFICER"
    """An officer whose data was in the answer."""
    INCIDENT = "INCIDENT"
    KEY = "KEY"
    PERIOD = "PERIOD"
    """Everything of the agency's between two instants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold as it stands in the store."""

    id: UUID
    agency_id: UUID
    kind: HoldKind
    target: str | None
    """An id as hexadecimal digits, or a key's prefix; None for a period."""
    records_from: datetime | None = None
    records_until: datetime | None = None
    """Only records from the first instant on, and before the second."""
    reason: str
    placed_at: datetime
    placed_by: str
    ends_at: datetime
    released_at: datetime | None = None
    released_by: str | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it stops removal now."""
        return self.released_at is None and now < self.ends_at


_COLUMNS = tuple(audit_holds.c[name] for name in Hold.__dataclass_fields__)


async def add_hold(connection: AsyncConnection, hold: Hold) -> None:
    """Place a hold. Nothing that it covers is removed from its commit on."""
    await connection.execute(insert(audit_holds).values(asdict(hold)))


async def release_hold(connection: AsyncConnection, agency_id: UUID, hold_id: UUID, by: str, now: datetime) -> bool:
    """End a hold early; answer whether the agency had a live one of this id."""
    hold = audit_holds.c
    is_it = and_(hold.agency_id == agency_id, hold.id == hold_id, hold.released_at.is_(None), hold.ends_at > now)
    done = await connection.execute(update(audit_holds).where(is_it).values(released_at=now, released_by=by))
    return bool(done.rowcount)


async def find_hold(connection: AsyncConnection, agency_id: UUID, hold_id: UUID, now: datetime) -> Hold | None:
    """Find one of an agency's holds."""
    is_it = and_(audit_holds.c.id == hold_id, _is_of(agency_id, now))
    found = await _list(connection, select(*_COLUMNS).where(is_it))
    return found[0] if found else None


async def list_holds(connection: AsyncConnection, agency_id: UUID, first: int, now: datetime) -> list[Hold]:
    """List an agency's holds, those that end last first; twelve months after its end none is shown."""
    newest = select(*_COLUMNS).where(_is_of(agency_id, now)).order_by(audit_holds.c.ends_at.desc(), audit_holds.c.id)
    return await _list(connection, newest.limit(first))


async def list_live_holds(connection: AsyncConnection, now: datetime) -> list[Hold]:
    """List what stops removal now, of all agencies."""
    is_live = and_(audit_holds.c.released_at.is_(None), audit_holds.c.ends_at > now)
    return await _list(connection, select(*_COLUMNS).where(is_live))


async def forget_holds(connection: AsyncConnection, now: datetime) -> None:
    """Remove holds that ended twelve months ago: their reasons name people too."""
    await connection.execute(delete(audit_holds).where(_is_past(now)))


def covers(hold: Hold) -> ColumnElement[bool]:
    """Answer the condition on records that a hold keeps. May be unknown, where a record lacks what it asks for."""
    record, conditions = audit_records.c, [_names(hold)]
    is_theirs = or_(record.agency_id == hold.agency_id, holds_id(record.agency_ids, hold.agency_id))
    if hold.kind is HoldKind.KEY:  # a failed attempt with the key is nobody's, and what a breach is found by
        is_theirs = or_(is_theirs, is_nobodys())
    if hold.records_from is not None:
        conditions.append(record.at >= hold.records_from)
    if hold.records_until is not None:
        conditions.append(record.at < hold.records_until)
    return and_(is_theirs, *conditions)


def is_nobodys() -> ColumnElement[bool]:
    """Answer the condition on records that are in no agency's name."""
    record = audit_records.c
    return and_(record.agency_id.is_(None), or_(record.agency_ids.is_(None), record.agency_ids == b""))


def is_held(holds: Sequence[Hold]) -> ColumnElement[bool]:
    """Answer the condition, never unknown, on records that any of these keeps.

    A CASE, because a chain of ORs is as deep as it is long, and SQLite refuses one of a thousand.
    """
    return case(*((covers(hold), 1) for hold in holds), else_=0) == 1 if holds else false()


def _names(hold: Hold) -> ColumnElement[bool]:
    record, target = audit_records.c, hold.target or ""
    match hold.kind:
        case HoldKind.PERSON:
            return or_(record.principal_id == UUID(target), record.on_behalf_of == f"person_{target}")
        case HoldKind.OFFICER:
            return holds_id(record.officer_ids, UUID(target))
        case HoldKind.INCIDENT:
            return holds_id(record.incident_ids, UUID(target))
        case HoldKind.KEY:
            return record.key_prefix == target
        case HoldKind.PERIOD:
            return true()


def _is_of(agency_id: UUID, now: datetime) -> ColumnElement[bool]:
    return and_(audit_holds.c.agency_id == agency_id, _is_past(now).is_not(true()))


def _is_past(now: datetime) -> ColumnElement[bool]:
    hold, cutoff = audit_holds.c, find_cutoff(now)
    return or_(hold.ends_at <= cutoff, hold.released_at <= cutoff)


async def _list(connection: AsyncConnection, wanted: Select[*tuple[Any, ...]]) -> list[Hold]:
    rows = (await connection.execute(wanted)).mappings().all()
    return [Hold(**(dict(row) | {"kind": HoldKind(row["kind"])})) for row in rows]
