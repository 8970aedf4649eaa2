"""An agency's people, as its administrator keeps them: made, closed, opened, given credentials, removed."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.overlays import read_defaults
from louver.authz.passwords import Passwords
from louver.authz.vocabulary import Role
from louver.db.access import MembershipRow, MembershipUnitRow, PersonRow
from louver.db.codes import PersonStatus
from louver.db.finding import get_officer_id, get_unit_id
from louver.db.people import PersonCredentialRow, RecoveryCodeRow
from louver.errors import InvalidInputError
from louver.people.accounts import end_all_sessions, normalize_email, write_credentials
from louver.resolvers.administrators import list_holders, require_administrable
from louver.resolvers.overlays import Stamp, lock_overlay
from louver.resolvers.roles import assign_roles

TEMPORARY = timedelta(hours=72)
"""How long a password that an administrator hands out opens the way to a new one."""
_EMAIL_MAX = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberOrder:
    """Who is to be a member, and as what."""

    email: str
    name: str
    roles: tuple[str, ...]
    officer: str | None = None
    units: tuple[str, ...] = ()
    trainings_from: date | None = None
    trainings_to: date | None = None


class Listed(NamedTuple):
    """A member, as lists show one."""

    id: UUID
    email: str
    name: str
    status: PersonStatus
    roles: list[str]
    last_login_at: datetime | None
    mfa_enabled: bool
    has_password: bool


async def add_member(connection: AsyncConnection, agency_id: UUID, order: MemberOrder, stamp: Stamp) -> UUID:
    """Make an account and its membership. It has no password yet.

    Raises:
        InvalidInputError: the order makes no sense, or the address has an account already.
    """
    email, person_id = _require_sense(order), uuid4()
    if await connection.scalar(select(PersonRow.id).where(PersonRow.email == email)):
        raise InvalidInputError(
            "The address has an account already.", hint="`louver person list` shows the agency's; else choose another"
        )
    person = {"id": person_id, "email": email, "name": order.name.strip(), "status": PersonStatus.ACTIVE}
    await connection.execute(insert(PersonRow).values(person))
    await write_credentials(connection, person_id, {"enabled_at": stamp.at})
    await join_agency(connection, agency_id, person_id, order, stamp)
    return person_id


async def join_agency(
    connection: AsyncConnection, agency_id: UUID, person_id: UUID, order: MemberOrder, stamp: Stamp
) -> None:
    """Make a person a member.

    Raises:
        InvalidInputError: there is no such role, unit or officer.
    """
    units = [await get_unit_id(connection, agency_id, unit) for unit in order.units]
    membership: dict[str, Any] = {
        "agency_id": agency_id, "id": uuid4(), "person_id": person_id, "roles": [],
        "unit_id": units[0] if units else None,
        "officer_id": await get_officer_id(connection, agency_id, order.officer) if order.officer else None,
        "trainings_from": order.trainings_from, "trainings_to": order.trainings_to,
    }  # fmt: skip
    await connection.execute(insert(MembershipRow).values(membership))
    for unit_id in dict.fromkeys(units[1:]):
        link = {"agency_id": agency_id, "membership_id": membership["id"], "unit_id": unit_id}
        await connection.execute(insert(MembershipUnitRow).values(link))
    await assign_roles(connection, agency_id, person_id, order.roles, stamp)


async def list_members(connection: AsyncConnection, agency_id: UUID) -> list[Listed]:
    """List an agency's people by address."""
    person, credential = PersonRow, PersonCredentialRow
    found = await connection.execute(
        select(
            person.id,
            person.email,
            person.name,
            person.status,
            MembershipRow.roles,
            person.last_login_at,
            person.mfa_enabled,
            credential.password_hash.is_not(None),
        )
        .join(MembershipRow, MembershipRow.person_id == person.id)
        .outerjoin(credential, credential.person_id == person.id)
        .where(MembershipRow.agency_id == agency_id)
        .order_by(person.email)
    )
    return [Listed._make(row) for row in found]


async def set_password(connection: AsyncConnection, agency_id: UUID, email: str, now: datetime) -> str:
    """Give a member a password to be changed at log-in, and answer it: the only place where it can be read.

    Raises:
        InvalidInputError: the agency has no such member, or not alone.
    """
    person_id, password, passwords = (
        await _get_own(connection, agency_id, email),
        secrets.token_urlsafe(15),
        Passwords(),
    )
    try:
        values = {
            "password_hash": await passwords.hash(password), "is_temporary": True,
            "temporary_until": now + TEMPORARY, "enabled_at": now,
        }  # fmt: skip
    finally:
        passwords.close()
    await write_credentials(connection, person_id, values)
    await end_all_sessions(connection, person_id)
    return password


