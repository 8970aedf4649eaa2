"""Keys in the store: issued, rotated, changed, revoked, listed. Whatever the door, it is done here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.keys import issue_key
from louver.db.access import ApiKeyRow, KeyUnitRow
from louver.errors import InvalidInputError
from louver.resolvers.key_orders import DAYS_MAX, KeyOrder, read_networks, require_days, require_sense
from louver.resolvers.overlays import Author

OVERLAP_DEFAULT = timedelta(days=7)
OVERLAP_MAX = timedelta(days=30)
_ROTATED_LATER = "rotate the newest of the line; `louver key list` and apiKeys show which replaces which"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as the store has it, without what its secret could be told by."""

    agency_id: UUID
    id: UUID
    prefix: str
    label: str
    role: str
    is_partner: bool
    scopes: Sequence[str] | None
    purpose: str
    allowed_addresses: Sequence[str] | None
    rate_per_minute: int | None
    cost_per_minute: int | None
    denied_mode: str | None
    safelist: str | None
    person_id: UUID | None
    unit_id: UUID | None
    officer_id: UUID | None
    created_at: datetime
    issued_by: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    replaces: str | None
    last_used_at: datetime | None
    last_used_address: str | None
    calls: int

    def find_state(self, now: datetime) -> str:
        """Tell whether it is `revoked`, `expired` or `live`."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return "revoked"
        return "live" if self.expires_at is not None and self.expires_at > now else "expired"


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key."""

    text: str
    """What its owner sends. Shown once, and kept nowhere."""
    key: ApiKey


_COLUMNS = tuple(getattr(ApiKeyRow, name) for name in ApiKey.__dataclass_fields__)
_CARRIED = tuple(
    column.name
    for column in ApiKeyRow.__table__.columns
    if column.name
    not in {
        "id", "prefix", "secret_hash", "created_at", "expires_at", "revoked_at", "revoked_by", "replaces", "issued_by",
        "issued_by_id", "last_used_at", "last_used_address", "calls",
    }
)  # fmt: skip
"""What a key that replaces another takes over."""


async def issue(connection: AsyncConnection, agency_id: UUID, order: KeyOrder, author: Author, now: datetime) -> Issued:
    """Issue a key; what is returned is the only place where it can be read. Whether the author may is not asked here.

    Raises:
        InvalidInputError: the order makes no sense.
        AccessDeniedError: no agency can give what is ordered.
    """
    require_sense(order)
    first_unit, *further_units = order.unit_ids or (None,)
    values: dict[str, Any] = {
        "agency_id": agency_id, "role": order.role, "label": (order.label or order.role).strip(),
        "purpose": order.purpose.strip(), "is_partner": order.is_partner, "scopes": list(order.scopes) or None,
        "allowed_addresses": read_networks(order.allowed_addresses) or None, "denied_mode": order.denied_mode,
        "safelist": order.safelist, "rate_per_minute": order.rate_per_minute,
        "cost_per_minute": order.cost_per_minute, "unit_id": first_unit, "officer_id": order.officer_id,
        "trainings_from": order.trainings_from, "trainings_to": order.trainings_to,
    }  # fmt: skip
    issued = await _insert(connection, values, timedelta(days=order.days), author, now)
    await _add_units(connection, issued.key, (unit for unit in dict.fromkeys(further_units) if unit != first_unit))
    return issued


async def rotate(
    connection: AsyncConnection,
    key: ApiKey,
    author: Author,
    now: datetime,
    *,
    overlap: timedelta = OVERLAP_DEFAULT,
    days: int | None = None,
) -> Issued:
    """Issue a key that is like another in all, and let the other end after the overlap. Until then both are accepted.

    Raises:
        InvalidInputError: the other is not accepted any more or was rotated before, or the overlap is out of range.
    """
    _require_overlap(overlap)
    if days is not None:
        require_days(days)
    is_it = _is_it(key)
    # Locked: of two who rotate it at once, the second is told that it was rotated.
    query = select(*(getattr(ApiKeyRow, each) for each in _CARRIED)).where(is_it).with_for_update()
    carried = (await connection.execute(query)).one()
    await _require_rotatable(connection, key, now)
    assert key.expires_at is not None  # noqa: S101 - it is accepted now, see above
    lasting = timedelta(days=days) if days is not None else key.expires_at - key.created_at
    values = {**carried._mapping, "replaces": key.prefix}  # noqa: SLF001 - SQLAlchemy's public name for it
    issued = await _insert(connection, values, min(lasting, timedelta(days=DAYS_MAX)), author, now)
    further = select(KeyUnitRow.unit_id).where(KeyUnitRow.agency_id == key.agency_id, KeyUnitRow.key_id == key.id)
    await _add_units(connection, issued.key, list(await connection.scalars(further)))
    await connection.execute(update(ApiKeyRow).where(is_it).values(expires_at=min(key.expires_at, now + overlap)))
    return issued


