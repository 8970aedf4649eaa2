"""An agency as its policy knows it, read from the store for `louver policy`."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.facts import HERE, AgencyFacts
from louver.db.engine import create_engine
from louver.db.failures import unavailable_on_failure
from louver.db.finding import get_agency
from louver.resolvers.agency_facts import read_facts
from louver.settings import Settings

Result = TypeVar("Result")

DEFAULTS = AgencyFacts(HERE)
"""An agency that subscribes to everything and has changed nothing."""


async def read_agency(text: str) -> AgencyFacts:
    """Read an agency by its id, its ORI or its name.

    Raises:
        InvalidInputError: no such agency.
        DatabaseUnavailableError: the store did not answer.
    """
    return await ask_agency(text, read_facts)


async def ask_agency(text: str, ask: Callable[[AsyncConnection, UUID], Awaitable[Result]]) -> Result:
    """Ask the store something about an agency; raises as `read_agency` does."""
    async with reading() as connection:
        agency = await get_agency(connection, text)
        return await ask(connection, agency.id)


@asynccontextmanager
async def reading() -> AsyncGenerator[AsyncConnection]:
    """Open the store of records."""
    engine = create_engine(Settings.from_environment().database_url)
    try:
        with unavailable_on_failure(is_reported=True):
            async with engine.connect() as connection:
                yield connection
    finally:
        await engine.dispose()
