"""New members of an agency: an account where there is none, and what the person is in the agency."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.vocabulary import Role
from louver.db.access import MembershipRow, MembershipUnitRow, PersonRow
from louver.db.codes import PersonStatus
from louver.db.finding import get_officer_id, get_unit_id
from louver.errors import InvalidInputError
from louver.people.accounts import normalize_email, write_credentials
from louver.resolvers.overlays import Author, Stamp
from louver.resolvers.roles import assign_roles

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


async def add_member(
    connection: AsyncConnection, agency_id: UUID, order: MemberOrder, stamp: Stamp
) -> tuple[UUID, bool]:
    """Make an account and its membership, and tell whether the account is new. A new one has no password yet.

    Leak: only who operates the service makes a member of somebody with an account elsewhere. An administrator could
    otherwise take such an account out of the hands of the agency that it is of.

    Raises:
        InvalidInputError: the order makes no sense, or the address has an account already.
    """
    email = _require_sense(order)
    known: UUID | None = await connection.scalar(select(PersonRow.id).where(PersonRow.email == email))
    is_here = (MembershipRow.person_id == known) & (MembershipRow.agency_id == agency_id)
    if known and (not is_operator(stamp.author) or await connection.scalar(select(MembershipRow.id).where(is_here))):
        raise InvalidInputError(
            "The address has an account already.",
            hint="`louver person list` shows the agency's; one of another agency is for who operates the service",
        )
    person_id = known or await _make_account(connection, email, order.name.strip(), stamp.at)
    await _join(connection, agency_id, person_id, order, stamp)
    return person_id, known is None


def is_operator(author: Author) -> bool:
    """Whether somebody acts at the service's own machine, and is no principal of any agency's."""
    return author.id is None


async def _make_account(connection: AsyncConnection, email: str, name: str, now: datetime) -> UUID:
    person_id = uuid4()
    row = {"id": person_id, "email": email, "name": name, "status": PersonStatus.ACTIVE}
    await connection.execute(insert(PersonRow).values(row))
    await write_credentials(connection, person_id, {"enabled_at": now})
    return person_id


async def _join(
    connection: AsyncConnection, agency_id: UUID, person_id: UUID, order: MemberOrder, stamp: Stamp
) -> None:
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
