"""Support grants: what an agency's administrator opens to the vendor's support, for a ticket and a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz import shipped
from louver.authz.vocabulary import Role
from louver.db.access import ApiKeyRow, SupportGrantRow
from louver.db.officers import OfficerRow
from louver.db.uof import UofIncidentRow
from louver.errors import AccessDeniedError, InvalidInputError
from louver.resolvers.overlays import Author, lock_overlay

LONGEST = timedelta(days=14)
_LEEWAY = timedelta(minutes=5)
"""How far a client's clock may be behind ours."""
_UOF = "UOF"
_HOW_TO_NAME = "name them by their `id`, as in officer_ and 32 digits"
ROWS_MAX = 100
"""How many officers, and how many incidents, one grant may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantOrder:
    """What is to be opened, to whom, how long and why."""

    ticket: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    fields: tuple[str, ...] | None = None
    """Coordinates, types and field groups; None for everything that the role of support has."""
    officer_ids: tuple[UUID, ...] | None = None
    incident_ids: tuple[UUID, ...] | None = None
    """The only officers, with their trainings, and the only incidents; both None for all rows."""
    includes_uof: bool = False
    person_id: UUID | None = None
    """The one engineer; None for all of the vendor's support."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportGrant:
    """A grant as it stands in the store."""

    id: UUID
    person_id: UUID | None
    ticket: str
    reason: str
    fields: Sequence[str] | None
    officer_ids: Sequence[str] | None
    incident_ids: Sequence[str] | None
    includes_uof: bool
    starts_at: datetime
    ends_at: datetime
    granted_at: datetime | None
    granted_by: str
    granted_by_id: UUID | None
    granted_by_person_id: UUID | None
    uof_asked_at: datetime | None
    uof_approved_at: datetime | None
    uof_approved_by: str | None
    revoked_at: datetime | None
    revoked_by: str | None

    def find_state(self, now: datetime) -> str:
        """Tell whether it is `revoked`, `over`, `ahead` or `live`."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return "revoked"
        if self.ends_at <= now:
            return "over"
        return "ahead" if self.starts_at > now else "live"


_COLUMNS = tuple(getattr(SupportGrantRow, name) for name in SupportGrant.__dataclass_fields__)


async def grant_support(
    connection: AsyncConnection, agency_id: UUID, order: GrantOrder, author: Author, now: datetime
) -> SupportGrant:
    """Open what is ordered. Use of force stays closed until a second person approves it.

    Raises:
        InvalidInputError: something is blank, unknown or out of range.
    """
    _require_sense(order, now)
    await lock_overlay(connection, agency_id)
    if order.person_id is not None:
        await _require_engineer(connection, agency_id, order.person_id)
    await _require_rows(connection, agency_id, OfficerRow, order.officer_ids)
    await _require_rows(connection, agency_id, UofIncidentRow, order.incident_ids)
    values: dict[str, Any] = {
        "id": uuid4(), "agency_id": agency_id, "person_id": order.person_id, "ticket": order.ticket.strip(),
        "reason": order.reason.strip(), "fields": None if order.fields is None else list(order.fields),
        "officer_ids": _as_texts(order.officer_ids), "incident_ids": _as_texts(order.incident_ids),
        "includes_uof": False, "uof_asked_at": now if order.includes_uof else None, "starts_at": order.starts_at,
        "ends_at": order.ends_at, "granted_at": now, "granted_by": author.label, "granted_by_id": author.id,
        "granted_by_person_id": author.person_id,
    }  # fmt: skip
    await connection.execute(insert(SupportGrantRow).values(values))
    return await _get(connection, agency_id, values["id"])


async def approve_uof(
    connection: AsyncConnection, agency_id: UUID, grant_id: UUID, author: Author, now: datetime
) -> SupportGrant:
    """Open use of force under a grant that asks for it, as a second person.

    Raises:
        InvalidInputError: there is no such grant, it has ended, or it does not ask for use of force.
        AccessDeniedError: the approver is who made the grant.
    """
    await lock_overlay(connection, agency_id)
    grant = await _get(connection, agency_id, grant_id)
    if grant.find_state(now) in {"revoked", "over"} or grant.uof_asked_at is None:
        raise InvalidInputError(
            "There is nothing to approve: it has ended, or does not ask for use of force.",
            hint="let a new one be made, which asks for use of force",
        )
    if not _are_two(grant, author):
        raise AccessDeniedError(
            "Use of force is opened by two people, and this is the same one.", hint="ask somebody else to approve it"
        )
    if not grant.includes_uof:
        approval = {"includes_uof": True, "uof_approved_at": now, "uof_approved_by": author.label}
        await connection.execute(update(SupportGrantRow).where(_is_it(agency_id, grant_id)).values(approval))
    return await _get(connection, agency_id, grant_id)


async def revoke_support(
    connection: AsyncConnection, agency_id: UUID, grant_id: UUID, author: Author, now: datetime
) -> SupportGrant:
    """Close a grant at once, for what is under way too; one that is closed already stays as it is.

    Raises:
        InvalidInputError: the agency has no such grant.
    """
    await lock_overlay(connection, agency_id)
    grant = await _get(connection, agency_id, grant_id)
    if grant.revoked_at is None:
        revocation = {"revoked_at": now, "revoked_by": author.label}
        await connection.execute(update(SupportGrantRow).where(_is_it(agency_id, grant_id)).values(revocation))
    return await _get(connection, agency_id, grant_id)


async def list_grants(connection: AsyncConnection, agency_id: UUID, first: int) -> list[SupportGrant]:
    """List an agency's grants, those that end last first."""
    row = SupportGrantRow
    query = select(*_COLUMNS).where(row.agency_id == agency_id).order_by(row.ends_at.desc(), row.id).limit(first)
    return [SupportGrant(**each) for each in (await connection.execute(query)).mappings()]


