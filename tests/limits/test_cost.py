"""What operations cost: points for what may be read at most, and of what the caller may see alone."""

import pytest

from tests.world.store import key_of

COSTS = {
    "nothing": ("{ __typename }", 1),
    "a row": ('{ officer(id: "officer_0") { id } }', 1),
    "one by id": ('{ officer(id: "%s") { id unit { name } } }', 1 + 1 + 1),
    "a page": ("{ officers(first: 10) { nodes { id lastName } } }", 1 + 1 + 10),
    "the default page": ("{ officers { nodes { id } } }", 1 + 1 + 100),
    "backward": ("{ officers(last: 7) { edges { cursor } } }", 1 + 1 + 7),
    "a count": ("{ officers { totalCount } }", 1 + 1 + 10),
    "a link": ("{ officers(first: 10) { nodes { unit { name } } } }", 1 + 1 + 10 * (1 + 1)),
    "a list below": (
        "{ officers(first: 10) { nodes { trainings(first: 5) { nodes { id } } } } }",
        2 + 10 * (1 + 1 + 5),
    ),
    "twice": ("{ a: officers(first: 2) { nodes { id } } b: officers(first: 3) { nodes { id } } }", 1 + 3 + 4),
    "an aggregate": ("{ officersAggregate { count } }", 1 + 50),
    "as many agencies as the caller has": ("{ agencies { nodes { id } } }", 1 + 1 + 1),
    "by a variable": ("query ($n: Int = 4) { officers(first: $n) { nodes { id } } }", 1 + 1 + 4),
    "left out": ("{ officers(first: 2) @skip(if: true) { nodes { id } } courses(first: 3) { nodes { id } } }", 1 + 4),
    "administration": ("{ agencyRoles { name } }", 1),
    "introspection": ('{ __type(name: "Officer") { fields { name } } }', 1 + 6),
}


@pytest.fixture
async def metered(serve_with):
    """A server that shows what operations cost."""
    async with serve_with() as server:
        yield server


async def find_cost(server, query, key="chief", variables=None):
    """Ask, and return what it cost."""
    body = await server.ask(key_of(key).text, query, variables)
    return body["extensions"]["cost"]["requested"]


async def test_costs(metered):
    """Each operation costs what docs/limits.md says."""
    listed = await metered.ask(key_of("chief").text, "{ officers(first: 1) { nodes { id } } }")
    officer = listed["data"]["officers"]["nodes"][0]["id"]
    found = {name: await find_cost(metered, query.replace("%s", officer)) for name, (query, _) in COSTS.items()}
    assert found == {name: cost for name, (_, cost) in COSTS.items()}


async def test_hidden_costs_nothing(metered):
    """A list that the caller may not see costs as if it had not been asked for."""
    below = "{ courses(first: 9) { nodes { id trainings { totalCount nodes { id } } } } }"
    assert await find_cost(metered, below) == 2 + 9 * (1 + 11 + 100)
    assert await find_cost(metered, below, "public_portal") == 2 + 9
    assert await find_cost(metered, "{ uofIncidents { nodes { id } } }", "public_portal") == 1
    assert await find_cost(metered, "{ previewPolicy { dataHash: __typename } }", "officer") == 1


async def test_rows_do_not_matter(metered):
    """The cost is the same whether many rows match or none: it is known before any is read."""
    query = "query ($r: String!) { officers(first: 50, filter: { rank: { eq: $r } }) { nodes { id } } }"
    assert {await find_cost(metered, query, variables={"r": rank}) for rank in ("SERGEANT", "nobody")} == {52}


async def test_shown(metered):
    """The answer says what it cost, what is left and how fast that comes back."""
    first, second = [
        (await metered.ask(key_of("auditor").text, "{ courses(first: 8) { nodes { id } } }"))["extensions"]["cost"]
        for _ in range(2)
    ]
    assert first | {"remaining": None} == {
        "requested": 10,
        "maximum": 30_000_000,
        "remaining": None,
        "restoreRate": 500_000,
    }
    assert first["remaining"] - second["remaining"] == 10


async def test_not_shown(served):
    """Where the setting says so, answers are the same however much was spent before them."""
    assert set(await served.ask(key_of("chief").text, "{ __typename }")) == {"data"}
