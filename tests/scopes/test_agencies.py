"""Several agencies: each row is seen as its own agency's roles see it, in one statement for all of them."""

from itertools import combinations
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from louver.authz.lines import PolicyLine
from louver.db.agencies import rebuild_unit_closure
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import OfficerRow, UnitRow
from louver.resolvers.standings import standings_of
from tests.access.asking import PLURALS
from tests.scopes.desk import EVERY_TRAINING, At, somebody
from tests.world.build import PATROL_OFFICER, ROWS, SERGEANT, identify
from tests.world.policy import fields_of
from tests.world.shown import RELATIONS, outside_id

ROLE_SETS = [
    ("chief",),
    ("auditor",),
    ("supervisor",),
    ("officer",),
    ("records_clerk", "hr"),
    ("supervisor", "auditor"),
    ("agency_admin", "officer"),
    ("post_auditor",),
    ("support",),
    ("public_portal",),
]
PAIRS = [*combinations(ROLE_SETS, 2), (("supervisor",), ("supervisor",)), (("officer",), ("officer",))]


def place(agency: str, roles: tuple[str, ...]) -> At:
    return At(agency, roles, ("patrol",), PATROL_OFFICER if "officer" in roles else SERGEANT, cycle=EVERY_TRAINING)


def list_query(type_name: str) -> str:
    fields = " ".join(name for name in fields_of(type_name) if f"{type_name}.{name}" not in RELATIONS)
    return f"{{ {PLURALS[type_name]}(first: 1000) {{ totalCount nodes {{ id {fields} }} }} }}"


async def nodes_of(desk, places, type_name: str) -> dict:
    body = await desk.ask(places, list_query(type_name))
    page = body["data"][PLURALS[type_name]] or {"nodes": [], "totalCount": 0}
    assert len(page["nodes"]) == page["totalCount"]
    return {node["id"]: node for node in page["nodes"]}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: " & ".join("+".join(roles) for roles in pair))
async def test_each_row_by_its_own_roles(desk, pair):
    """Two agencies together show, row by row and cell by cell, what each of them shows alone."""
    places = [place(agency, roles) for agency, roles in zip(("alder", "birch"), pair, strict=True)]
    for type_name in ROWS:
        alone = [await nodes_of(desk, each, type_name) for each in places]
        assert await nodes_of(desk, places, type_name) == alone[0] | alone[1]


@pytest.mark.parametrize("type_name", [name for name in ROWS if name not in ("UofInvolvement", "UofSubject")])
async def test_one_statement(desk, type_name):
    """A list over four agencies with different roles is one statement, as over one."""
    query = list_query(type_name).replace("totalCount", "")
    places = [
        place("alder", ("chief",)),
        place("birch", ("auditor",)),
        place("cedar", ("hr",)),
        place("dogwood", ("legal",)),
    ]
    for count in range(1, 5):
        with desk.recording() as statements:
            await desk.ask(places[:count], query)
        assert len(statements) == 1


@pytest.mark.parametrize("role", ["supervisor", "officer", "post_auditor", "chief"])
async def test_two_hundred_agencies(desk, role):
    """However many agencies with equal rights, the statements are the same: they share one plan, which holds no id."""
    query = "{ officers { nodes { id lastName badgeNumber trainings { nodes { id } } } } }"
    crowd = [At("alder", (role,), ("north",), 1, cycle=EVERY_TRAINING, agency_id=UUID(int=n)) for n in range(198)]
    both = [place("alder", (role,)), place("birch", (role,))]
    with desk.recording() as few:
        wanted = await desk.ask(both, query)
    with desk.recording() as many:
        found = await desk.ask([*both, *crowd], query)
    assert found == wanted
    assert found["data"]["officers"]["nodes"]
    assert many == few


