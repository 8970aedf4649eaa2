"""What a stored key brings along: all its units, and the training cycle that was granted."""

from datetime import date

import pytest
from sqlalchemy import insert, update

from louver.db.engine import begin_writing, create_engine
from louver.db.tables import ApiKeyRow, KeyUnitRow
from tests.world.build import identify
from tests.world.scopes import Scopes
from tests.world.shown import outside_id
from tests.world.store import HOLDERS, Holder, key_of

OFFICERS = "{ officers(first: 1000) { nodes { id } } }"
TRAININGS = "{ trainings(first: 1000) { totalCount } }"


@pytest.fixture
def write(own_url):
    async def execute(statement):
        engine = create_engine(own_url)
        async with begin_writing(engine) as connection:
            await connection.execute(statement)
        await engine.dispose()

    return execute


async def test_several_units(own_served, write, world):
    """A key with further units reaches these from its next request on, beside the first."""
    holder = HOLDERS["supervisor"]
    before = await own_served.ask(key_of("supervisor").text, OFFICERS)
    for unit in ("cid", "fraud", "patrol"):
        link = {"agency_id": holder.agency_id, "key_id": identify("key", "supervisor")}
        await write(insert(KeyUnitRow).values(**link, unit_id=identify("alder", "unit", unit)))
    after = await own_served.ask(key_of("supervisor").text, OFFICERS)
    scopes = [Scopes(world, Holder("alder", "supervisor", unit=unit)) for unit in ("patrol", "cid")]
    wanted = {outside_id("Officer", row) for each in scopes for row in each.rows("Officer", "unit")}
    assert {node["id"] for node in after["data"]["officers"]["nodes"]} == wanted
    assert len(before["data"]["officers"]["nodes"]) < len(wanted)


async def test_unit_of_a_support_key(own_served, write):
    """Units and grants of one key do not multiply each other."""
    holder = HOLDERS["support"]
    before = await own_served.ask(key_of("support").text, "{ viewer { purpose } officers { totalCount } }")
    for unit in ("cid", "fraud"):
        link = {"agency_id": holder.agency_id, "key_id": identify("key", "support")}
        await write(insert(KeyUnitRow).values(**link, unit_id=identify("alder", "unit", unit)))
    assert await own_served.ask(key_of("support").text, "{ viewer { purpose } officers { totalCount } }") == before


@pytest.mark.parametrize(
    ("first", "last", "is_granted"),
    [
        (date(1990, 1, 1), date(2090, 1, 1), True),
        (None, None, False),
        (date(1990, 1, 1), None, False),
        (None, date(2090, 1, 1), False),
    ],
)
async def test_cycle(own_served, write, first, last, is_granted):
    """A state auditor's key without a whole cycle reaches no training; with one it does, from its next request on."""
    is_it = ApiKeyRow.id == identify("key", "post_auditor")
    await write(update(ApiKeyRow).where(is_it).values(trainings_from=first, trainings_to=last))
    body = await own_served.ask(key_of("post_auditor").text, TRAININGS)
    assert bool(body["data"]["trainings"]["totalCount"]) is is_granted
