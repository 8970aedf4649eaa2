"""A desk over the world, on both engines."""

from uuid import uuid4

import pytest
from sqlalchemy import insert, update

from louver.db.engine import begin_writing, create_engine
from louver.db.tables import OfficerRow
from tests.scopes.desk import open_desk
from tests.scopes.staff import STAFF
from tests.world.build import identify


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


@pytest.fixture
async def staffed(own_url):
    """The world with the staff of one agency replaced, so that all counts are known."""
    agency = identify("cedar")
    rows = [
        {"agency_id": agency, "id": uuid4(), "employee_id": "x", "sex": sex, "unit_id": identify("cedar", "unit", unit)}
        for unit, sexes in STAFF.items()
        for sex, count in sexes.items()
        for _ in range(count)
    ]
    table, engine = OfficerRow.__table__, create_engine(own_url)
    async with begin_writing(engine) as connection:
        await connection.execute(update(table).where(table.c.agency_id == agency).values(unit_id=None, sex=None))
        await connection.execute(insert(table), [{"is_sworn": True, "is_undercover": False, **row} for row in rows])
    await engine.dispose()
    return rows
