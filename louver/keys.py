"""Keys as the store holds them: found by prefix, with all that their principal depends on, in one statement."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, or_, select

from louver.authz.vocabulary import Role
from louver.db.access import ApiKeyRow, PersonRow, SupportGrantRow
from louver.db.agencies import AgencyRow
from louver.db.codes import Module, PersonStatus, SubscriptionStatus
from louver.db.reader import Reader
from louver.db.types import Instant
from louver.lookups import Lookup


class Key(NamedTuple):
    """A key, its agency, its person and the support grant that is live now. In the order of the SELECT."""

    agency_id: UUID
    id: UUID
    prefix: str
    secret_hash: str
    role: str
    scopes: list[str] | None
    purpose: str
    person_id: UUID | None
    unit_id: UUID | None
    officer_id: UUID | None
    denied_mode: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    modules: list[Module]
    subscription: SubscriptionStatus
    small_cell_minimum: int
    person_status: PersonStatus | None
    grant_ticket: str | None
    """Of a live grant to vendor support; None without one, and for every other role."""
    grant_includes_uof: bool | None


class Keys:
    """Finds keys."""

    def __init__(self, reader: Reader) -> None:
        self._lookup = Lookup(_select_key(), reader)

    async def find(self, prefix: str, now: datetime) -> Key | None:
        """Find a key by its prefix, whatever its state.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        rows = await self._lookup.fetch(prefix=prefix, now=now)
        return Key._make(rows[0]) if rows else None


def _select_key() -> Select[*tuple[Any, ...]]:
    key = ApiKeyRow
    return (
        select(
            key.agency_id,
            key.id,
            key.prefix,
            key.secret_hash,
            key.role,
            key.scopes,
            key.purpose,
            key.person_id,
            key.unit_id,
            key.officer_id,
            key.denied_mode,
            key.expires_at,
            key.revoked_at,
            AgencyRow.modules,
            AgencyRow.status,
            AgencyRow.small_cell_minimum,
            PersonRow.status,
            _select_grant(SupportGrantRow.ticket),
            _select_grant(SupportGrantRow.includes_uof),
        )
        .join(AgencyRow, AgencyRow.id == key.agency_id)
        .outerjoin(PersonRow, PersonRow.id == key.person_id)
        .where(key.prefix == bindparam("prefix"))
    )


def _select_grant(column: Any) -> ColumnElement[Any]:
    """Select one column of the widest live grant: for this key's person, or for support at large."""
    grant, now = SupportGrantRow, bindparam("now", type_=Instant())
    return (
        select(column)
        .where(
            grant.agency_id == ApiKeyRow.agency_id,
            ApiKeyRow.role == Role.SUPPORT.value,
            or_(grant.person_id.is_(None), grant.person_id == ApiKeyRow.person_id),
            and_(grant.starts_at <= now, grant.ends_at > now),
            or_(grant.revoked_at.is_(None), grant.revoked_at > now),
        )
        .order_by(case((grant.includes_uof, 0), else_=1), grant.id)
        .limit(1)
        .correlate(ApiKeyRow)
        .scalar_subquery()
    )
