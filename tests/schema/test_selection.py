"""GraphQL's own devices over read plans: fragments, aliases, directives, variables, type names."""

import pytest

from tests.world.build import identify
from tests.world.shown import outside_id
from tests.world.store import key_of

OFFICER = f"officer_{identify('alder', 'officer', 1).hex}"

ALIKE = {
    "named fragment": (
        "{ officers(first: 3) { nodes { ...F } } } fragment F on Officer { id rank }",
        "{ officers(first: 3) { nodes { id rank } } }",
    ),
    "fragment in a fragment": (
        """{ officers(first: 3) { ...P } }
        fragment P on OfficerConnection { nodes { ...F } } fragment F on Officer { id }""",
        "{ officers(first: 3) { nodes { id } } }",
    ),
    "inline fragment": (
        "{ officers(first: 3) { nodes { id ... on Officer { rank } ... { title } } } }",
        "{ officers(first: 3) { nodes { id rank title } } }",
    ),
    "fragment on the interface": (
        "{ officers(first: 3) { nodes { ... on Node { id } rank } } }",
        "{ officers(first: 3) { nodes { id rank } } }",
    ),
    "merged selections": (
        "{ officers(first: 3) { nodes { unit { id } } } officers(first: 3) { nodes { unit { name } id } totalCount } }",
        "{ officers(first: 3) { nodes { unit { id name } id } totalCount } }",
    ),
    "merged lists below": (
        (
            "{ officers(first: 3) { nodes { trainings(first: 1) { nodes { id } } ...F } } }"
            " fragment F on Officer { trainings(first: 1) { nodes { status } totalCount } }"
        ),
        "{ officers(first: 3) { nodes { trainings(first: 1) { nodes { id status } totalCount } } } }",
    ),
    "fragment on the root": (
        "{ ...Q } fragment Q on Query { courses { totalCount } }",
        "{ courses { totalCount } }",
    ),
    "skipped": (
        "{ officers(first: 3) { nodes { id rank @skip(if: true) } } courses @skip(if: true) { totalCount } }",
        "{ officers(first: 3) { nodes { id } } }",
    ),
    "not included": (
        (
            "{ officers(first: 3) { nodes { id ... @include(if: false) { rank } ...F @include(if: false) } } }"
            " fragment F on Officer { title }"
        ),
        "{ officers(first: 3) { nodes { id } } }",
    ),
    "skipped and included": (
        """{ officers(first: 3) { nodes {
            id rank @skip(if: true) @include(if: true) title @include(if: true) @skip(if: false) } } }""",
        "{ officers(first: 3) { nodes { id title } } }",
    ),
    "skipped once of two": (
        "{ officers(first: 3) { nodes { id rank @skip(if: true) rank } } }",
        "{ officers(first: 3) { nodes { id rank } } }",
    ),
    "variable that is null": (
        """query ($n: Int, $f: OfficerFilter, $o: [OfficerOrder!]) {
            officers(first: $n, filter: $f, orderBy: $o) { totalCount } }""",
        "{ officers { totalCount } }",
    ),
    "default of a variable": (
        "query ($k: Int = 3) { officers(first: $k) { nodes { id } } }",
        "{ officers(first: 3) { nodes { id } } }",
    ),
    "variable in an object": (
        "query ($undefined: Int) { trainings(first: 3, filter: { attempts: { gt: $undefined } }) { nodes { id } } }",
        "{ trainings(first: 3, filter: { attempts: {} }) { nodes { id } } }",
    ),
    "one value for a list": (
        "{ officers(filter: { licenseStatus: { in: ACTIVE } }, orderBy: { field: RANK }) { nodes { id } } }",
        "{ officers(filter: { licenseStatus: { in: [ACTIVE] } }, orderBy: [{ field: RANK }]) { nodes { id } } }",
    ),
    "empty filters": (
        "{ officers(filter: {}, orderBy: []) { nodes { id } } }",
        "{ officers { nodes { id } } }",
    ),
    "default direction": (
        "{ officers(orderBy: [{ field: RANK }]) { nodes { id } } }",
        "{ officers(orderBy: [{ field: RANK, direction: ASC }]) { nodes { id } } }",
    ),
}


@pytest.mark.parametrize(("query", "plain"), ALIKE.values(), ids=ALIKE)
async def test_alike(served, query, plain):
    """However a selection is written, it is answered like the plain one."""
    body = await served.ask(key_of("chief").text, query, {"n": None, "f": None, "o": None})
    assert "errors" not in body
    assert body["data"] == (await served.ask(key_of("chief").text, plain))["data"]


