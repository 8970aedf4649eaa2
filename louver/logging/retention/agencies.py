"""What an agency chose to become of its old records, and which agencies were purged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.logging.retention.holds import is_nobodys
from louver.logging.retention.tables import audit_agencies
from louver.logging.subjects import holds_id
from louver.logging.tables import audit_records


class Removal(StrEnum):
    """What becomes of a record whose time is over."""

    ANONYMISE = "ANONYMISE"
    """Day, operation, roles and outcome stay, and name nobody."""
    DELETE = "DELETE"
    """Nothing stays but the certificate."""


async def set_removal(connection: AsyncConnection, agency_id: UUID, removal: Removal) -> None:
    """Note what the agency chose."""
    await _note(connection, agency_id, {"removal": removal})


async def find_removal(connection: AsyncConnection, agency_id: UUID) -> Removal | None:
    """Find what the agency chose; None where it left it to the installation."""
    chosen = select(audit_agencies.c.removal).where(audit_agencies.c.agency_id == agency_id)
    found = await connection.scalar(chosen)
    return Removal(found) if found else None


async def list_deleting(connection: AsyncConnection, default: Removal) -> ColumnElement[bool]:
    """Answer the condition on records that are deleted and not anonymised.

    Those of nobody, and those of several agencies at once, go by the installation's default.
    """
    chosen = select(audit_agencies.c.agency_id, audit_agencies.c.removal).where(audit_agencies.c.removal.is_not(None))
    rows = (await connection.execute(chosen)).all()
    others = [agency_id for agency_id, removal in rows if removal != default]
    agency = audit_records.c.agency_id
    if default is Removal.ANONYMISE:
        return and_(agency.is_not(None), agency.in_(others))
    return or_(agency.is_(None), agency.not_in(others))


async def note_purge(connection: AsyncConnection, agency_id: UUID, key_prefixes: Sequence[str], now: datetime) -> None:
    """Note that an agency was purged: what a hold keeps of its records goes when the hold ends."""
    values = {"purged_at": now, "cleared_at": None, "key_prefixes": list(key_prefixes)}
    await _note(connection, agency_id, values)


async def note_cleared(connection: AsyncConnection, agency_id: UUID, now: datetime) -> None:
    """Note that no record names anybody of a purged agency any more."""
    await _note(connection, agency_id, {"cleared_at": now, "key_prefixes": None})


async def list_uncleared(connection: AsyncConnection) -> list[tuple[UUID, Sequence[str]]]:
    """List purged agencies of which something may be left, with the keys that they had."""
    agency = audit_agencies.c
    left = select(agency.agency_id, agency.key_prefixes)
    left = left.where(agency.purged_at.is_not(None), agency.cleared_at.is_(None))
    return [(agency_id, prefixes or ()) for agency_id, prefixes in (await connection.execute(left)).all()]


def list_parts(agency_id: UUID, key_prefixes: Sequence[str]) -> list[ColumnElement[bool]]:
    """Answer the conditions on records that name an agency: its own, those of several agencies, and its keys' failures.

    One by one, so that the first and largest goes by its index.
    """
    record = audit_records.c
    parts = [record.agency_id == agency_id, holds_id(record.agency_ids, agency_id)]
    if key_prefixes:
        parts.append(and_(is_nobodys(), record.key_prefix.in_(key_prefixes)))
    return parts


async def _note(connection: AsyncConnection, agency_id: UUID, values: Mapping[str, Any]) -> None:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    noted = insert(audit_agencies).values(agency_id=agency_id, **values)
    await connection.execute(noted.on_conflict_do_update(index_elements=["agency_id"], set_=values))
