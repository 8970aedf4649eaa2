"""The undercover flag: no surface gives a name to whoever may not know it, whatever the field's own right."""

import pytest

from tests.scopes.desk import At
from tests.world.build import HIDDEN_DETECTIVE, SERGEANT, UNDERCOVER, identify
from tests.world.policy import GUARD, GUARDED, REACHES, letter
from tests.world.shown import outside_id
from tests.world.store import ROLES

HIDDEN = {outside_id("Officer", {"id": identify("alder", "officer", each)}) for each in (UNDERCOVER, HIDDEN_DETECTIVE)}
KNOWING = [role for role in ROLES if letter(GUARD, role) == "V"]
UNKNOWING = [role for role in ROLES if letter(GUARD, role) == "D" and REACHES["Officer", role].listed]
TRACE = "of-hidden"
"""Stands in every guarded value of an undercover officer, and in no other."""


def holder(role: str) -> At:
    return At("alder", (role,), ("command",), SERGEANT)


@pytest.mark.parametrize("role", UNKNOWING)
async def test_nowhere(desk, role):
    """In a list, by id, as commander and from a training, an undercover officer's names are null."""
    body = await desk.ask(
        holder(role),
        """{
          officers(first: 1000) { nodes { id firstName lastName workEmail } }
          units { nodes { commander { id firstName lastName workEmail } } }
          trainings(first: 1000) { nodes { officer { id firstName lastName workEmail } } }
        }""",
    )
    assert TRACE not in str(body)
    officers = {node["id"]: node for node in body["data"]["officers"]["nodes"]}
    assert {officers[each]["lastName"] for each in HIDDEN & officers.keys()} <= {None}
    assert any(node["lastName"] for node in officers.values())
    commanders = [node["commander"] for node in body["data"]["units"]["nodes"] if node["commander"]]
    assert [each["lastName"] for each in commanders if each["id"] in HIDDEN] == [None]


@pytest.mark.parametrize("role", UNKNOWING)
@pytest.mark.parametrize(
    "condition",
    [
        '{ lastName: { contains: "hidden" } }',
        '{ lastName: { startsWith: "last_name-" } }',
        '{ lastName: { gte: "last_name-of-hidden", lt: "last_name-of-hiddeo" } }',
        '{ lastName: { in: ["last_name-of-hidden-2", "last_name-of-hidden-4"] } }',
        "{ not: { lastName: { isNull: true } }, id: { in: [$a, $b] } }",
        '{ firstName: { contains: "hidden" } }',
    ],
)
async def test_not_found_by_name(desk, role, condition):
    """No filter finds them by a name, directly, through a unit's commander, or from trainings."""
    first, second = sorted(HIDDEN)
    asked = condition.replace("$a", f'"{first}"').replace("$b", f'"{second}"')
    body = await desk.ask(
        holder(role),
        f"""{{
          officers(filter: {asked}) {{ totalCount nodes {{ id }} }}
          units(filter: {{ commander: {asked} }}) {{ totalCount nodes {{ id }} }}
          trainings(filter: {{ officer: {asked} }}) {{ totalCount nodes {{ id }} }}
        }}""",
    )
    assert "errors" not in body
    for page in body["data"].values():
        assert page == {"totalCount": 0, "nodes": []}


@pytest.mark.parametrize("role", UNKNOWING)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_order(desk, role, direction):
    """Sorted by a name, they stand with those who have none, so their place tells nothing."""
    query = f"""{{ officers(first: 1000, orderBy: [{{ field: LAST_NAME, direction: {direction} }}]) {{
        nodes {{ id lastName }} }} }}"""
    nodes = (await desk.ask(holder(role), query))["data"]["officers"]["nodes"]
    is_null = [node["lastName"] is None for node in nodes]
    assert is_null == sorted(is_null, reverse=direction == "DESC")


@pytest.mark.parametrize("role", UNKNOWING)
async def test_cursor(desk, role):
    """Paging by name past one of them repeats and loses nobody."""
    found, cursor = [], None
    query = """query ($after: String) { officers(first: 3, after: $after, orderBy: [{ field: FIRST_NAME }]) {
        nodes { id } pageInfo { hasNextPage endCursor } } }"""
    while True:
        page = (await desk.ask(holder(role), query, {"after": cursor}))["data"]["officers"]
        found += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        cursor = page["pageInfo"]["endCursor"]
    everybody = await desk.ask(holder(role), "{ officers(first: 1000) { nodes { id } } }")
    assert sorted(found) == sorted(node["id"] for node in everybody["data"]["officers"]["nodes"])


@pytest.mark.parametrize("role", KNOWING)
async def test_known(desk, role):
    """Who may know sees the names."""
    query = '{ officers(filter: { lastName: { contains: "hidden" } }) { nodes { id firstName } } }'
    nodes = (await desk.ask(holder(role), query))["data"]["officers"]["nodes"]
    assert {node["id"] for node in nodes} == HIDDEN
    assert all(node["firstName"] for node in nodes)


@pytest.mark.parametrize("coordinate", GUARDED)
async def test_two_roles(desk, coordinate):
    """One role that may know is enough, on the rows on which it may."""
    field = coordinate.partition(".")[2]
    both = At("alder", ("training_coordinator", "officer"), officer=UNDERCOVER)
    nodes = (await desk.ask(both, f"{{ officers(first: 1000) {{ nodes {{ id {field} }} }} }}"))["data"]["officers"][
        "nodes"
    ]
    shown = {node["id"] for node in nodes if TRACE in (node[field] or "")}
    assert shown == {outside_id("Officer", {"id": identify("alder", "officer", UNDERCOVER)})}