async def test_paging(desk):
    """Pages over several agencies, in an order by a field of which one agency shows a mask: nothing twice or lost."""
    places = [place("alder", ("chief",)), place("birch", ("auditor",)), place("cedar", ("officer",))]
    query = """query ($after: String) { officers(first: 4, after: $after, orderBy: [{ field: LAST_NAME }]) {
        nodes { id lastName } pageInfo { hasNextPage endCursor } } }"""
    found, cursor = [], None
    while True:
        page = (await desk.ask(places, query, {"after": cursor}))["data"]["officers"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        cursor = page["pageInfo"]["endCursor"]
    wanted = await nodes_of(desk, places, "Officer")
    assert {node["id"] for node in found} == set(wanted)
    assert len(found) == len(wanted)
    shown = [node["lastName"] for node in found if node["lastName"] is not None]
    assert shown == sorted(shown, key=str.encode)


async def test_cursor_of_fewer_agencies(desk):
    """A cursor is good for the same agencies only."""
    query = "query ($after: String) { officers(first: 2, after: $after) { pageInfo { endCursor } } }"
    both = somebody(place("alder", ("chief",)), place("birch", ("chief",)))
    cursor = (await desk.ask(both, query))["data"]["officers"]["pageInfo"]["endCursor"]
    fewer = type(both)(both.kind, both.id, both.label, both.memberships[:1], both.purpose)
    body = await desk.ask(fewer, query, {"after": cursor})
    assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def write(url: str, *statements) -> None:
    engine = create_engine(url)
    async with begin_writing(engine) as connection:
        for statement in statements:
            await connection.execute(statement)
        for agency in ("alder", "birch"):
            await rebuild_unit_closure(connection, identify(agency))
    await engine.dispose()


async def copy_row(url: str, row, row_id: UUID, **changed) -> None:
    """Put a row of one agency under another: the same id in both."""
    table, engine = row.__table__, create_engine(url)
    async with begin_writing(engine) as connection:
        found = (await connection.execute(select(table).where(table.c.id == row_id))).mappings().one()
        await connection.execute(insert(table), [{**found, **changed}])
    await engine.dispose()


async def test_a_unit_of_the_same_id(own_desk, own_url):
    """A unit of one agency that has the id of an own unit in the other is none of the caller's."""
    north = identify("alder", "unit", "north")
    await copy_row(own_url, UnitRow, north, agency_id=identify("birch"), parent_id=None, commander_id=None)
    table = OfficerRow.__table__
    await write(
        own_url,
        update(table).where(table.c.agency_id == identify("birch"), table.c.unit_id.is_(None)).values(unit_id=north),
    )
    me = [At("alder", ("supervisor",), ("north",), 3), At("birch", ("supervisor",), ("south",), 3)]
    alone = [await nodes_of(own_desk, each, "Officer") for each in me]
    assert alone[0]
    assert await nodes_of(own_desk, me, "Officer") == alone[0] | alone[1]


async def test_an_officer_of_the_same_id(own_desk, own_url):
    """Whoever has the caller's own officer id in another agency is somebody else there."""
    twin = identify("alder", "officer", PATROL_OFFICER)
    await copy_row(own_url, OfficerRow, twin, agency_id=identify("birch"), unit_id=None, last_name="Twin")
    me = [At("alder", ("officer",), officer=PATROL_OFFICER), At("birch", ("officer",), officer=None)]
    query = "{ officers(first: 1000) { nodes { id lastName agency { ori } } } }"
    nodes = (await own_desk.ask(me, query))["data"]["officers"]["nodes"]
    assert {node["agency"]["ori"] for node in nodes} == {"MN0270001"}
    assert outside_id("Officer", {"id": twin}) in {node["id"] for node in nodes}
    assert "Twin" not in str(nodes)


async def test_an_overlay_of_one_agency(desk):
    """A line of one agency's own policy holds there and not in the other, though the roles are the same."""
    line = PolicyLine.for_agency(
        identify("birch"), sub="chief", obj="Officer.lastName", act="view", rows="agency", eft="deny"
    )
    me = somebody(place("alder", ("chief",)), place("birch", ("chief",)), lines=[line])
    nodes = (await desk.ask(me, "{ officers(first: 1000) { nodes { lastName agency { ori } } } }"))["data"]["officers"][
        "nodes"
    ]
    shown = {(node["agency"]["ori"], node["lastName"] is not None) for node in nodes}
    assert ("MN0270002", True) not in shown
    assert ("MN0270001", True) in shown


@pytest.mark.parametrize(
    ("roles", "field", "is_seen"),
    [
        (("chief", "public_portal"), "lastName", False),
        (("auditor", "chief"), "lastName", True),
        (("hr", "records_clerk"), "workEmail", True),
        (("hr", "auditor"), "raceEthnicity", True),
    ],
)
async def test_roles_together(desk, roles, field, is_seen):
    """In one agency, what any role allows is allowed, and what any denies is denied: a ceiling cuts the rest too."""
    body = await desk.ask(place("alder", roles), f"{{ officers(first: 1000) {{ nodes {{ {field} }} }} }}")
    page = body["data"]["officers"]
    assert bool(page and any(node[field] for node in page["nodes"])) is is_seen


def test_one_membership_in_an_agency():
    """Two memberships in one agency are refused: the denies of the one would not cut what the other allows."""
    twice = somebody(place("alder", ("chief",)), place("alder", ("public_portal",)))
    with pytest.raises(ValueError, match="one membership"):
        standings_of(twice.memberships)


async def test_no_agency_at_all(desk):
    """A principal without any agency sees nothing, and is told so as for any denial."""
    body = await desk.ask(
        somebody(), "{ officers { totalCount } agencies { totalCount } trainingsAggregate { count } }"
    )
    assert body["data"] == {"officers": None, "agencies": None, "trainingsAggregate": None}
    assert {error["extensions"]["code"] for error in body["errors"]} == {"FIELD_DENIED"}
