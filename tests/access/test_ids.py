"""Ids tell nothing: what is out of reach, another agency's or made up gets the same bytes."""

from uuid import UUID

import pytest

from tests.access.asking import PLURALS
from tests.holding import every_cell
from tests.world.build import ROWS
from tests.world.policy import REACHES, fields_of
from tests.world.scopes import Scopes
from tests.world.shown import RELATIONS, outside_id
from tests.world.store import HOLDERS, ROLES, key_of

NOBODY = UUID("00000000-0000-4000-8000-000000000000")


def selection(type_name: str) -> str:
    return "id " + " ".join(field for field in fields_of(type_name) if f"{type_name}.{field}" not in RELATIONS)


def point_query(type_name: str) -> str:
    """Ask for one row as itself and as a node."""
    singular, fields = f"{type_name[0].lower()}{type_name[1:]}", selection(type_name)
    return (
        f"query ($id: ID!) {{ itself: {singular}(id: $id) {{ {fields} }} "
        f"node: node(id: $id) {{ id ... on {type_name} {{ {fields} }} }} }}"
    )


def list_query(type_name: str) -> str:
    return (
        f"query ($id: ID!) {{ {PLURALS[type_name]}(filter: {{ id: {{ eq: $id }} }}) "
        "{ totalCount nodes { id } pageInfo { hasNextPage endCursor } } }"
    )


def strangers(world, role, type_name):
    """Ids of rows that the role does not list: of its own agency, and of another."""
    listed = {row["id"] for row in Scopes(world, HOLDERS[role]).listed(type_name)}
    mine = [row for row in world.of_agency(type_name, "alder") if row["id"] not in listed]
    return [outside_id(type_name, row) for row in (*mine[:2], *world.of_agency(type_name, "birch")[:1])]


@pytest.mark.parametrize("role", ROLES)
async def test_unreachable(served, world, role):
    """A row that the caller does not list answers as one that does not exist, byte for byte, however asked for."""
    key = key_of(role).text
    with every_cell() as cells:
        for type_name in ROWS:
            nobody = outside_id(type_name, {"id": NOBODY})
            asked = [point_query(type_name), *([list_query(type_name)] if REACHES[type_name, role].listed else [])]
            for query in asked:
                wanted = (await served.post(key, query, {"id": nobody})).content
                for stranger in strangers(world, role, type_name):
                    with cells.of(stranger, query[:60]):
                        assert (await served.post(key, query, {"id": stranger})).content == wanted


@pytest.mark.parametrize("role", [role for role in ROLES if any(REACHES[name, role].listed for name in ROWS)])
async def test_reachable(served, listings, role):
    """A row in reach answers by its id with what the list shows of it, as itself and as a node."""
    with every_cell() as cells:
        for type_name in (name for name in ROWS if REACHES[name, role].listed):
            with cells.of(type_name):
                row_id, listed = next(iter((await listings.of(role, type_name)).nodes.items()))
                wanted = {name: value for name, value in listed.items() if f"{type_name}.{name}" not in RELATIONS}
                body = await served.ask(key_of(role).text, point_query(type_name), {"id": row_id})
                assert body["data"] == {"itself": wanted, "node": wanted}


MALFORMED = [
    "",
    "x",
    "officer",
    "officer_",
    "officer_xyz",
    "course_{hex}",
    "officer_{HEX}",
    "officer_{hex}0",
    "OFFICER_{hex}",
]


@pytest.mark.parametrize("text", [*MALFORMED, " officer_{hex}", "officer_{hex}\n", "officer_é"])
async def test_malformed(served, world, text):
    """What cannot be an officer's id finds no officer, and is answered as any id that finds none."""
    officer = world.of_agency("Officer", "alder")[0]
    row_id = text.format(hex=officer["id"].hex, HEX=officer["id"].hex.upper())
    query = "query ($id: ID!) { officer(id: $id) { id lastName sex } }"
    wanted = (await served.post(key_of("auditor").text, query, {"id": outside_id("Officer", {"id": NOBODY})})).content
    assert (await served.post(key_of("auditor").text, query, {"id": row_id})).content == wanted


async def test_node_of_no_form(served):
    """An id of no known form is nobody's node, and no error."""
    assert await served.ask(key_of("chief").text, '{ node(id: "x") { id } }') == {"data": {"node": None}}


@pytest.mark.parametrize("name", ["chief without uof", "support without uof"])
async def test_closed_modules(served, name):
    """Without the module, or a grant that names it, use of force is closed with one stable code, rows there or not."""
    body = await served.ask(key_of(name).text, "{ uofIncidents { nodes { id } } officers { nodes { id } } }")
    (error,) = body["errors"]
    assert body["data"]["uofIncidents"] is None
    assert body["data"]["officers"]["nodes"]
    assert error["extensions"] == {
        "code": "MODULE_NOT_SUBSCRIBED",
        "coordinate": "Query.uofIncidents",
        "reason": "MODULE",
    }


@pytest.mark.parametrize("name", ["support expired", "support ungranted"])
async def test_support_without_grant(served, name):
    """Vendor support sees no row of any type without a live grant."""
    roots = " ".join(f"{plural} {{ nodes {{ id }} }}" for plural in PLURALS.values())
    body = await served.ask(key_of(name).text, f"{{ {roots} }}")
    assert body["data"] == dict.fromkeys(PLURALS.values())
    assert len(body["errors"]) == len(PLURALS)


async def test_cancelled_agency(served):
    """After the subscription ends the administrator still reads, and nobody else does."""
    query = "{ officers { nodes { lastName } } }"
    body = await served.ask(key_of("cancelled chief").text, query)
    assert body["data"] == {"officers": None}
    assert body["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_ENDED"
    assert "errors" not in await served.ask(key_of("cancelled admin").text, query)


async def test_key_scopes(served):
    """A key shows what it was issued for and no more of what its role has, and says which of the two it is."""
    query = (
        "{ officers { nodes { badgeNumber rank lastName } } trainings { nodes { score } } courses { nodes { id } } }"
    )
    body = await served.ask(key_of("scoped chief").text, query)
    (officer, *_) = body["data"]["officers"]["nodes"]
    assert set(officer) == {"badgeNumber", "rank", "lastName"}
    assert any(node["badgeNumber"] for node in body["data"]["officers"]["nodes"])
    assert any(node["score"] for node in body["data"]["trainings"]["nodes"])
    assert body["data"]["courses"] is None
    assert {(error["extensions"]["coordinate"], error["extensions"]["reason"]) for error in body["errors"]} == {
        ("Officer.lastName", "KEY_SCOPE"),
        ("Query.courses", "KEY_SCOPE"),
    }


async def test_own_undercover_name(served, world):
    """An undercover officer sees the own name."""
    officer = world.find("Officer", HOLDERS["undercover"].officer_id)
    query = "query ($id: ID!) { officer(id: $id) { firstName lastName workEmail } }"
    body = await served.ask(key_of("undercover").text, query, {"id": outside_id("Officer", officer)})
    assert officer["is_undercover"]
    columns = {"firstName": "first_name", "lastName": "last_name", "workEmail": "work_email"}
    assert body["data"]["officer"] == {name: officer[column] for name, column in columns.items()}
