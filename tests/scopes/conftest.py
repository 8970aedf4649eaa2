"""A desk over the world, on both engines."""

import pytest

from tests.scopes.desk import open_desk


@pytest.fixture(scope="session")
async def desk(world_url):
    """A gateway over the world, which no test writes to."""
    async with open_desk(world_url) as desk:
        yield desk


@pytest.fixture
async def own_desk(own_url):
    """A gateway over a world of the test's own; `own_url` leads to the same database."""
    async with open_desk(own_url) as desk:
        yield desk
