"""What an agency adds to the default policy, read from the store for `louver policy`."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz import shipped
from louver.authz.lines import PolicyLine
from louver.db.access import PolicyLineRow
from louver.db.agencies import AgencyRow
from louver.db.codes import SubscriptionStatus
from louver.db.engine import create_engine
from louver.errors import InvalidInputError
from louver.settings import Settings


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """All that decisions in an agency depend on, beside the default policy."""

    agency_id: UUID
    lines: tuple[PolicyLine, ...]
    modules: Collection[str]
    subscription: str


DEFAULTS = AgencyFacts(UUID(int=0), (), shipped.read_coordinates().modules, SubscriptionStatus.ACTIVE)
"""An agency that subscribes to everything and has changed nothing."""


async def read_agency(text: str) -> AgencyFacts:
    """Read an agency by its id, as `agency_<hex>` or bare.

    Raises:
        InvalidInputError: no such agency.
        DatabaseUnavailableError: the store did not answer.
    """
    engine = create_engine(Settings.from_environment().database_url)
    try:
        async with engine.connect() as connection:
            return await _read_agency(connection, _parse_id(text))
    finally:
        await engine.dispose()


async def _read_agency(connection: AsyncConnection, agency_id: UUID) -> AgencyFacts:
    agencies = await connection.execute(
        select(AgencyRow.modules, AgencyRow.status, AgencyRow.policy_overlay_version).where(AgencyRow.id == agency_id)
    )
    agency = agencies.one_or_none()
    if agency is None:
        raise InvalidInputError("there is no such agency", hint="`louver demo` and `louver import` print agencies' ids")
    lines = await connection.execute(
        select(PolicyLineRow.sub, PolicyLineRow.obj, PolicyLineRow.act, PolicyLineRow.rows, PolicyLineRow.eft).where(
            PolicyLineRow.agency_id == agency_id, PolicyLineRow.version == agency.policy_overlay_version
        )
    )
    overlay = tuple(PolicyLine.for_agency(agency_id, **line) for line in lines.mappings())
    return AgencyFacts(agency_id, overlay, agency.modules, agency.status)


def _parse_id(text: str) -> UUID:
    try:
        return UUID(text.removeprefix("agency_"))
    except ValueError as error:
        raise InvalidInputError(f"{text!r} is not an agency's id", hint="agency_ and 32 hexadecimal digits") from error
