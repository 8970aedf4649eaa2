"""The demo agencies in a database: put in, found, given new keys and grants, taken out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.db.agencies import rebuild_unit_closure
from louver.db.demo.access import SUPPORT, KeyDigest, build_grant, build_key
from louver.db.demo.build import build_rows
from louver.db.demo.draw import Row
from louver.db.demo.plans import AgencyPlan
from louver.db.tables import AgencyRow, ApiKeyRow, Base, MembershipRow, PersonRow, SupportGrantRow

Digests = Mapping[str, KeyDigest]
"""What the store keeps of a key, by role."""


async def find_agencies(connection: AsyncConnection, plans: Iterable[AgencyPlan]) -> set[UUID]:
    """Find which of the demo agencies are in the database."""
    wanted = [plan.id for plan in plans]
    return set(await connection.scalars(select(AgencyRow.id).where(AgencyRow.id.in_(wanted))))


async def has_other_agencies(connection: AsyncConnection, plans: Iterable[AgencyPlan]) -> bool:
    """Tell whether somebody's own agencies are in the database."""
    wanted = [plan.id for plan in plans]
    return bool(await connection.scalar(select(exists().where(AgencyRow.id.not_in(wanted)))))


async def add_agency(connection: AsyncConnection, plan: AgencyPlan, roles: tuple[str, ...], now: datetime) -> None:
    """Insert an agency with everything but keys and grants."""
    for table, rows in build_rows(plan, roles, now).batches():
        if rows:
            await connection.execute(insert(_table(table)), rows)
    await rebuild_unit_closure(connection, plan.id)


async def remove_agency(connection: AsyncConnection, plan: AgencyPlan) -> None:
    """Delete an agency and all that belongs to it, and the people who belong to it alone."""
    here = select(MembershipRow.person_id).where(MembershipRow.agency_id == plan.id)
    elsewhere = select(MembershipRow.person_id).where(MembershipRow.agency_id != plan.id)
    people = list(await connection.scalars(here.except_(elsewhere)))
    for table in reversed(Base.metadata.sorted_tables):
        if "agency_id" in table.c:
            await connection.execute(delete(table).where(table.c.agency_id == plan.id))
    await connection.execute(delete(PersonRow).where(PersonRow.id.in_(people)))
    await connection.execute(delete(AgencyRow).where(AgencyRow.id == plan.id))


async def find_live_prefixes(connection: AsyncConnection, plan: AgencyPlan, now: datetime) -> set[str]:
    """Find the keys of an agency that work."""
    is_live = (ApiKeyRow.agency_id == plan.id) & ApiKeyRow.revoked_at.is_(None) & (ApiKeyRow.expires_at > now)
    return set(await connection.scalars(select(ApiKeyRow.prefix).where(is_live)))


async def replace_keys(connection: AsyncConnection, plan: AgencyPlan, digests: Digests, now: datetime) -> None:
    """Give every role a new key in place of the old one."""
    memberships = await _find_memberships(connection, plan)
    keys = [build_key(plan, role, memberships[role], digest, now) for role, digest in digests.items()]
    is_old = (ApiKeyRow.agency_id == plan.id) & ApiKeyRow.id.in_([key["id"] for key in keys])
    await connection.execute(delete(ApiKeyRow).where(is_old))
    await connection.execute(insert(_table(ApiKeyRow)), keys)


async def renew_grant(connection: AsyncConnection, plan: AgencyPlan, now: datetime) -> bool:
    """Give support a new grant if the last one is over; tell whether it was. One that was revoked stays revoked."""
    lasting = select(SupportGrantRow.id).where(SupportGrantRow.agency_id == plan.id, SupportGrantRow.ends_at > now)
    if await connection.scalar(lasting.limit(1)):
        return False
    support = (await _find_memberships(connection, plan))[SUPPORT]
    await connection.execute(insert(_table(SupportGrantRow)), [build_grant(plan, support["person_id"], now)])
    return True


async def _find_memberships(connection: AsyncConnection, plan: AgencyPlan) -> dict[str, Row]:
    table = _table(MembershipRow)
    found = await connection.execute(select(table).where(table.c.agency_id == plan.id))
    return {role: dict(row) for row in found.mappings() for role in row["roles"]}


def _table(row: type[Base]) -> Table:
    table: Any = row.__table__
    return table  # type: ignore[no-any-return]  # declared as a FromClause, and always a Table here
