"""How small a group may be: as the agency says, and to the public never smaller than three."""

from uuid import uuid4

import pytest
from sqlalchemy import insert

from louver.db.engine import begin_writing, create_engine
from louver.db.tables import UofSubjectRow
from tests.scopes.desk import At, somebody
from tests.scopes.staff import MALE, overlay
from tests.world.build import identify


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(("minimum", "smallest"), [(0, 3), (1, 3), (2, 3), (3, 3), (4, 4), (9, 9)])
async def test_public_minimum(own_desk, minimum, smallest):
    """To the public no group of fewer than three is shown, whatever the agency set; more is the agency's to ask."""
    query = "{ officersAggregate(groupBy: [UNIT, SEX]) { groups { count } } }"
    body = await own_desk.ask(At("cedar", ("public_portal",), minimum=minimum), query)
    counts = [group["count"] for group in body["data"]["officersAggregate"]["groups"]]
    assert min(counts) >= smallest
    (note,) = body["extensions"]["access"]
    assert note["minimum"] == smallest


@pytest.mark.usefixtures("staffed")
async def test_public_minimum_of_a_made_role(own_desk):
    """A role that an agency made of the public one is held to the same."""
    lines = overlay(
        ("press", "Officer", "view_aggregate", "agency"),
        ("press", "Officer.title", "view_aggregate", "agency"),
        ("press", "Officer.sex", "view_aggregate", "agency"),
    )
    me = somebody(At("cedar", ("press",), minimum=1), lines=lines)
    body = await own_desk.ask(me, "{ officersAggregate(groupBy: [SEX]) { groups { count } } }")
    assert body["extensions"]["access"][0]["minimum"] == 3


async def test_several_agencies_take_the_largest_minimum(desk):
    """Over several agencies, the one that asks for the largest groups is heeded."""
    places = [At("alder", ("auditor",), minimum=4), At("birch", ("auditor",), minimum=7)]
    body = await desk.ask(places, "{ officersAggregate(groupBy: [SEX]) { groups { count } } }")
    assert body["extensions"]["access"][0]["minimum"] == 7
    assert all(group["count"] >= 7 for group in body["data"]["officersAggregate"]["groups"])


@pytest.mark.parametrize("role", ["auditor", "public_portal"])
async def test_none_is_as_few(own_desk, own_url, role):
    """Of what may only be counted, none and few are not told apart, in the total, the sums and the groups."""
    query = "{ uofSubjectsAggregate(groupBy: [SEX]) { count groups { count } } }"
    table, engine = UofSubjectRow.__table__, create_engine(own_url)
    incident = identify("birch", "incident", 0)
    answers = []
    for count in range(6):
        async with begin_writing(engine) as connection:
            await connection.execute(table.delete().where(table.c.agency_id == identify("birch")))
            rows = [
                {"agency_id": identify("birch"), "id": uuid4(), "incident_id": incident, "seq": seq, "sex": MALE}
                for seq in range(count)
            ]
            if rows:
                await connection.execute(insert(table), rows)
        answers.append(await own_desk.ask(At("birch", (role,)), query))
    await engine.dispose()
    assert answers[:5] == [answers[0]] * 5
    assert answers[5]["data"]["uofSubjectsAggregate"] == {"count": 5, "groups": [{"count": 5}]}


async def test_hidden_is_no_group(desk):
    """Rows on which a dimension is hidden are in no group, not even in that of null."""
    query = "{ officersAggregate(groupBy: [EMPLOYMENT_STATUS]) { count groups { count key { employmentStatus } } } }"
    found = (await desk.ask(At("alder", ("officer",), officer=1), query))["data"]["officersAggregate"]
    assert found["count"] == 2
    assert sum(group["count"] for group in found["groups"]) == 1
