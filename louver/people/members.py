"""An agency's people, as its administrator keeps them: listed, closed, opened, given credentials, removed."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.passwords import Passwords
from louver.db.access import MembershipRow, PersonRow
from louver.db.codes import PersonStatus
from louver.db.people import PersonCredentialRow, RecoveryCodeRow
from louver.errors import InvalidInputError
from louver.people.accounts import end_all_sessions, normalize_email, write_credentials
from louver.people.joining import is_operator
from louver.resolvers.agency_keys import keeping_administrators
from louver.resolvers.overlays import Author

TEMPORARY = timedelta(hours=72)
"""How long a password that an administrator hands out opens the way to a new one."""


class Listed(NamedTuple):
    """A member, as lists show one."""

    id: UUID
    email: str
    name: str
    status: PersonStatus
    roles: list[str]
    last_login_at: datetime | None
    has_factor: bool
    has_password: bool


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
            credential.totp_confirmed_at.is_not(None),
            credential.password_hash.is_not(None),
        )
        .join(MembershipRow, MembershipRow.person_id == person.id)
        .outerjoin(credential, credential.person_id == person.id)
        .where(MembershipRow.agency_id == agency_id)
        .order_by(person.email)
    )
    return [Listed._make(row) for row in found]


async def set_password(connection: AsyncConnection, agency_id: UUID, email: str, author: Author, now: datetime) -> str:
    """Give a member a password to be changed at log-in, and answer it: the only place where it can be read.

    Raises:
        InvalidInputError: the agency has no such member, or not alone.
    """
    person_id = await _get_own(connection, agency_id, email, author)
    password, passwords = secrets.token_urlsafe(15), Passwords()
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


async def reset_totp(connection: AsyncConnection, agency_id: UUID, email: str, author: Author) -> None:
    """Take a member's second factor away, with what stands in for it.

    Raises:
        InvalidInputError: the agency has no such member, or not alone.
    """
    person_id = await _get_own(connection, agency_id, email, author)
    values = {"totp_secret": None, "totp_confirmed_at": None, "totp_last_step": None}
    await write_credentials(connection, person_id, values)
    await connection.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id))
    await connection.execute(update(PersonRow).where(PersonRow.id == person_id).values(mfa_enabled=False))
    await end_all_sessions(connection, person_id)


async def set_status(
    connection: AsyncConnection, agency_id: UUID, email: str, status: PersonStatus, author: Author, now: datetime
) -> None:
    """Close or open a member's account. Whoever is closed out is out at the next request.

    Raises:
        InvalidInputError: the agency has no such member, or not alone.
        AccessDeniedError: nobody would be left to administer.
    """
    person_id = await _get_own(connection, agency_id, email, author)
    async with keeping_administrators(connection, agency_id, now):
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
    async with keeping_administrators(connection, agency_id, now):
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


async def _get_own(connection: AsyncConnection, agency_id: UUID, email: str, author: Author) -> UUID:
    """Get a member who is nobody else's, or anyone's for the operator.

    Leak: a password that one agency gives would open the other's records too.
    """
    person_id = await get_member_id(connection, agency_id, email)
    elsewhere = (MembershipRow.person_id == person_id) & (MembershipRow.agency_id != agency_id)
    is_shared = await connection.scalar(select(MembershipRow.id).where(elsewhere).limit(1))
    if is_shared and not is_operator(author):
        raise InvalidInputError(
            "The account is another agency's too, so it is not for one administrator to change.",
            hint="`louver person remove` ends the membership in this agency; for the rest ask who operates the service",
        )
    return person_id
