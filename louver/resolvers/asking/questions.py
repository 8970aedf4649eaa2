"""The questions that agencies have by name: who opened an officer's record, what somebody read, what was denied."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.duties import Administered
from louver.db.access import ApiKeyRow
from louver.db.officers import OfficerRow
from louver.db.uof import UofIncidentRow
from louver.errors import LimitExceededError
from louver.logging.columns import ID_BYTES
from louver.logging.events import Event
from louver.logging.subjects import holds_id
from louver.resolvers.asking.fields import ROWS
from louver.resolvers.asking.reach import RECORD, Period, Reach

LIST_MAX = 1_000
"""Accesses, or ids, in one answer."""
_SHOWN = ("returned", "masked", "suppressed")
_READING = (Event.ACCESS_QUERY, Event.ACCESS_MUTATION, Event.ACCESS_DENIED, Event.DATA_EXPORTED)
REFUSING = (Event.ACCESS_DENIED, Event.ACCESS_REFUSED, Event.AUTH_FAILED)
"""What counts as a denial: of a field, of a request, of a credential."""


@dataclass(frozen=True, slots=True)
class Access:
    """One access to an officer's data. Who it was is None where that is not the asker's to know."""

    at: datetime
    event: str
    outcome: str
    operation: str | None
    roles: Sequence[str]
    purpose: str | None
    fields: Sequence[str]
    principal_kind: str | None
    label: str | None
    key_prefix: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Reads:
    """What a key or a person read: the answer to what a breach exposed."""

    agency_id: UUID
    begin: datetime
    end: datetime
    records: int
    rows: int
    denied: int
    first_at: datetime | None
    last_at: datetime | None
    officers: Sequence[UUID]
    incidents: Sequence[UUID]
    fields: Mapping[str, int]
    """Each field with the number of operations that answered it."""
    addresses: Sequence[str]


@dataclass(frozen=True, slots=True)
class Denial:
    """Refusals of one kind, counted together."""

    event: str
    reason: str | None
    coordinates: Sequence[str]
    roles: Sequence[str]
    key_prefix: str | None
    times: int
    last_at: datetime


async def list_accesses(
    records: AsyncConnection,
    log: AsyncConnection,
    reach: Reach,
    officer_id: UUID,
    period: Period,
    first: int,
    *,
    is_own: bool = False,
) -> list[Access]:
    """List who opened an officer's record, the newest first. Whether the asker may, is for the caller to check.

    `is_own`: the officer asks, who is told why as well.

    Raises:
        LimitExceededError: too many are asked for.
    """
    require_moderate(first)
    columns = (
        RECORD.at, RECORD.event, RECORD.outcome, RECORD.operation_name, RECORD.roles, RECORD.purpose,
        RECORD.coordinates, RECORD.principal_kind, RECORD.principal_id, RECORD.key_prefix, RECORD.address,
    )  # fmt: skip
    held = and_(holds_id(RECORD.officer_ids, officer_id), reach.condition, period.condition)
    if not await _is_ours(records, reach, officer_id):
        # Leak: of who reads for several agencies, one would learn when the other's officer was looked at.
        held = and_(held, RECORD.agency_id == reach.agency_id)
    rows = (await log.execute(select(*columns).where(held).order_by(RECORD.at.desc()).limit(first))).all()
    is_named = reach.sees(Administered.AUDIT_ACTOR)
    labels = await find_labels(records, reach, (row.principal_id for row in rows)) if is_named else {}
    return [
        Access(
            at=row.at,
            event=row.event,
            outcome=row.outcome,
            operation=row.operation_name,
            roles=row.roles,
            purpose=row.purpose if is_named or is_own else None,
            fields=_list_fields(row.coordinates),
            principal_kind=row.principal_kind,
            label=labels.get(row.principal_id),
            key_prefix=row.key_prefix if is_named else None,
            address=row.address if is_named else None,
        )
        for row in rows
    ]


async def _is_ours(records: AsyncConnection, reach: Reach, officer_id: UUID) -> bool:
    officer = OfficerRow
    found = select(officer.id).where(officer.agency_id == reach.agency_id, officer.id == officer_id)
    return await records.scalar(found) is not None


async def find_reads(
    records: AsyncConnection, log: AsyncConnection, reach: Reach, principals: Sequence[UUID], period: Period
) -> Reads:
    """Find what principals read between two instants, counted in the database as far as both engines can."""
    read = and_(RECORD.principal_id.in_(principals), reach.condition, period.condition, RECORD.event.in_(_READING))
    numbers = (func.count(), func.sum(ROWS), func.min(RECORD.at), func.max(RECORD.at))
    count, rows, first_at, last_at = (await log.execute(select(*numbers).where(read))).one()
    asked, denied = await _count_fields(log, read)
    return Reads(
        agency_id=reach.agency_id,
        begin=period.begin,
        end=period.end,
        records=count,
        rows=rows or 0,
        denied=denied,
        first_at=first_at,
        last_at=last_at,
        officers=await _list_ids(records, log, reach, OfficerRow, RECORD.officer_ids, read),
        incidents=await _list_ids(records, log, reach, UofIncidentRow, RECORD.incident_ids, read),
        fields=asked,
        addresses=sorted((await log.scalars(_distinct(RECORD.address, read))).all()),
    )


async def list_denials(log: AsyncConnection, reach: Reach, period: Period, first: int) -> list[Denial]:
    """List what was denied, refused or failed, those that cannot be told apart counted together, most first.

    Raises:
        LimitExceededError: too many are asked for.
    """
    require_moderate(first)
    is_named = reach.sees(Administered.AUDIT_ACTOR)
    coordinates, roles = cast(RECORD.coordinates["denied"], String), cast(RECORD.roles, String)
    keys: list[ColumnElement[Any]] = [RECORD.event, RECORD.reason, coordinates, roles]
    keys += [RECORD.key_prefix] if is_named else []
    counted = (
        select(*keys, func.count().label("times"), func.max(RECORD.at).label("last_at"))
        .where(reach.condition, period.condition, RECORD.event.in_(REFUSING))
        .group_by(*keys)
        .order_by(func.count().desc(), func.max(RECORD.at).desc())
        .limit(first)
    )
    return [
        Denial(row[0], row[1], _parse(row[2]), _parse(row[3]), row[4] if is_named else None, *row[-2:])
        for row in await log.execute(counted)
    ]


async def find_labels(records: AsyncConnection, reach: Reach, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Find what the agency calls its keys."""
    key, wanted = ApiKeyRow, {each for each in ids if each is not None}
    if not wanted:
        return {}
    named = select(key.id, key.label).where(key.agency_id == reach.agency_id, key.id.in_(wanted))
    return {row.id: row.label for row in await records.execute(named)}


