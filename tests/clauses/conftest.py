"""Clauses of the service's privacy policy, one test each, named by the clause's number."""

import pytest

from tests.scopes.desk import open_desk


@pytest.fixture(scope="session")
async def desk(world_url):
    """A gateway over the world, which no test writes to."""
    async with open_desk(world_url) as desk:
        yield desk
