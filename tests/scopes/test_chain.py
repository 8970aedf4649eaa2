"""The chain of command: an officer sees who commands the own units and those above, by name and title alone."""

import pytest
from sqlalchemy import update

from louver.db.engine import begin_writing, create_engine
from louver.db.tables import OfficerRow, UnitRow
from tests.scopes.desk import At
from tests.world.build import CIVILIAN, HIDDEN_DETECTIVE, PATROL_OFFICER, SERGEANT, identify
from tests.world.policy import fields_of
from tests.world.shown import RELATIONS, outside_id, stored

NAMED = {"firstName", "lastName", "title", "rank"}
FIELDS = [field for field in fields_of("Officer") if f"Officer.{field}" not in RELATIONS]
EVERYTHING = f"{{ officers(first: 1000) {{ totalCount nodes {{ id {' '.join(FIELDS)} }} }} }}"
IDS = "{ officers(first: 1000) { nodes { id lastName } } }"


def officer(position: int, *units: str, agency: str = "alder") -> At:
    return At(agency, ("officer",), units, position)


def officer_id(position: int, agency: str = "alder") -> str:
    return outside_id("Officer", {"id": identify(agency, "officer", position)})


async def seen(desk, who) -> set[str]:
    body = await desk.ask(who, IDS)
    return {node["id"] for node in body["data"]["officers"]["nodes"]}


async def command(url: str, unit: str, position: int | None) -> None:
    """Give a unit of the world another commander."""
    table = UnitRow.__table__
    commander = None if position is None else identify("alder", "officer", position)
    await write(url, update(table).where(table.c.id == identify("alder", "unit", unit)).values(commander_id=commander))


async def write(url: str, statement) -> None:
    engine = create_engine(url)
    async with begin_writing(engine) as connection:
        await connection.execute(statement)
    await engine.dispose()


async def test_upward_and_not_sideways(own_desk, own_url):
    """Commanders of the own unit and of all above are seen; those of units beside and below are not."""
    commanders = {"command": 10, "patrol": SERGEANT, "north": 11, "south": 12, "fraud": 13}
    for unit, position in commanders.items():
        await command(own_url, unit, position)
    assert await seen(own_desk, officer(PATROL_OFFICER)) == {officer_id(each) for each in (PATROL_OFFICER, 11, 0, 10)}
    assert await seen(own_desk, officer(SERGEANT)) == {officer_id(each) for each in (SERGEANT, 10)}


async def test_several_units(desk):
    """The units that a key or member has count beside the officer's own."""
    assert await seen(desk, officer(PATROL_OFFICER)) == {officer_id(PATROL_OFFICER), officer_id(SERGEANT)}
    both = await seen(desk, officer(PATROL_OFFICER, "fraud"))
    assert both == {officer_id(each) for each in (PATROL_OFFICER, SERGEANT, HIDDEN_DETECTIVE)}


async def test_names_and_titles_alone(desk, world):
    """Of the chain, names, title and rank are shown as stored, every other field is null; own rows are whole."""
    body = await desk.ask(officer(PATROL_OFFICER), EVERYTHING)
    nodes = {node.pop("id"): node for node in body["data"]["officers"]["nodes"]}
    sergeant, me = (world.find("Officer", identify("alder", "officer", each)) for each in (SERGEANT, PATROL_OFFICER))
    assert nodes[officer_id(SERGEANT)] == {
        field: stored(world, f"Officer.{field}", sergeant) if field in NAMED else None for field in FIELDS
    }
    assert nodes[officer_id(PATROL_OFFICER)]["badgeNumber"] == me["badge_number"]
    assert body["data"]["officers"]["totalCount"] == 2


