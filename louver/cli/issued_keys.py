"""Keys in the store, for `louver key`: made, listed, revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz import shipped
from louver.authz.keys import issue_key
from louver.authz.vocabulary import Role
from louver.db.access import ApiKeyRow, KeyUnitRow, PolicyLineRow
from louver.db.agencies import AgencyRow
from louver.db.finding import get_agency, get_officer_id, get_unit_id
from louver.errors import InvalidInputError

DAYS_DEFAULT = 90
DAYS_MAX = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOrder:
    """What a key is to be."""

    agency: str
    role: str
    purpose: str
    label: str | None = None
    days: int = DAYS_DEFAULT
    officer: str | None = None
    units: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    trainings_from: date | None = None
    trainings_to: date | None = None


async def create_key(connection: AsyncConnection, order: KeyOrder, now: datetime) -> dict[str, Any]:
    """Make a key; what is returned is the only place where it can be read.

    Raises:
        InvalidInputError: the order names something that there is not, or would make a key that sees nothing.
    """
    _require_sense(order)
    agency = await get_agency(connection, order.agency)
    await _require_role(connection, agency.id, order.role)
    issued, expires_at = issue_key(), now + timedelta(days=order.days)
    units = [await get_unit_id(connection, agency.id, unit) for unit in order.units]
    _require_supervisor_known(order)
    row: dict[str, Any] = {
        "agency_id": agency.id,
        "id": uuid4(),
        "prefix": issued.prefix,
        "secret_hash": issued.secret_hash,
        "label": order.label or order.role,
        "role": order.role,
        "scopes": list(order.scopes) or None,
        "purpose": order.purpose.strip(),
        "unit_id": units[0] if units else None,
        "officer_id": await get_officer_id(connection, agency.id, order.officer) if order.officer else None,
        "trainings_from": order.trainings_from,
        "trainings_to": order.trainings_to,
        "created_at": now,
        "expires_at": expires_at,
    }
    await connection.execute(insert(ApiKeyRow).values(row))
    for unit_id in dict.fromkeys(units[1:]):
        link = {"agency_id": agency.id, "key_id": row["id"], "unit_id": unit_id}
        await connection.execute(insert(KeyUnitRow).values(link))
    shown = {name: row[name] for name in ("prefix", "role", "label", "purpose", "scopes")}
    return {"key": issued.text, "agency": agency.name, **shown, "expires_at": _as_text(expires_at)}


async def list_keys(connection: AsyncConnection, agency: str | None, now: datetime) -> list[dict[str, Any]]:
    """List keys, newest first, of one agency or of all.

    Raises:
        InvalidInputError: there is no such agency.
    """
    key = ApiKeyRow
    query = (
        select(
            key.prefix, AgencyRow.name.label("agency"), key.role, key.label, key.purpose, key.scopes,
            key.created_at, key.expires_at, key.revoked_at, key.last_used_at,
        )
        .join(AgencyRow, AgencyRow.id == key.agency_id)
        .order_by(key.created_at.desc(), key.prefix)
    )  # fmt: skip
    if agency is not None:
        query = query.where(key.agency_id == (await get_agency(connection, agency)).id)
    return [_as_dict(row, now) for row in (await connection.execute(query)).mappings()]


async def revoke_key(connection: AsyncConnection, prefix: str, now: datetime) -> dict[str, str | None]:
    """Revoke a key; one that is revoked already stays as it is.

    Raises:
        InvalidInputError: there is no such key.
    """
    found = await connection.execute(
        select(ApiKeyRow.agency_id, ApiKeyRow.id, ApiKeyRow.revoked_at).where(ApiKeyRow.prefix == prefix)
    )
    key = found.one_or_none()
    if key is None:
        # Leak: what was typed may be a whole key with a typing error, so it is not repeated.
        raise InvalidInputError("there is no key with this prefix", hint="`louver key list` shows the prefixes")
    if key.revoked_at is None:
        is_it = (ApiKeyRow.agency_id == key.agency_id) & (ApiKeyRow.id == key.id)
        await connection.execute(update(ApiKeyRow).where(is_it).values(revoked_at=now))
    return {"prefix": prefix, "revoked_at": _as_text(key.revoked_at or now)}


def _require_sense(order: KeyOrder) -> None:
    if not 1 <= order.days <= DAYS_MAX:
        raise InvalidInputError(f"a key lasts from 1 to {DAYS_MAX} days", hint=f"give --days up to {DAYS_MAX}")
    if not order.purpose.strip():
        raise InvalidInputError("the purpose is blank", hint='say what the key is for, with --purpose "…"')
    if order.role == Role.OFFICER and not order.officer:
        raise InvalidInputError("a key with the role officer sees one officer's records", hint="give --officer BADGE")
    if order.role == Role.SUPERVISOR and not order.units:
        raise InvalidInputError("a key with the role supervisor sees its units' records", hint="give --unit NAME")
    _require_cycle(order)
    _require_scopes(order.scopes)


def _require_supervisor_known(order: KeyOrder) -> None:
    # Leak: a supervisor must not see incidents of their own, and whose those are is told by the officer alone.
    if order.role == Role.SUPERVISOR and not order.officer:
        raise InvalidInputError(
            "a key with the role supervisor sees no incident of its own officer's, so it has to name the officer",
            hint="give --officer BADGE",
        )


def _require_cycle(order: KeyOrder) -> None:
    first, last = order.trainings_from, order.trainings_to
    if (first is None) != (last is None) or (first and last and first > last):
        raise InvalidInputError("a training cycle has a first and a last day", hint="give both, the first one first")
    if order.role == Role.POST_AUDITOR and first is None:
        raise InvalidInputError(
            "a key with the role post_auditor sees the trainings of one cycle",
            hint="give --trainings-from and --trainings-to",
        )


def _require_scopes(scopes: Sequence[str]) -> None:
    """Leak: a scope that names nothing opens nothing, and the key would look narrower than its owner was told."""
    known = shipped.read_coordinates().names
    if unknown := [scope for scope in scopes if scope not in known]:
        raise InvalidInputError(
            f"there is nothing called {unknown[0]!r} to open",
            hint="a scope is Type.field, Type, Type.* or a field group; `louver policy matrix --csv` lists them",
        )


async def _require_role(connection: AsyncConnection, agency_id: UUID, role: str) -> None:
    own = await connection.scalars(
        select(PolicyLineRow.sub)
        .join(AgencyRow, AgencyRow.id == PolicyLineRow.agency_id)
        .where(AgencyRow.id == agency_id, PolicyLineRow.version == AgencyRow.policy_overlay_version)
    )
    known = {*map(str, Role), *own}
    if role not in known:
        raise InvalidInputError(f"there is no role {role!r}", hint=f"roles are {', '.join(sorted(known))}")


def _as_dict(row: Any, now: datetime) -> dict[str, Any]:
    moments = {name: _as_text(row[name]) for name in ("created_at", "expires_at", "revoked_at", "last_used_at")}
    return {**row, **moments, "state": _find_state(row["revoked_at"], row["expires_at"], now)}


def _find_state(revoked_at: datetime | None, expires_at: datetime | None, now: datetime) -> str:
    if revoked_at is not None and revoked_at <= now:
        return "revoked"
    return "expired" if expires_at is not None and expires_at <= now else "live"


def _as_text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