async def revoke(connection: AsyncConnection, key: ApiKey, author: Author, now: datetime) -> ApiKey:
    """Revoke a key from its next request on; one that is revoked already stays as it is."""
    if key.revoked_at is None:
        values = {"revoked_at": now, "revoked_by": author.label}
        await connection.execute(update(ApiKeyRow).where(_is_it(key)).values(values))
    return await get_key(connection, key.prefix, key.agency_id)


async def change(connection: AsyncConnection, key: ApiKey, values: dict[str, Any]) -> ApiKey:
    """Set some of a key's columns, which were checked before."""
    if values:
        await connection.execute(update(ApiKeyRow).where(_is_it(key)).values(values))
    return await get_key(connection, key.prefix, key.agency_id)


async def get_key(connection: AsyncConnection, prefix: str, agency_id: UUID | None = None) -> ApiKey:
    """Get a key by its prefix, of one agency or of all.

    Raises:
        InvalidInputError: there is none. Leak: another agency's is none, too.
    """
    query = select(*_COLUMNS).where(ApiKeyRow.prefix == prefix)
    if agency_id is not None:
        query = query.where(ApiKeyRow.agency_id == agency_id)
    found = (await connection.execute(query)).mappings().one_or_none()
    if found is None:
        # Leak: what was typed may be a whole key with a typing error, so it is not repeated.
        raise InvalidInputError("there is no key with this prefix", hint="`louver key list` and apiKeys show prefixes")
    return ApiKey(**found)


async def list_keys(
    connection: AsyncConnection, agency_id: UUID | None, first: int | None = None, before: str | None = None
) -> list[ApiKey]:
    """List keys, newest first, of one agency or of all; with `before`, those that come after the one named."""
    key = ApiKeyRow
    query = select(*_COLUMNS).order_by(key.created_at.desc(), key.prefix).limit(first)
    if agency_id is not None:
        query = query.where(key.agency_id == agency_id)
    if before is not None:
        last = await get_key(connection, before, agency_id)
        is_older = key.created_at < last.created_at
        query = query.where(or_(is_older, (key.created_at == last.created_at) & (key.prefix > last.prefix)))
    return [ApiKey(**row) for row in (await connection.execute(query)).mappings()]


async def list_line(connection: AsyncConnection, key: ApiKey) -> list[ApiKey]:
    """List a key and those that it was rotated from, newest first."""
    line = [key]
    while line[-1].replaces is not None:
        line.append(await get_key(connection, line[-1].replaces, key.agency_id))
    return line


async def _insert(
    connection: AsyncConnection, values: dict[str, Any], lasting: timedelta, author: Author, now: datetime
) -> Issued:
    made = issue_key()
    values |= {
        "id": uuid4(), "prefix": made.prefix, "secret_hash": made.secret_hash, "created_at": now,
        "expires_at": now + lasting, "issued_by": author.label, "issued_by_id": author.id,
    }  # fmt: skip
    await connection.execute(insert(ApiKeyRow).values(values))
    return Issued(made.text, await get_key(connection, made.prefix, values["agency_id"]))


async def _add_units(connection: AsyncConnection, key: ApiKey, unit_ids: Any) -> None:
    for unit_id in unit_ids:
        link = {"agency_id": key.agency_id, "key_id": key.id, "unit_id": unit_id}
        await connection.execute(insert(KeyUnitRow).values(link))


def _require_overlap(overlap: timedelta) -> None:
    if not timedelta() <= overlap <= OVERLAP_MAX:
        hours = OVERLAP_MAX // timedelta(hours=1)
        raise InvalidInputError(
            f"the old key lives on for {OVERLAP_MAX.days} days ({hours} hours) at most", hint="choose less, or 0"
        )


async def _require_rotatable(connection: AsyncConnection, key: ApiKey, now: datetime) -> None:
    if (state := key.find_state(now)) != "live":
        raise InvalidInputError(f"the key is {state}, and is not rotated any more", hint="issue a new one")
    replaced = select(ApiKeyRow.id).where(ApiKeyRow.agency_id == key.agency_id, ApiKeyRow.replaces == key.prefix)
    if await connection.scalar(replaced.limit(1)) is not None:
        raise InvalidInputError("the key was rotated before", hint=_ROTATED_LATER)


def _is_it(key: ApiKey) -> ColumnElement[bool]:
    return (ApiKeyRow.agency_id == key.agency_id) & (ApiKeyRow.id == key.id)