@pytest.mark.parametrize("is_wanted", [True, False])
async def test_switch(served, is_wanted):
    """A switch in a variable is looked at anew for each operation, on fields, fragments and roots."""
    query = """
    query ($yes: Boolean!, $no: Boolean!) {
      officers(first: 1) { nodes { id rank @include(if: $yes) ... @skip(if: $no) { title } } }
      courses(first: 1) @include(if: $yes) { totalCount }
    }
    """
    body = await served.ask(key_of("chief").text, query, {"yes": is_wanted, "no": not is_wanted})
    assert list(body["data"]) == ["officers", "courses"][: 1 + is_wanted]
    assert list(body["data"]["officers"]["nodes"][0]) == ["id", "rank", "title"][: 1 + 2 * is_wanted]


@pytest.mark.parametrize("is_wanted", [True, False])
async def test_switched_off_is_not_denied(served, is_wanted):
    """A denied field that is switched off is neither denied nor refused."""
    query = "query ($yes: Boolean!) { officers(first: 1) { nodes { id sex @include(if: $yes) } } }"
    body = await served.ask(key_of("training_coordinator").text, query, {"yes": is_wanted})
    assert ("errors" in body) == is_wanted


async def test_order_of_fields(served):
    """Fields come in the order in which they were asked for."""
    query = """
    { b: officers(first: 1) { totalCount nodes { rank id title } }
      viewer { kind } a: courses { totalCount } __typename }
    """
    body = await served.ask(key_of("chief").text, query)
    assert list(body["data"]) == ["b", "viewer", "a", "__typename"]
    assert list(body["data"]["b"]["nodes"][0]) == ["rank", "id", "title"]


async def test_type_names(served):
    """Every object tells its type, at every level."""
    query = f"""
    {{ __typename node(id: "{OFFICER}") {{ __typename ... on Officer {{ unit {{ t: __typename }} }} }}
      officers(first: 1) {{ __typename pageInfo {{ __typename }} edges {{ __typename node {{ __typename }} }}
        nodes {{ trainings(first: 1) {{ __typename nodes {{ __typename }} }} }} }} }}
    """
    data = (await served.ask(key_of("chief").text, query))["data"]
    assert data["__typename"] == "Query"
    assert data["node"] == {"__typename": "Officer", "unit": {"t": "Unit"}}
    assert data["officers"]["__typename"] == "OfficerConnection"
    assert data["officers"]["pageInfo"] == {"__typename": "PageInfo"}
    assert data["officers"]["edges"] == [{"__typename": "OfficerEdge", "node": {"__typename": "Officer"}}]
    assert data["officers"]["nodes"][0]["trainings"]["__typename"] == "TrainingConnection"


@pytest.mark.parametrize("role", ["chief", "supervisor"])
@pytest.mark.parametrize("fields", ["__typename", "modules", "__typename modules", "uofIncidents { totalCount }"])
async def test_rows_without_values(served, role, fields):
    """Rows of which nothing is asked for, or everything asked for is denied, are rows still."""
    body = await served.ask(key_of(role).text, f"{{ agencies {{ nodes {{ {fields} }} }} }}")
    assert len(body["data"]["agencies"]["nodes"]) == 1


async def test_aliases(served):
    """The same field under several aliases answers under each with its own arguments."""
    query = f"""
    {{ officer(id: "{OFFICER}") {{
        one: trainings(first: 1) {{ nodes {{ id }} }} two: trainings(first: 2) {{ nodes {{ id }} }}
        none: trainings(first: 0) {{ nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor }} totalCount }}
        a: unit {{ name }} b: unit {{ id }} r: rank rr: rank }} }}
    """
    officer = (await served.ask(key_of("chief").text, query))["data"]["officer"]
    assert len(officer["one"]["nodes"]) == 1
    assert officer["two"]["nodes"][:1] == officer["one"]["nodes"]
    assert officer["none"]["nodes"] == []
    assert officer["none"]["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None}
    assert officer["none"]["totalCount"] > 2
    assert set(officer["a"]) == {"name"}
    assert set(officer["b"]) == {"id"}
    assert officer["r"] == officer["rr"]


async def test_node_of_any_type(served, world):
    """A node answers with the fragment of its own type, and with no other."""
    query = "query ($id: ID!) { node(id: $id) { id ... on Officer { title } ... on Course { title } __typename } }"
    for type_name, fields in (("Officer", ["title"]), ("Course", ["title"]), ("Training", [])):
        row = world.of_agency(type_name, "alder")[1]
        row_id = outside_id(type_name, row)
        node = (await served.ask(key_of("chief").text, query, {"id": row_id}))["data"]["node"]
        assert node == {"id": row_id, "__typename": type_name} | {field: row[field] for field in fields}


async def test_viewer(served):
    """Whoever asks is told what it is."""
    query = "{ viewer { label kind purpose policyVersion memberships { agencyId roles officerId } } }"
    viewer = (await served.ask(key_of("officer").text, query))["data"]["viewer"]
    assert viewer["label"] == key_of("officer").prefix
    assert viewer["kind"] == "key"
    assert viewer["purpose"] == "tests"
    assert viewer["policyVersion"]
    assert viewer["memberships"] == [
        {"agencyId": f"agency_{identify('alder').hex}", "roles": ["officer"], "officerId": OFFICER}
    ]