async def find_principals(
    records: AsyncConnection, reach: Reach, key_prefix: str | None, principal_id: UUID | None
) -> list[UUID]:
    """Find whose accesses count as those of a key or a person: those with keys that act for the person, too."""
    key = ApiKeyRow
    named = (
        key.prefix == key_prefix
        if key_prefix is not None
        else or_(key.id == principal_id, key.person_id == principal_id)
    )
    keys = await records.scalars(select(key.id).where(key.agency_id == reach.agency_id, named))
    return [*keys.all(), *([] if principal_id is None else [principal_id])]


def require_moderate(first: int) -> None:
    """Hold what is asked for to what one answer has.

    Raises:
        LimitExceededError: it is too much.
    """
    if not 0 <= first <= LIST_MAX:
        raise LimitExceededError("The list is too long.", hint="ask for less", limit=LIST_MAX, actual=first)


async def _count_fields(log: AsyncConnection, read: ColumnElement[bool]) -> tuple[dict[str, int], int]:
    text = cast(RECORD.coordinates, String)
    fields: Counter[str] = Counter()
    denied = 0
    for listed, times in await log.execute(select(text, func.count()).where(read).group_by(text)):
        coordinates = orjson.loads(listed) if listed else {}
        fields.update(dict.fromkeys(_list_fields(coordinates), times))
        denied += times if coordinates.get("denied") else 0
    return dict(sorted(fields.items())), denied


async def _list_ids(
    records: AsyncConnection,
    log: AsyncConnection,
    reach: Reach,
    row: type[OfficerRow] | type[UofIncidentRow],
    column: ColumnElement[Any],
    read: ColumnElement[bool],
) -> list[UUID]:
    """List whose data it was. Leak: of a record of several agencies only those that are this one's."""
    own = await _collect_ids(log, column, and_(read, RECORD.agency_id.is_not(None)))
    shared = await _collect_ids(log, column, and_(read, RECORD.agency_id.is_(None))) - own
    asked = [UUID(bytes=each) for each in sorted(shared)]
    for start in range(0, len(asked), LIST_MAX):
        is_ours = (row.agency_id == reach.agency_id) & row.id.in_(asked[start : start + LIST_MAX])
        own.update([each.bytes for each in await records.scalars(select(row.id).where(is_ours))])
    return [UUID(bytes=each) for each in sorted(own)]


async def _collect_ids(log: AsyncConnection, column: ColumnElement[Any], read: ColumnElement[bool]) -> set[bytes]:
    found: set[bytes] = set()
    for packed in await log.scalars(_distinct(column, read)):
        found.update(packed[start : start + ID_BYTES] for start in range(0, len(packed), ID_BYTES))
    return found


def _distinct(column: ColumnElement[Any], read: ColumnElement[bool]) -> Select[Any]:
    return select(column).where(read, column.is_not(None)).distinct()


def _list_fields(coordinates: Mapping[str, Sequence[str]] | None) -> list[str]:
    lists = [(coordinates or {}).get(name, ()) for name in _SHOWN]
    return sorted({each for listed in lists for each in listed})


def _parse(text: str | None) -> list[str]:
    return orjson.loads(text) or [] if text else []
