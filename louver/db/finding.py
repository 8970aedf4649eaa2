"""Find rows by what a person types: an agency by its name, ORI or id; an officer by badge; a unit by name."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.db.agencies import AgencyRow, UnitRow
from louver.db.officers import OfficerRow
from louver.errors import InvalidInputError

_PREFIX = "agency_"


async def find_agency(connection: AsyncConnection, text: str) -> Row[Any] | None:
    """Find an agency by its id (as `agency_<hex>` or bare), its ORI, or its name whatever the case.

    Raises:
        InvalidInputError: several have that name.
    """
    columns = select(
        AgencyRow.id, AgencyRow.name, AgencyRow.ori, AgencyRow.state, AgencyRow.timezone, AgencyRow.modules
    )
    identity = _parse_id(text)
    is_it = AgencyRow.id == identity if identity else AgencyRow.ori == text
    found = await _find_one(connection, columns.where(is_it), text)
    return found or await _find_one(connection, columns.where(func.lower(AgencyRow.name) == func.lower(text)), text)


async def get_agency(connection: AsyncConnection, text: str) -> Row[Any]:
    """Get an agency as `find_agency` does.

    Raises:
        InvalidInputError: there is none, or several have that name.
    """
    found = await find_agency(connection, text)
    if found is None:
        raise InvalidInputError(
            f"there is no agency {text!r}", hint="give its name, its ORI, or its id as agency_ and 32 digits"
        )
    return found


async def get_officer_id(connection: AsyncConnection, agency_id: UUID, badge_number: str) -> UUID:
    """Get the id of an agency's officer.

    Raises:
        InvalidInputError: none has that badge number, or several have.
    """
    is_it = (OfficerRow.agency_id == agency_id) & (OfficerRow.badge_number == badge_number)
    found = await _find_one(connection, select(OfficerRow.id).where(is_it), badge_number)
    if found is None:
        raise InvalidInputError(f"the agency has no officer with the badge {badge_number!r}", hint="check --officer")
    identity: UUID = found.id
    return identity


async def get_unit_id(connection: AsyncConnection, agency_id: UUID, name: str) -> UUID:
    """Get the id of an agency's unit.

    Raises:
        InvalidInputError: none has that name, or several have.
    """
    is_it = (UnitRow.agency_id == agency_id) & (func.lower(UnitRow.name) == func.lower(name))
    found = await _find_one(connection, select(UnitRow.id).where(is_it), name)
    if found is None:
        raise InvalidInputError(f"the agency has no unit {name!r}", hint="check --unit")
    identity: UUID = found.id
    return identity


async def _find_one(connection: AsyncConnection, query: Select[*tuple[Any, ...]], text: str) -> Row[Any] | None:
    found = (await connection.execute(query.limit(2))).all()
    if len(found) > 1:
        raise InvalidInputError(f"{text!r} is the name of several", hint="give an id, or a name that only one has")
    return found[0] if found else None


def _parse_id(text: str) -> UUID | None:
    try:
        return UUID(text.removeprefix(_PREFIX))
    except ValueError:
        return None
