"""State auditors: the trainings of sworn officers, of the cycle that each agency granted, and of no other agency."""

from datetime import date

import pytest

from tests.scopes.desk import EVERY_TRAINING, At
from tests.world.shown import outside_id

TRAININGS = "{ trainings(first: 1000) { totalCount nodes { id } } }"
CYCLE = (date(2022, 3, 1), date(2024, 2, 29))


def auditor(cycle, agency: str = "alder") -> At:
    return At(agency, ("post_auditor",), cycle=cycle)


def expected(world, cycle, agency: str = "alder") -> set[str]:
    """Trainings of sworn officers, completed from the first day to the last."""
    sworn = {row["id"] for row in world.of_agency("Officer", agency) if row["is_sworn"]}
    return {
        outside_id("Training", row)
        for row in world.of_agency("Training", agency)
        if row["officer_id"] in sworn and row["completed_on"] and cycle[0] <= row["completed_on"] <= cycle[1]
    }


async def listed(desk, who) -> set[str]:
    page = (await desk.ask(who, TRAININGS))["data"]["trainings"]
    assert page["totalCount"] == len(page["nodes"])
    return {node["id"] for node in page["nodes"]}


async def test_within_the_cycle(desk, world):
    """The trainings of the cycle are reached, others of the same officers are not."""
    wanted = expected(world, CYCLE)
    assert 0 < len(wanted) < len(expected(world, EVERY_TRAINING))
    assert await listed(desk, auditor(CYCLE)) == wanted


async def test_first_and_last_day(desk, world):
    """A cycle holds its first and its last day."""
    days = sorted({row["completed_on"] for row in world.of_agency("Training", "alder") if row["completed_on"]})
    for day in days[::7]:
        assert await listed(desk, auditor((day, day))) == expected(world, (day, day))


async def test_nothing_granted(desk):
    """Without a cycle there is no training to be seen, listed, counted or led to; the officers are there."""
    body = await desk.ask(
        auditor(None),
        """{
          trainings { totalCount } trainingsAggregate { count } courses { nodes { trainings { totalCount } } }
          officers(first: 1000) { totalCount nodes { trainings { totalCount } } }
          trained: officers(filter: { trainings: { some: {} } }) { totalCount }
        }""",
    )
    data = body["data"]
    assert data["trainings"]["totalCount"] == data["trainingsAggregate"]["count"] == data["trained"]["totalCount"] == 0
    assert {node["trainings"]["totalCount"] for page in ("officers", "courses") for node in data[page]["nodes"]} == {0}
    assert data["officers"]["totalCount"] > 0


async def test_not_completed(desk, world):
    """What has no day of completion is in no cycle, however long."""
    undated = {outside_id("Training", row) for row in world.of_agency("Training", "alder") if not row["completed_on"]}
    assert undated
    assert undated & await listed(desk, auditor(EVERY_TRAINING)) == set()


async def test_a_cycle_for_each_agency(desk, world):
    """Of several agencies, each grants its own cycle; one that grants none shows none."""
    other = (date(2023, 1, 1), date(2023, 12, 31))
    places = [auditor(CYCLE), auditor(other, "birch"), auditor(None, "cedar")]
    wanted = expected(world, CYCLE) | expected(world, other, "birch")
    assert expected(world, other, "birch") != expected(world, CYCLE, "birch")
    assert await listed(desk, places) == wanted


@pytest.mark.parametrize("agency", ["birch", "cedar"])
async def test_only_agencies_that_granted(desk, world, agency):
    """Rows of an agency that gave the auditor no key or membership are out of reach, by id too."""
    row_id = outside_id("Training", world.of_agency("Training", agency)[0])
    query = (
        f'{{ training(id: "{row_id}") {{ id }} agencies {{ nodes {{ ori }} }} officers(first: 1000) {{ totalCount }} }}'
    )
    data = (await desk.ask(auditor(EVERY_TRAINING), query))["data"]
    assert data["training"] is None
    assert [node["ori"] for node in data["agencies"]["nodes"]] == ["MN0270001"]
    assert data["officers"]["totalCount"] == sum(row["is_sworn"] for row in world.of_agency("Officer", "alder"))
