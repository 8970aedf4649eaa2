"""A world with one large agency more."""

import asyncio

import pytest
from sqlalchemy import insert, text

from louver.db.engine import begin_writing, create_engine
from louver.db.tables import OfficerRow, TrainingRow, UofIncidentRow, UofInvolvementRow, UofSubjectRow
from tests.server import serving
from tests.world.build import identify
from tests.world.fill import fill

CROWD = 1_000


@pytest.fixture(scope="module")
def crowd_url(copy_world, engine_name):
    """A database with the world and a thousand officers more, each with trainings and an incident."""
    with copy_world(engine_name) as url:
        asyncio.run(_add_crowd(url))
        yield url


@pytest.fixture(scope="module")
async def crowded(crowd_url, tmp_path_factory):
    """A server over the crowd."""
    async with serving(crowd_url, tmp_path_factory.mktemp("crowded")) as server:
        yield server


async def _add_crowd(url: str) -> None:
    agency_id = identify("birch")
    tables = {row: [] for row in (OfficerRow, UofIncidentRow, TrainingRow, UofInvolvementRow, UofSubjectRow)}

    def add(row, *name, **given):
        given |= {"agency_id": agency_id, "id": identify("crowd", row.__tablename__, *name)}
        tables[row].append(fill(row.__table__, len(tables[row]), **given))
        return given["id"]

    for position in range(CROWD):
        officer_id = add(OfficerRow, position, employee_id=f"C{position}", unit_id=identify("birch", "unit", "north"))
        incident_id = add(UofIncidentRow, position)
        for place in range(3):
            course_id = identify("birch", "course", place)
            add(TrainingRow, position, place, officer_id=officer_id, course_id=course_id)
            add(UofSubjectRow, position, place, incident_id=incident_id, seq=place + 1)
        add(UofInvolvementRow, position, officer_id=officer_id, incident_id=incident_id)
    engine = create_engine(url)
    async with begin_writing(engine) as connection:
        for row, rows in tables.items():
            await connection.execute(insert(row.__table__), rows)
        await connection.execute(text("ANALYZE"))
    await engine.dispose()