def _require_sense(order: GrantOrder, now: datetime) -> None:
    for name, text in (("ticket", order.ticket), ("reason", order.reason)):
        if not text.strip():
            raise InvalidInputError(
                f"The {name} is blank.", hint=f"say the {name}; the log shows it beside each access"
            )
    if order.starts_at < now - _LEEWAY:
        raise InvalidInputError("It would begin in the past.", hint="leave out startsAt to begin now")
    if not order.starts_at < order.ends_at or order.ends_at <= now:
        raise InvalidInputError("It would end before it begins.", hint="choose an end that is ahead")
    if order.ends_at - order.starts_at > LONGEST:
        raise InvalidInputError(
            f"A grant lasts {LONGEST.days} days at most.", hint="choose an earlier end; it can be granted again"
        )
    _require_fields(order)
    _require_few(order)


def _require_few(order: GrantOrder) -> None:
    for name, ids in (("officers", order.officer_ids), ("incidents", order.incident_ids)):
        if ids is not None and not 0 < len(ids) <= ROWS_MAX:
            raise InvalidInputError(
                f"{len(ids)} {name} are named, where 1 to {ROWS_MAX} can be.",
                hint="name those of the ticket; leave the list out to open all",
            )
    is_narrowed = order.officer_ids is not None or order.incident_ids is not None
    if is_narrowed and order.includes_uof != (order.incident_ids is not None):
        raise InvalidInputError(
            "A grant of named rows asks for use of force if it names incidents, and else does not.",
            hint="send incidentIds and includesUof: true together, or neither",
        )


def _require_fields(order: GrantOrder) -> None:
    if order.fields is None:
        return
    coordinates = shipped.read_coordinates()
    records = coordinates.expand("*")
    strangers = [name for name in order.fields if coordinates.expand(name).isdisjoint(records)]
    if strangers or not order.fields:
        raise InvalidInputError(
            f"There is nothing to open called {', '.join(strangers)}." if strangers else "The list of fields is empty.",
            hint="name Type.field, Type, Type.* or field groups; leave it out to open all that support may see",
        )
    touched = {coordinates.get_module(each) for name in order.fields for each in coordinates.expand(name)}
    if _UOF in touched and not order.includes_uof:
        raise InvalidInputError(
            "Fields of use of force are named, but use of force is not asked for.", hint="ask with includesUof: true"
        )


async def _require_engineer(connection: AsyncConnection, agency_id: UUID, person_id: UUID) -> None:
    """Leak: only who holds a support key of this agency is found, or people's ids could be tried out."""
    key = ApiKeyRow
    found = await connection.scalar(
        select(key.id).where(key.agency_id == agency_id, key.person_id == person_id, key.role == Role.SUPPORT.value)
    )
    if found is None:
        raise InvalidInputError("No engineer of the vendor's has this id here.", hint="leave it out to open to all")


async def _require_rows(
    connection: AsyncConnection, agency_id: UUID, row: type[OfficerRow | UofIncidentRow], ids: Collection[UUID] | None
) -> None:
    """Leak: another agency's rows are answered as rows that do not exist."""
    if ids is None:
        return
    query = select(func.count()).select_from(row).where(row.agency_id == agency_id, row.id.in_(ids))
    if await connection.scalar(query) != len(set(ids)):
        raise InvalidInputError("Some officer or incident that is named is none of the agency's.", hint=_HOW_TO_NAME)


async def _get(connection: AsyncConnection, agency_id: UUID, grant_id: UUID) -> SupportGrant:
    found = (await connection.execute(select(*_COLUMNS).where(_is_it(agency_id, grant_id)))).mappings().one_or_none()
    if found is None:
        raise InvalidInputError("The agency has no such grant.", hint="supportGrants lists those that there are")
    return SupportGrant(**found)


def _as_texts(ids: Iterable[UUID] | None) -> list[str] | None:
    return None if ids is None else sorted({identity.hex for identity in ids})


def _is_it(agency_id: UUID, grant_id: UUID) -> ColumnElement[bool]:
    return (SupportGrantRow.agency_id == agency_id) & (SupportGrantRow.id == grant_id)


def _are_two(grant: SupportGrant, author: Author) -> bool:
    """Leak: somebody with two keys is still one person."""
    is_other_person = None in {grant.granted_by_person_id, author.person_id} or (
        grant.granted_by_person_id != author.person_id
    )
    return grant.granted_by_id != author.id and is_other_person
