"""Who holds which roles in an agency: members who may come in, and keys that are accepted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.principals import key_roles
from louver.authz.vocabulary import DeniedMode, Role
from louver.db.access import ApiKeyRow, MembershipRow, PersonRow
from louver.db.codes import PersonStatus


class HolderKind(StrEnum):
    """What holds roles."""

    PERSON = "PERSON"
    KEY = "KEY"


@dataclass(frozen=True, slots=True)
class NamedHolder:
    """A member or a key, by name."""

    kind: HolderKind
    id: str
    """As it is written outside: `person_…`, or a key's prefix."""
    label: str
    roles: frozenset[str]
    scopes: frozenset[str] | None = None
    denied_mode: str = DeniedMode.ERRORS

    @property
    def needs_grant(self) -> bool:
        """Whether it is vendor support, which has no role without a live grant of the agency's."""
        return Role.SUPPORT in self.roles


async def list_named_holders(connection: AsyncConnection, agency_id: UUID, now: datetime) -> list[NamedHolder]:
    """List all of an agency's, people first."""
    return [*await _list_members(connection, agency_id), *await list_key_holders(connection, agency_id, now)]


async def _list_members(connection: AsyncConnection, agency_id: UUID) -> list[NamedHolder]:
    member = MembershipRow
    found = await connection.execute(
        select(PersonRow.id, PersonRow.name, member.roles)
        .join(PersonRow, PersonRow.id == member.person_id)
        .where(member.agency_id == agency_id, PersonRow.status == PersonStatus.ACTIVE)
        .order_by(PersonRow.name, PersonRow.id)
    )
    return [
        NamedHolder(HolderKind.PERSON, f"person_{identity.hex}", name, frozenset(roles))
        for identity, name, roles in found
    ]


async def list_key_holders(
    connection: AsyncConnection, agency_id: UUID, now: datetime | None = None
) -> list[NamedHolder]:
    """List an agency's keys; with `now`, those that are accepted then, without it all that there ever were."""
    key = ApiKeyRow
    query = (
        select(key.prefix, key.label, key.role, key.scopes, key.denied_mode, key.is_partner)
        .outerjoin(PersonRow, PersonRow.id == key.person_id)
        .where(key.agency_id == agency_id)
        .order_by(key.label, key.prefix)
    )
    if now is not None:
        query = query.where(
            or_(key.revoked_at.is_(None), key.revoked_at > now),
            key.expires_at > now,
            or_(key.person_id.is_(None), PersonRow.status == PersonStatus.ACTIVE),
        )
    return [
        NamedHolder(
            HolderKind.KEY,
            prefix,
            label,
            key_roles(role, is_partner=is_partner),
            None if scopes is None else frozenset(scopes),
            denied_mode or DeniedMode.ERRORS,
        )
        for prefix, label, role, scopes, denied_mode, is_partner in await connection.execute(query)
    ]
