"""An agency's own roles, and who holds which."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.overlays import TEMPLATES, copy_lines, read_defaults
from louver.authz.vocabulary import Role
from louver.db.access import AgencyRoleRow, MembershipRow, PersonRow
from louver.errors import InvalidInputError
from louver.resolvers.administrators import list_holders, require_administrable
from louver.resolvers.overlays import Overlay, Stamp, lock_overlay
from louver.resolvers.policies import write_version

_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, slots=True)
class AgencyRole:
    """A role that the agency made."""

    name: str
    template: str
    description: str
    created_at: datetime
    created_by: str
    retired_at: datetime | None = None
    retired_by: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """A member of the agency and the roles held there."""

    person_id: UUID
    email: str
    roles: tuple[str, ...]


async def make_role(
    connection: AsyncConnection, agency_id: UUID, name: str, template: str, description: str, stamp: Stamp
) -> AgencyRole:
    """Make a role that starts with all that its template has, and differs from then on.

    Raises:
        InvalidInputError: the name is not one, or was used before; or there is no such template.
    """
    overlay = await lock_overlay(connection, agency_id)
    await _require_new(connection, agency_id, name)
    if template not in TEMPLATES:
        raise InvalidInputError(
            f"A role cannot be made from {template!r}.", hint=f"templates are {', '.join(sorted(TEMPLATES))}"
        )
    made = AgencyRole(name, template, description.strip(), stamp.at, stamp.author.label)
    values = {
        "agency_id": agency_id, "name": name, "template": template, "description": made.description,
        "created_at": made.created_at, "created_by": made.created_by,
    }  # fmt: skip
    await connection.execute(insert(AgencyRoleRow).values(values))
    extended = Overlay(agency_id, overlay.version, overlay.lines, {**overlay.made_roles, name: template})
    lines = (*overlay.lines, *copy_lines(template, name, agency_id, overlay.lines))
    await write_version(connection, extended, lines, stamp)
    return made


async def retire_role(connection: AsyncConnection, agency_id: UUID, name: str, stamp: Stamp) -> AgencyRole:
    """Take a role out of use: whoever holds it has nothing by it from the next request on.

    Raises:
        InvalidInputError: the agency has no such role.
        AccessDeniedError: nobody would be left to administer.
    """
    overlay = await lock_overlay(connection, agency_id)
    if name not in overlay.made_roles:
        own = ", ".join(sorted(overlay.made_roles)) or "none"
        raise InvalidInputError(f"The agency has made no role {name!r}, or has retired it.", hint=f"it has {own}")
    kept = tuple(line for line in overlay.lines if line.sub != name)
    if kept != overlay.lines:
        await write_version(connection, overlay, kept, stamp)
    is_it = (AgencyRoleRow.agency_id == agency_id) & (AgencyRoleRow.name == name)
    retirement = {"retired_at": stamp.at, "retired_by": stamp.author.label}
    await connection.execute(update(AgencyRoleRow).where(is_it).values(retirement))
    return next(role for role in await list_roles(connection, agency_id) if role.name == name)


async def assign_roles(
    connection: AsyncConnection, agency_id: UUID, person_id: UUID, roles: Sequence[str], stamp: Stamp
) -> Assignment:
    """Give a member exactly these roles.

    Raises:
        InvalidInputError: the person is no member, or there is no such role to give.
        AccessDeniedError: nobody would be left to administer.
    """
    overlay = await lock_overlay(connection, agency_id)
    known = {*map(str, TEMPLATES), *overlay.made_roles}
    if strangers := [role for role in roles if role not in known]:
        raise InvalidInputError(
            f"A member cannot be given {', '.join(map(repr, strangers))}.",
            hint=f"roles are {', '.join(sorted(known))}",
        )
    email = await _get_email(connection, agency_id, person_id)
    snapshot = read_defaults().with_overlay(agency_id, overlay.lines)
    before = await list_holders(connection, agency_id, stamp.at)
    given = tuple(dict.fromkeys(roles))
    is_it = (MembershipRow.agency_id == agency_id) & (MembershipRow.person_id == person_id)
    await connection.execute(update(MembershipRow).where(is_it).values(roles=list(given)))
    after = await list_holders(connection, agency_id, stamp.at)
    require_administrable(agency_id, (snapshot, before), (snapshot, after))
    return Assignment(person_id, email, given)


async def list_roles(connection: AsyncConnection, agency_id: UUID) -> list[AgencyRole]:
    """List the roles that the agency made, retired ones too, by name."""
    row = AgencyRoleRow
    found = await connection.execute(
        select(row.name, row.template, row.description, row.created_at, row.created_by, row.retired_at, row.retired_by)
        .where(row.agency_id == agency_id)
        .order_by(row.name)
    )
    return [AgencyRole(**each) for each in found.mappings()]


async def _require_new(connection: AsyncConnection, agency_id: UUID, name: str) -> None:
    """Leak: a name that was retired may still stand in somebody's membership, so it is not given out again."""
    if not _NAME.fullmatch(name):
        raise InvalidInputError(
            f"{name!r} cannot be a role's name.", hint="write 2 to 40 small letters, digits and underscores"
        )
    used = {*map(str, Role), *(role.name for role in await list_roles(connection, agency_id))}
    if name in used:
        raise InvalidInputError(f"The name {name!r} is or was a role's.", hint="choose another")


async def _get_email(connection: AsyncConnection, agency_id: UUID, person_id: UUID) -> str:
    """Leak: only members are found, or an administrator could try out who has an account elsewhere."""
    email = await connection.scalar(
        select(PersonRow.email)
        .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .where(MembershipRow.agency_id == agency_id, PersonRow.id == person_id)
    )
    if email is None:
        raise InvalidInputError("The agency has no such member.", hint="give the id of a member, person_…")
    return str(email)
