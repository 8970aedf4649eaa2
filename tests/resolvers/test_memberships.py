"""Several roles and agencies at once: each row shows what the roles held in its own agency show of it, cell by cell."""

import pytest

from tests.resolvers.principals import Asker, join
from tests.world.build import ROWS
from tests.world.policy import fields_of
from tests.world.shown import RELATIONS, outside_id, render
from tests.world.sight import Sight

PAIRS = {
    "chief of both": (("alder", "chief"), ("birch", "chief")),
    "chief here, auditor there": (("alder", "chief"), ("birch", "auditor")),
    "coordinator here, chief there": (("alder", "training_coordinator"), ("birch", "chief")),
    "supervisor here, officer there": (("alder", "supervisor"), ("birch", "officer")),
    "public here, supervisor there": (("alder", "public_portal"), ("birch", "supervisor")),
    "support here, administrator there": (("alder", "support"), ("birch", "agency_admin")),
    "supervisor of both": (("alder", "supervisor"), ("birch", "supervisor")),
    "state auditor of both": (("alder", "post_auditor"), ("birch", "post_auditor")),
    "several roles in each": (("alder", "officer", "hr"), ("birch", "records_clerk", "auditor")),
}


@pytest.mark.parametrize("type_name", ROWS)
@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
async def test_agencies(served, pair, type_name):
    """With memberships in two agencies, the list is that of each put together, and no row shows more or less."""
    members = [join(*each) for each in pair]
    both = await Asker.of(served, *members).list(type_name)
    apart = [await Asker.of(served, member).list(type_name) for member in members]
    assert both == apart[0] | apart[1]
    assert len(both) == len(apart[0]) + len(apart[1])


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
async def test_order_of_memberships(served, pair):
    """It makes no difference which membership comes first."""
    members = [join(*each) for each in pair]
    there = await Asker.of(served, *members).list("Officer")
    assert await Asker.of(served, *reversed(members)).list("Officer") == there


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
async def test_filters_and_orders(served, pair):
    """A filter and an order over both agencies compare each row as it is seen in its own."""
    asker = Asker.of(served, *(join(*each) for each in pair))
    listed = await asker.list("Officer")
    names = [officer["badgeNumber"] for officer in listed.values() if officer["badgeNumber"]]
    if not names:
        return
    arguments = f'first: 1000, filter: {{ badgeNumber: {{ gte: "{names[0]}" }} }}, orderBy: [{{ field: BADGE_NUMBER }}]'
    found = list((await asker.list("Officer", arguments)).values())
    seen = [officer["badgeNumber"].encode() for officer in found]
    assert seen == sorted(seen)
    assert {officer["id"] for officer in found} == {
        row_id
        for row_id, officer in listed.items()
        if officer["badgeNumber"] and officer["badgeNumber"].encode() >= names[0].encode()
    }


async def test_nested_stays_in_its_agency(served):
    """Rows below a row are of its agency, with what is seen there."""
    asker = Asker.of(served, join("alder", "chief"), join("birch", "auditor"))
    query = """
    { agencies { nodes { id officers(first: 200) { nodes {
        id lastName agency { id } trainings { nodes { score agency { id } } } } } } } }
    """
    agencies = (await asker.ask(query))["data"]["agencies"]["nodes"]
    listed = await asker.list("Officer")
    assert len(agencies) == 2
    for agency in agencies:
        for officer in agency["officers"]["nodes"]:
            assert officer["agency"] == {"id": agency["id"]}
            assert officer["lastName"] == listed[officer["id"]]["lastName"]
            assert all(training["agency"] == {"id": agency["id"]} for training in officer["trainings"]["nodes"])
    names = [officer["lastName"] or "." for officer in agencies[0]["officers"]["nodes"]]
    others = [officer["lastName"] or "." for officer in agencies[1]["officers"]["nodes"]]
    assert {all(len(name) <= 2 for name in names), all(len(name) <= 2 for name in others)} == {True, False}


async def test_counts(served, world):
    """Counts are over what may be counted in either agency, with small groups hidden if that is so in one of them."""
    asker = Asker.of(served, join("alder", "chief"), join("birch", "public_portal"))
    body = await asker.ask("{ officersAggregate(groupBy: [IS_SWORN]) { count groups { count key { isSworn } } } }")
    officers = world.of_agency("Officer", "alder") + world.of_agency("Officer", "birch")
    assert body["data"]["officersAggregate"]["count"] == len(officers)
    assert body["extensions"]["access"][-1]["access"] == "SUPPRESSED"
    closed = await asker.ask(
        "{ officersAggregate(groupBy: [OFFICER]) { count } officers { totalCount } }".replace("OFFICER", "UNIT")
    )
    assert closed["data"]["officers"]["totalCount"] == len(world.of_agency("Officer", "alder"))


ROLE_SETS = [
    ("officer", "hr"),
    ("supervisor", "hr"),
    ("auditor", "records_clerk"),
    ("support", "auditor"),
    ("training_coordinator", "supervisor"),
    ("post_auditor", "officer"),
    ("agency_admin", "auditor"),
    ("records_clerk", "hr", "supervisor"),
]


def combine(sights, coordinate, row):
    """The most that one of several roles sees of a cell: bare before masked before nothing."""
    masked = None
    for sight in sights.values():
        value = render(sight.visible(coordinate, row))
        if value is not None and sight.letter(coordinate, row) == "V":
            return value
        masked = masked or value
    return masked


@pytest.mark.parametrize("type_name", ["Officer", "Training", "UofIncident", "UofInvolvement", "UofSubject"])
@pytest.mark.parametrize("roles", ROLE_SETS, ids="+".join)
async def test_roles(served, world, roles, type_name):
    """With several roles in one agency each cell shows the most that one of them shows of it."""
    listed = await Asker.of(served, join("alder", *roles)).list(type_name)
    sights = {role: Sight(world, role) for role in roles}
    rows = {row["id"]: row for sight in sights.values() for row in sight.scopes.listed(type_name)}
    fields = [field for field in fields_of(type_name) if f"{type_name}.{field}" not in RELATIONS]
    assert listed == {
        outside_id(type_name, row): {
            "id": outside_id(type_name, row),
            **{field: combine(sights, f"{type_name}.{field}", row) for field in fields},
        }
        for row in rows.values()
    }