async def test_undercover_commander(desk):
    """A commander who is undercover has no name, in the list, by id, as the unit's commander or of a training."""
    hidden, me = officer_id(HIDDEN_DETECTIVE), officer(PATROL_OFFICER, "cid")
    body = await desk.ask(
        me,
        f"""{{
          node(id: "{hidden}") {{ ... on Officer {{ id firstName lastName workEmail }} }}
          officers {{ nodes {{ id firstName lastName }} }}
          units(filter: {{ name: {{ eq: "cid" }} }}) {{ nodes {{ commander {{ id firstName lastName }} }} }}
        }}""",
    )
    nameless = {"id": hidden, "firstName": None, "lastName": None}
    assert body["data"]["node"] == {**nameless, "workEmail": None}
    assert nameless in body["data"]["officers"]["nodes"]
    assert body["data"]["units"]["nodes"] == [{"commander": nameless}]
    assert "of-hidden" not in str(body)


@pytest.mark.parametrize(
    ("relation", "shown"), [("trainings { totalCount }", "totalCount"), ("involvements { totalCount }", "totalCount")]
)
async def test_nothing_hangs_on_the_chain(desk, relation, shown):
    """Trainings and involvements of the chain are out of reach, and are not counted either."""
    body = await desk.ask(officer(PATROL_OFFICER), f"{{ officers {{ nodes {{ id {relation} }} }} }}")
    (name,) = (key for key in body["data"]["officers"]["nodes"][0] if key != "id")
    counts = {node["id"]: node[name][shown] for node in body["data"]["officers"]["nodes"]}
    assert counts[officer_id(SERGEANT)] == 0


async def test_nothing_is_compared(desk, world):
    """A filter or order by what the chain does not show treats the chain's rows as null."""
    sergeant = world.find("Officer", identify("alder", "officer", SERGEANT))
    assert sergeant["employee_id"]
    query = """query ($number: String!) {
      is: officers(filter: { employeeId: { eq: $number } }) { totalCount }
      isNot: officers(filter: { employeeId: { ne: $number } }) { totalCount }
      null: officers(filter: { employeeId: { isNull: true } }) { nodes { id } }
      last: officers(orderBy: [{ field: EMPLOYEE_ID }], last: 1) { nodes { id } }
    }"""
    body = await desk.ask(officer(PATROL_OFFICER), query, {"number": sergeant["employee_id"]})
    nothing = {"nodes": [{"id": officer_id(SERGEANT)}]}
    assert body["data"] == {"is": {"totalCount": 0}, "isNot": {"totalCount": 2}, "null": nothing, "last": nothing}


async def test_no_rights_across_agencies(own_desk, own_url):
    """The chain is the own agency's: a commander of another agency with the same roles is none of it."""
    places = [officer(PATROL_OFFICER), officer(CIVILIAN, agency="birch")]
    wanted = {officer_id(PATROL_OFFICER), officer_id(SERGEANT), officer_id(CIVILIAN, "birch")}
    assert await seen(own_desk, places) == wanted | {officer_id(SERGEANT, "birch")}
    table = UnitRow.__table__
    await write(own_url, update(table).where(table.c.agency_id == identify("birch")).values(commander_id=None))
    assert await seen(own_desk, places) == wanted


async def test_without_a_unit(own_desk, own_url):
    """An officer of no unit has no chain."""
    table = OfficerRow.__table__
    await write(
        own_url,
        update(table).where(table.c.id == identify("alder", "officer", PATROL_OFFICER)).values(unit_id=None),
    )
    assert await seen(own_desk, officer(PATROL_OFFICER)) == {officer_id(PATROL_OFFICER)}


async def test_aggregates(desk):
    """The chain counts as rows that are listed do, and groups by rank and title without suppression."""
    body = await desk.ask(
        officer(PATROL_OFFICER), "{ officersAggregate(groupBy: [TITLE]) { count groups { count key { title } } } }"
    )
    assert "extensions" not in body
    assert body["data"]["officersAggregate"]["count"] == 2
    assert sum(group["count"] for group in body["data"]["officersAggregate"]["groups"]) == 2
