"""What an agency's decisions depend on, read from the store as it stands."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.facts import AgencyFacts
from louver.authz.files import FileRole
from louver.db.access import AgencyRoleRow
from louver.db.agencies import AgencyRow
from louver.errors import InvalidInputError
from louver.resolvers.overlays import read_lines


async def read_facts(connection: AsyncConnection, agency_id: UUID) -> AgencyFacts:
    """Read an agency's lines in force, its own roles and what it subscribes to.

    Raises:
        InvalidInputError: there is no such agency.
    """
    agency = AgencyRow
    found = await connection.execute(
        select(agency.modules, agency.status, agency.policy_overlay_version).where(agency.id == agency_id)
    )
    row = found.one_or_none()
    if row is None:
        raise InvalidInputError(
            "There is no such agency.", hint="`louver demo` and `louver import` print agencies' ids"
        )
    roles = await read_made_roles(connection, agency_id)
    return AgencyFacts(
        agency_id,
        await read_lines(connection, agency_id, row.policy_overlay_version),
        frozenset(str(module) for module in row.modules),
        str(row.status),
        {name: role.template for name, role in roles.items()},
        row.policy_overlay_version,
    )


async def read_made_roles(connection: AsyncConnection, agency_id: UUID) -> dict[str, FileRole]:
    """Read the agency's own roles that are not retired."""
    role = AgencyRoleRow
    found = await connection.execute(
        select(role.name, role.template, role.description)
        .where(role.agency_id == agency_id, role.retired_at.is_(None))
        .order_by(role.name)
    )
    return {name: FileRole(template, description) for name, template, description in found}
