"""Keys as the store holds them: found by prefix, with all that their principal depends on, in one statement."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from louver.authz.grants import Grant
from louver.authz.vocabulary import Role
from louver.db.access import ApiKeyRow, KeyUnitRow, PersonRow, SupportGrantRow
from louver.db.agencies import AgencyRow
from louver.db.codes import Module, PersonStatus, SubscriptionStatus
from louver.db.reader import Reader
from louver.db.types import Instant
from louver.gathering import Gatherer
from louver.lookups import Lookup, speech_of
from louver.resolvers.cache import Latest


class Key(NamedTuple):
    """A key, its agency, its person and the support grants that are live now. In the order of the SELECT."""

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
    trainings_from: date | None
    trainings_to: date | None
    denied_mode: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    modules: list[Module]
    subscription: SubscriptionStatus
    small_cell_minimum: int
    policy_version: int
    """Of the agency's own policy: the one in force now."""
    person_status: PersonStatus | None
    is_partner: bool
    allowed_addresses: list[str] | None
    rate_per_minute: int | None
    cost_per_minute: int | None
    safelist: str | None
    grants: tuple[Grant, ...] = ()
    """The live grants to vendor support; none for every other role."""
    unit_ids: frozenset[UUID] = frozenset()
    """All units that it acts for, `unit_id` among them."""


_KEY_COLUMNS = len(Key._fields) - 2
_PREFIX = Key._fields.index("prefix")
KEYS_KEPT = 10_000


class Keys:
    """Finds keys, as they are in the store when they are asked for."""

    def __init__(self, reader: Reader) -> None:
        self._lookup = Lookup(_select_keys(reader), reader)
        self._gatherer: Gatherer[str, Key] = Gatherer(self._read)
        self._made: Latest[Key] = Latest(KEYS_KEPT)

    async def find(self, prefix: str) -> Key | None:
        """Find a key by its prefix, whatever its state; the very same object as before while nothing of it changed.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        return await self._gatherer.find(prefix)

    async def _read(self, prefixes: Sequence[str]) -> dict[str, Key]:
        grouped: dict[str, list[Sequence[Any]]] = {}
        for row in await self._lookup.fetch_raw(prefixes=prefixes, now=datetime.now(UTC)):
            grouped.setdefault(row[_PREFIX], []).append(row)
        return {
            prefix: self._made.get_or_make(prefix, rows, partial(self._make, rows)) for prefix, rows in grouped.items()
        }

    def _make(self, raw: Sequence[Sequence[Any]]) -> Key:
        rows = [self._lookup.decode(row) for row in raw]
        key = Key(*rows[0][:_KEY_COLUMNS])
        # One row for each grant and further unit together. Leak: nothing of another agency's key whose
        # prefix is the same by chance, which no constraint can rule out where agencies are spread over nodes.
        rows = [row for row in rows if row[1] == key.id]
        grants = {row[_KEY_COLUMNS]: Grant._make(row[_KEY_COLUMNS:-1]) for row in rows if row[_KEY_COLUMNS] is not None}
        units = frozenset({key.unit_id, *(row[-1] for row in rows)} - {None})
        return key._replace(grants=tuple(grants.values()), unit_ids=units)


def _select_keys(reader: Reader) -> Select[*tuple[Any, ...]]:
    key, grant, speech = ApiKeyRow, SupportGrantRow, speech_of(reader)
    prefixes = bindparam("prefixes", type_=speech.array_type(key.__table__.c.prefix.type))
    is_for_it = or_(grant.person_id.is_(None), grant.person_id == key.person_id)
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
            key.trainings_from,
            key.trainings_to,
            key.denied_mode,
            key.expires_at,
            key.revoked_at,
            AgencyRow.modules,
            AgencyRow.status,
            AgencyRow.small_cell_minimum,
            AgencyRow.policy_overlay_version,
            PersonRow.status,
            key.is_partner,
            key.allowed_addresses,
            key.rate_per_minute,
            key.cost_per_minute,
            key.safelist,
            grant.id,
            grant.ticket,
            grant.includes_uof,
            grant.fields,
            grant.officer_ids,
            grant.incident_ids,
            KeyUnitRow.unit_id,
        )
        .join(AgencyRow, AgencyRow.id == key.agency_id)
        .outerjoin(PersonRow, PersonRow.id == key.person_id)
        .outerjoin(grant, and_(key.role == Role.SUPPORT.value, grant.agency_id == key.agency_id, is_for_it, is_live()))
        .outerjoin(KeyUnitRow, and_(KeyUnitRow.agency_id == key.agency_id, KeyUnitRow.key_id == key.id))
        .where(speech.is_member(key.__table__.c.prefix, prefixes))
        .order_by(key.id, grant.ticket, grant.id)
    )


def is_live() -> ColumnElement[bool]:
    """Whether a support grant is in force at the parameter `now`."""
    grant, now = SupportGrantRow, bindparam("now", type_=Instant())
    return and_(grant.starts_at <= now, grant.ends_at > now, or_(grant.revoked_at.is_(None), grant.revoked_at > now))
