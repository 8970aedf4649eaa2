"""Units: a supervisor reaches all own units and those below, and no incident of the supervisor's own."""

import pytest

from tests.scopes.desk import At
from tests.world.build import SERGEANT, UNITS, identify
from tests.world.scopes import Scopes
from tests.world.shown import outside_id
from tests.world.store import Holder

OFFICERS = "{ officers(first: 1000) { totalCount nodes { id } } }"
TRAININGS = "{ trainings(first: 1000) { totalCount nodes { id } } }"
INCIDENTS = "{ uofIncidents(first: 1000) { totalCount nodes { id } } }"


def supervisor(*units: str, officer: int | None = SERGEANT) -> At:
    return At("alder", ("supervisor",), units, officer)


def expected(world, type_name: str, *units: str, officer: int | None = SERGEANT) -> set[str]:
    """The rows within any of the units, told apart one by one."""
    scopes = [Scopes(world, Holder("alder", "supervisor", unit=unit, officer=officer)) for unit in units]
    return {outside_id(type_name, row) for each in scopes for row in each.rows(type_name, "unit")}


async def listed(desk, who, query: str) -> set[str]:
    body = await desk.ask(who, query)
    (page,) = body["data"].values()
    assert page["totalCount"] == len(page["nodes"])
    return {node["id"] for node in page["nodes"]}


@pytest.mark.parametrize("units", [["patrol"], ["north", "cid"], ["north", "south", "fraud"], list(UNITS), []])
@pytest.mark.parametrize(
    ("query", "type_name"), [(OFFICERS, "Officer"), (TRAININGS, "Training"), (INCIDENTS, "UofIncident")]
)
async def test_several_units(desk, world, units, query, type_name):
    """The rows of all own units and those below are reached, each once, and no other; without a unit none."""
    found = await listed(desk, supervisor(*units), query)
    assert found == expected(world, type_name, *units)
    assert bool(found) == bool(units)


async def test_own_incidents_go_to_the_next_level(desk, world):
    """Of the incidents of the unit, those in which the supervisor is involved are missing, and no other."""
    own = {
        outside_id("UofIncident", {"id": row["incident_id"]})
        for row in world.of_agency("UofInvolvement", "alder")
        if row["officer_id"] == identify("alder", "officer", SERGEANT)
    }
    somebody_else = At("alder", ("supervisor",), ("command",), officer=20)
    mine = await listed(desk, supervisor("command"), INCIDENTS)
    theirs = await listed(desk, somebody_else, INCIDENTS)
    assert own
    assert own & theirs
    assert own & mine == set()


@pytest.mark.parametrize("nested", ["involvements { nodes { id } }", "subjects { nodes { id } }"])
async def test_own_incidents_nowhere(desk, world, nested):
    """An incident of the supervisor's own is not reached by its id, from an officer, or in a count."""
    incident = next(
        row["incident_id"]
        for row in world.of_agency("UofInvolvement", "alder")
        if row["officer_id"] == identify("alder", "officer", SERGEANT)
    )
    me, row_id = supervisor("command"), outside_id("UofIncident", {"id": incident})
    by_id = await desk.ask(me, f'{{ uofIncident(id: "{row_id}") {{ id {nested} }} node(id: "{row_id}") {{ id }} }}')
    counted = await desk.ask(me, f'{{ uofIncidents(filter: {{ id: {{ eq: "{row_id}" }} }}) {{ totalCount }} }}')
    below = await desk.ask(
        me, "{ officers(first: 1000) { nodes { involvements(first: 1000) { nodes { incident { id } } } } } }"
    )
    assert by_id["data"] == {"uofIncident": None, "node": None}
    assert counted["data"]["uofIncidents"] == {"totalCount": 0}
    assert row_id not in str(below)


async def test_supervisor_of_unknown_identity(desk):
    """Of a supervisor who may be any officer nobody can tell own incidents from others, so none is reached."""
    assert await listed(desk, supervisor("command", officer=None), INCIDENTS) == set()
    assert await listed(desk, supervisor("command", officer=None), OFFICERS) != set()


async def test_supervisor_and_officer(desk, world):
    """With the role of an officer besides, own incidents are reached as an officer reaches them: own part only."""
    both = At("alder", ("supervisor", "officer"), ("patrol",), SERGEANT)
    holder = Holder("alder", "officer", unit="patrol", officer=SERGEANT)
    scopes = Scopes(world, holder)
    wanted = {outside_id("UofIncident", row) for scope in ("unit", "own") for row in scopes.rows("UofIncident", scope)}
    assert await listed(desk, both, INCIDENTS) == wanted
