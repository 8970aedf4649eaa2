"""The last administrator: no change may leave an agency without one, for nobody in it could ever take it back."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.duties import Administered
from louver.authz.principals import key_roles
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import Role
from louver.db.access import ApiKeyRow, MembershipRow, PersonRow
from louver.db.codes import PersonStatus
from louver.errors import AccessDeniedError


class Holder(NamedTuple):
    """What some person or key holds in an agency."""

    roles: frozenset[str]
    scopes: frozenset[str] | None


async def list_holders(connection: AsyncConnection, agency_id: UUID, now: datetime) -> frozenset[Holder]:
    """List what members who may come in, and keys that are accepted, hold."""
    member, key = MembershipRow, ApiKeyRow
    members = await connection.scalars(
        select(member.roles)
        .join(PersonRow, PersonRow.id == member.person_id)
        .where(member.agency_id == agency_id, PersonRow.status == PersonStatus.ACTIVE)
    )
    keys = await connection.execute(
        select(key.role, key.scopes, key.is_partner)
        .outerjoin(PersonRow, PersonRow.id == key.person_id)
        .where(
            key.agency_id == agency_id,
            or_(key.revoked_at.is_(None), key.revoked_at > now),
            key.expires_at > now,
            or_(key.person_id.is_(None), PersonRow.status == PersonStatus.ACTIVE),
        )
    )
    held = {Holder(frozenset(roles), None) for roles in members}
    return frozenset(
        held
        | {
            Holder(key_roles(role, is_partner=is_partner), None if scopes is None else frozenset(scopes))
            for role, scopes, is_partner in keys
        }
    )


def require_administrable(
    agency_id: UUID,
    before: tuple[Snapshot, Collection[Holder]],
    after: tuple[Snapshot, Collection[Holder]],
) -> None:
    """Refuse a change after which nobody could change the policy back, or the role made for that could not.

    Raises:
        AccessDeniedError: it would be so.
    """
    snapshot, holders = after
    if not _may_administer(snapshot, agency_id, Holder(frozenset({Role.AGENCY_ADMIN}), None)):
        raise AccessDeniedError(
            f"The role {Role.AGENCY_ADMIN} would lose the administration of policy and roles.",
            hint=f"leave {Role.AGENCY_ADMIN} its right to enter {Administered.POLICY} and {Administered.ROLES}",
            reason="LAST_ADMINISTRATOR",
        )
    if _have_administrator(agency_id, *before) and not _have_administrator(agency_id, snapshot, holders):
        raise AccessDeniedError(
            "Nobody would be left who may change the agency's policy.",
            hint=f"give somebody else the role {Role.AGENCY_ADMIN} first",
            reason="LAST_ADMINISTRATOR",
        )


def _have_administrator(agency_id: UUID, snapshot: Snapshot, holders: Collection[Holder]) -> bool:
    return any(_may_administer(snapshot, agency_id, holder) for holder in holders)


def _may_administer(snapshot: Snapshot, agency_id: UUID, holder: Holder) -> bool:
    rights = snapshot.rights(agency_id, holder.roles, scopes=holder.scopes, modules=(), subscription="ACTIVE")
    return not any(rights.may_enter(duty).is_denied for duty in (Administered.POLICY, Administered.ROLES))
