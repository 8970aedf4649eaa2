"""Two doors to the same keys: an administrator's key in the environment, or the installation's own operator."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.duties import Administered
from louver.authz.vocabulary import Role
from louver.cli import administering
from louver.cli.administering import KEY_VARIABLE, Acting
from louver.cli.operating import Operating, look, operate
from louver.db.access import PolicyLineRow
from louver.db.agencies import AgencyRow
from louver.db.finding import get_agency, get_officer_id, get_unit_id
from louver.errors import AccessDeniedError, InvalidInputError
from louver.logging import Event
from louver.resolvers import agency_keys, issued_keys
from louver.resolvers.agency_keys import Administrator, KeyChange
from louver.resolvers.issued_keys import ApiKey, Issued
from louver.resolvers.key_orders import KeyOrder

KEYS = Administered.KEYS
Made = tuple[Issued, str]
"""A new key, and its agency's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person names on the command line in place of ids."""

    agency: str | None = None
    officer: str | None = None
    units: Sequence[str] = ()


def is_administrator() -> bool:
    """Whether a key is in the environment: then it acts in its own agency, by its own rights."""
    return bool(os.environ.get(KEY_VARIABLE))


def create(order: KeyOrder, typed: Typed) -> Made:
    """Issue a key."""

    async def administer(acting: Acting) -> Made:
        await _require_own_agency(acting, typed)
        found = await _find_ids(acting.connection, acting.agency_id, order, typed)
        issued = await agency_keys.issue(acting.connection, _as_administrator(acting), found, acting.now)
        acting.named.append(issued.key.prefix)
        return issued, await _name_agency(acting.connection, acting.agency_id)

    async def run(operating: Operating) -> Made:
        if typed.agency is None:
            raise InvalidInputError("whose key it is has to be said", hint=f"give --agency, or set {KEY_VARIABLE}")
        operating.agency_id = agency_id = (await get_agency(operating.connection, typed.agency)).id
        await _require_role(operating.connection, agency_id, order.role)
        found = await _find_ids(operating.connection, agency_id, order, typed)
        issued = await issued_keys.issue(operating.connection, agency_id, found, operating.author, operating.now)
        operating.named.append(issued.key.prefix)
        return issued, await _name_agency(operating.connection, issued.key.agency_id)

    if is_administrator():
        return administering.change(KEYS, Event.KEY_ISSUED, "louver key create", administer)
    return operate(Administered.KEYS, Event.KEY_ISSUED, "louver key create", run)


def rotate(prefix: str, overlap: timedelta, days: int | None) -> Made:
    """Rotate a key."""

    async def administer(acting: Acting) -> Made:
        by = _as_administrator(acting)
        issued = await agency_keys.rotate(acting.connection, by, prefix, acting.now, overlap, days)
        acting.named.extend([prefix, issued.key.prefix])
        return issued, await _name_agency(acting.connection, acting.agency_id)

    async def run(operating: Operating) -> Made:
        key = await _get(operating, prefix)
        details = (key, operating.author, operating.now)
        issued = await issued_keys.rotate(operating.connection, *details, overlap=overlap, days=days)
        operating.named.append(issued.key.prefix)
        return issued, await _name_agency(operating.connection, issued.key.agency_id)

    if is_administrator():
        return administering.change(KEYS, Event.KEY_ROTATED, "louver key rotate", administer)
    return operate(Administered.KEYS, Event.KEY_ROTATED, "louver key rotate", run)


def change(prefix: str, wanted: KeyChange) -> ApiKey:
    """Change a key's limits; an administrator's business alone."""

    async def administer(acting: Acting) -> ApiKey:
        changed = await agency_keys.change(acting.connection, _as_administrator(acting), prefix, wanted, acting.now)
        acting.named.append(changed.prefix)
        return changed

    return administering.change(KEYS, Event.KEY_CHANGED, "louver key change", administer)


def revoke(prefix: str) -> ApiKey:
    """Revoke a key."""

    async def administer(acting: Acting) -> ApiKey:
        revoked = await agency_keys.revoke(acting.connection, _as_administrator(acting), prefix, acting.now)
        acting.named.append(prefix)
        return revoked

    async def run(operating: Operating) -> ApiKey:
        key = await _get(operating, prefix)
        return await issued_keys.revoke(operating.connection, key, operating.author, operating.now)

    if is_administrator():
        return administering.change(KEYS, Event.KEY_REVOKED, "louver key revoke", administer)
    return operate(Administered.KEYS, Event.KEY_REVOKED, "louver key revoke", run)


def list_keys(agency: str | None) -> list[tuple[ApiKey, str]]:
    """List keys, newest first, each with its agency's name."""

    async def administer(acting: Acting) -> list[tuple[ApiKey, str]]:
        await _require_own_agency(acting, Typed(agency=agency))
        return await _list(acting.connection, acting.agency_id)

    async def run(connection: AsyncConnection) -> list[tuple[ApiKey, str]]:
        return await _list(connection, None if agency is None else (await get_agency(connection, agency)).id)

    if is_administrator():
        return administering.read(KEYS, "louver key list", administer)
    return look(run)


async def _list(connection: AsyncConnection, agency_id: UUID | None) -> list[tuple[ApiKey, str]]:
    names: dict[UUID, str] = {
        row.id: row.name for row in await connection.execute(select(AgencyRow.id, AgencyRow.name))
    }
    return [(key, names[key.agency_id]) for key in await issued_keys.list_keys(connection, agency_id)]


async def _name_agency(connection: AsyncConnection, agency_id: UUID) -> str:
    return str(await connection.scalar(select(AgencyRow.name).where(AgencyRow.id == agency_id)))


def _as_administrator(acting: Acting) -> Administrator:
    return Administrator(acting.agency_id, acting.author, acting.rights)


async def _get(operating: Operating, prefix: str) -> ApiKey:
    key = await issued_keys.get_key(operating.connection, prefix)
    operating.agency_id = key.agency_id
    operating.named.append(key.prefix)
    return key


async def _find_ids(connection: AsyncConnection, agency_id: UUID, order: KeyOrder, typed: Typed) -> KeyOrder:
    units = [await get_unit_id(connection, agency_id, unit) for unit in typed.units]
    officer = await get_officer_id(connection, agency_id, typed.officer) if typed.officer else None
    return replace(order, officer_id=officer, unit_ids=tuple(units))


async def _require_own_agency(acting: Acting, typed: Typed) -> None:
    """Leak: an agency that is not there is answered as another's."""
    if typed.agency is None:
        return
    try:
        is_own = (await get_agency(acting.connection, typed.agency)).id == acting.agency_id
    except InvalidInputError:
        is_own = False
    if not is_own:
        raise AccessDeniedError("Your key is not this agency's.", hint=f"leave out --agency, or unset {KEY_VARIABLE}")


async def _require_role(connection: AsyncConnection, agency_id: UUID, role: str) -> None:
    own = await connection.scalars(
        select(PolicyLineRow.sub)
        .join(AgencyRow, AgencyRow.id == PolicyLineRow.agency_id)
        .where(AgencyRow.id == agency_id, PolicyLineRow.version == AgencyRow.policy_overlay_version)
    )
    known = {*map(str, Role), *own}
    if role not in known:
        raise InvalidInputError(f"there is no role {role!r}", hint=f"roles are {', '.join(sorted(known))}")