async def reset_totp(connection: AsyncConnection, agency_id: UUID, email: str) -> None:
    """Take a member's second factor away, with what stands in for it.

    Raises:
        InvalidInputError: the agency has no such member, or not alone.
    """
    person_id = await _get_own(connection, agency_id, email)
    values = {"totp_secret": None, "totp_confirmed_at": None, "totp_last_step": None}
    await write_credentials(connection, person_id, values)
    await connection.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id))
    await connection.execute(update(PersonRow).where(PersonRow.id == person_id).values(mfa_enabled=False))
    await end_all_sessions(connection, person_id)


async def set_status(
    connection: AsyncConnection, agency_id: UUID, email: str, status: PersonStatus, now: datetime
) -> None:
    """Close or open a member's account. Whoever is closed out is out at the next request.

    Raises:
        InvalidInputError: the agency has no such member, or not alone.
        AccessDeniedError: nobody would be left to administer.
    """
    person_id = await _get_own(connection, agency_id, email)
    async with _administrable(connection, agency_id, now):
        await connection.execute(update(PersonRow).where(PersonRow.id == person_id).values(status=status))
        if status is PersonStatus.ACTIVE:
            await write_credentials(connection, person_id, {"enabled_at": now})
        else:
            await end_all_sessions(connection, person_id)


async def remove_member(connection: AsyncConnection, agency_id: UUID, email: str, now: datetime) -> None:
    """End a membership; what the person recorded stays. An account without any other is closed.

    Raises:
        InvalidInputError: the agency has no such member.
        AccessDeniedError: nobody would be left to administer.
    """
    person_id = await get_member_id(connection, agency_id, email)
    is_it = (MembershipRow.agency_id == agency_id) & (MembershipRow.person_id == person_id)
    async with _administrable(connection, agency_id, now):
        await connection.execute(delete(MembershipRow).where(is_it))
    if not await connection.scalar(select(MembershipRow.id).where(MembershipRow.person_id == person_id).limit(1)):
        is_person = PersonRow.id == person_id
        await connection.execute(update(PersonRow).where(is_person).values(status=PersonStatus.DEACTIVATED))
        await end_all_sessions(connection, person_id)


async def get_member_id(connection: AsyncConnection, agency_id: UUID, email: str) -> UUID:
    """Get a member by address. Leak: only members are found, or one could try out who has an account elsewhere.

    Raises:
        InvalidInputError: the agency has no such member.
    """
    found: UUID | None = await connection.scalar(
        select(PersonRow.id)
        .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .where(MembershipRow.agency_id == agency_id, PersonRow.email == normalize_email(email))
    )
    if found is None:
        raise InvalidInputError("The agency has no such member.", hint="`louver person list` shows its members")
    return found


async def _get_own(connection: AsyncConnection, agency_id: UUID, email: str) -> UUID:
    """Get a member who is nobody else's. Leak: a password given here would open another agency's records too."""
    person_id = await get_member_id(connection, agency_id, email)
    elsewhere = (MembershipRow.person_id == person_id) & (MembershipRow.agency_id != agency_id)
    if await connection.scalar(select(MembershipRow.id).where(elsewhere).limit(1)):
        raise InvalidInputError(
            "The account is another agency's too, so it is not for one administrator to change.",
            hint="`louver person remove` ends the membership in this agency; for the rest ask who operates the service",
        )
    return person_id


@asynccontextmanager
async def _administrable(connection: AsyncConnection, agency_id: UUID, now: datetime) -> AsyncGenerator[None]:
    """Hold a change to what leaves an administrator."""
    overlay = await lock_overlay(connection, agency_id)
    snapshot = read_defaults().with_overlay(agency_id, overlay.lines)
    before = await list_holders(connection, agency_id, now)
    yield
    after = await list_holders(connection, agency_id, now)
    require_administrable(agency_id, (snapshot, before), (snapshot, after))


def _require_sense(order: MemberOrder) -> str:
    """Answer the address in the store's form."""
    email = normalize_email(order.email)
    local, _, domain = email.rpartition("@")
    if not local or not domain or len(email) > _EMAIL_MAX or not email.isprintable() or " " in email:
        raise InvalidInputError("This is no e-mail address.", hint="give --email name@agency.example")
    if not order.name.strip():
        raise InvalidInputError("The name is blank.", hint="give --name")
    if not order.roles:
        raise InvalidInputError("A member without a role sees nothing.", hint="give --role")
    if Role.OFFICER in order.roles and not order.officer:
        raise InvalidInputError("The role officer sees one officer's records.", hint="give --officer BADGE")
    # Leak: a supervisor must not see incidents of their own, and whose those are is told by the officer alone.
    if Role.SUPERVISOR in order.roles and not (order.officer and order.units):
        raise InvalidInputError(
            "The role supervisor sees its units' records, but no incident of its own officer's.",
            hint="give --unit NAME and --officer BADGE",
        )
    if (order.trainings_from is None) != (order.trainings_to is None) or (
        Role.POST_AUDITOR in order.roles and order.trainings_from is None
    ):
        raise InvalidInputError(
            "The role post_auditor sees the trainings of one cycle.", hint="give --trainings-from and --trainings-to"
        )
    return email
