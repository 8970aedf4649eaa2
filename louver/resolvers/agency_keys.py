"""Keys in an administrator's hands: of the own agency, for records alone, and by roles that there are."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz import shipped
from louver.authz.overlays import read_defaults
from louver.authz.rights import Rights
from louver.authz.vocabulary import Role
from louver.db.agencies import UnitRow
from louver.db.officers import OfficerRow
from louver.errors import AccessDeniedError, InvalidInputError
from louver.resolvers import issued_keys
from louver.resolvers.administrators import list_holders, require_administrable
from louver.resolvers.issued_keys import ApiKey, Issued
from louver.resolvers.key_orders import (
    RECORDS,
    KeyOrder,
    read_networks,
    require_issuable,
    require_limits,
    require_scopes,
    require_sense,
    require_within,
)
from louver.resolvers.overlays import Author, lock_overlay


class Kept:
    """Stands for what a change leaves as it is: None takes a limit away."""


KEPT = Kept()


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who administers keys: the agency, the author, and what the author's own key was issued for."""

    agency_id: UUID
    author: Author
    rights: Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """What of a key is to be otherwise. Scopes can be narrowed; to widen them is to issue another key."""

    scopes: tuple[str, ...] | Kept = KEPT
    allowed_addresses: tuple[str, ...] | Kept | None = KEPT
    rate_per_minute: int | Kept | None = KEPT
    cost_per_minute: int | Kept | None = KEPT
    denied_mode: str | Kept | None = KEPT
    safelist: str | Kept | None = KEPT

    def as_columns(self) -> dict[str, Any]:
        """Answer what is changed, checked but for the scopes."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        values = {name: value for name, value in given.items() if value is not KEPT}
        budget = (values.get("rate_per_minute"), values.get("cost_per_minute"))
        require_limits(values.get("denied_mode"), values.get("safelist"), *budget)
        if "allowed_addresses" in values:
            values["allowed_addresses"] = read_networks(values["allowed_addresses"] or ()) or None
        return values


async def prepare(connection: AsyncConnection, by: Administrator, order: KeyOrder) -> KeyOrder:
    """Check an order, and write out what it leaves to be understood.

    Raises:
        InvalidInputError: it makes no sense, or names a role, officer or unit that the agency has not.
        AccessDeniedError: it goes too far.
    """
    require_sense(order)
    overlay = await lock_overlay(connection, by.agency_id)
    scoped = order if order.scopes else _within_records(order)
    require_issuable(scoped, overlay.made_roles, by.rights)
    await _require_own(connection, by.agency_id, order)
    return scoped


async def issue(connection: AsyncConnection, by: Administrator, order: KeyOrder, now: datetime) -> Issued:
    """Issue a key; raises as `prepare` does."""
    return await issued_keys.issue(connection, by.agency_id, await prepare(connection, by, order), by.author, now)


async def rotate(
    connection: AsyncConnection, by: Administrator, prefix: str, now: datetime, overlap: timedelta, days: int | None
) -> Issued:
    """Rotate a key for records that acts for nobody.

    Leak: whoever rotates a key holds the new one, and would be the person that it acts for, or the vendor's support.

    Raises:
        InvalidInputError: see issued_keys.rotate.
        AccessDeniedError: the key is somebody's, or administers.
    """
    await lock_overlay(connection, by.agency_id)
    key = await issued_keys.get_key(connection, prefix, by.agency_id)
    if key.person_id is not None or key.role == Role.SUPPORT or not _is_for_records(key):
        raise AccessDeniedError(
            "This key acts for a person or administers, and is not rotated by an administrator.",
            hint="have it rotated with `louver key rotate` where Louver runs, or revoke it",
        )
    require_within(key.scopes, by.rights)
    return await issued_keys.rotate(connection, key, by.author, now, overlap=overlap, days=days)


async def change(
    connection: AsyncConnection, by: Administrator, prefix: str, wanted: KeyChange, now: datetime
) -> ApiKey:
    """Change a key's limits, or narrow its scopes, from its next request on.

    Raises:
        InvalidInputError: a value is out of range, or the agency has no such key.
        AccessDeniedError: the scopes are wider than before, or the last administrator's are to be narrowed.
    """
    async with keeping_administrators(connection, by.agency_id, now):
        key = await issued_keys.get_key(connection, prefix, by.agency_id)
        values = wanted.as_columns()
        if "scopes" in values:
            _require_narrower(key, values["scopes"])
            values["scopes"] = list(values["scopes"])
        return await issued_keys.change(connection, key, values)


async def revoke(connection: AsyncConnection, by: Administrator, prefix: str, now: datetime) -> ApiKey:
    """Revoke any key of the agency, unless nobody would be left who may administer.

    Raises:
        InvalidInputError: the agency has no such key.
        AccessDeniedError: it is the last administrator's.
    """
    async with keeping_administrators(connection, by.agency_id, now):
        key = await issued_keys.get_key(connection, prefix, by.agency_id)
        return await issued_keys.revoke(connection, key, by.author, now)


@asynccontextmanager
async def keeping_administrators(connection: AsyncConnection, agency_id: UUID, now: datetime) -> AsyncGenerator[None]:
    """Hold a change to what leaves an administrator."""
    overlay = await lock_overlay(connection, agency_id)
    snapshot = read_defaults().with_overlay(agency_id, overlay.lines)
    before = await list_holders(connection, agency_id, now)
    yield
    after = await list_holders(connection, agency_id, now)
    require_administrable(agency_id, (snapshot, before), (snapshot, after))


def _within_records(order: KeyOrder) -> KeyOrder:
    return KeyOrder(**{each.name: getattr(order, each.name) for each in fields(order)} | {"scopes": (RECORDS,)})


def _is_for_records(key: ApiKey) -> bool:
    coordinates = shipped.read_coordinates()
    return key.scopes is not None and coordinates.expand_scopes(key.scopes) <= coordinates.expand(RECORDS)


def _require_narrower(key: ApiKey, scopes: tuple[str, ...]) -> None:
    if not scopes:
        raise InvalidInputError("a key without scopes would read nothing", hint="revoke it")
    require_scopes(scopes)
    before = read_defaults().rights(key.agency_id, (), scopes=key.scopes, modules=(), subscription="ACTIVE")
    if not before.is_wider(scopes):
        raise AccessDeniedError(
            "The scopes are wider than before.", hint="narrow them, or issue another key", reason="KEY_SCOPE"
        )


async def _require_own(connection: AsyncConnection, agency_id: UUID, order: KeyOrder) -> None:
    """Leak: an officer or unit of another agency's is answered as one that is not there."""
    officer, unit = OfficerRow, UnitRow
    units = set(order.unit_ids)
    mine = (unit.agency_id == agency_id) & unit.id.in_(units)
    found = await connection.scalar(select(func.count()).select_from(unit).where(mine))
    if found != len(units):
        raise InvalidInputError("The agency has no such unit.", hint="give ids of its units, unit_…")
    if order.officer_id is not None:
        is_it = (officer.agency_id == agency_id) & (officer.id == order.officer_id)
        if await connection.scalar(select(officer.id).where(is_it)) is None:
            raise InvalidInputError("The agency has no such officer.", hint="give the id of an officer, officer_…")
