"""What is over a limit is refused over HTTP before anything is read, and recorded as refused."""

import json

import pytest

from tests.world.store import key_of

KEY = key_of("chief").text
FILTERED = "query ($f: OfficerFilter) { officers(filter: $f) { totalCount } }"


def nested(links: int, junctions: int):
    """A filter that follows so many relations, around so many negations."""
    tree: object = {"rank": {"eq": "x"}}
    for _ in range(junctions):
        tree = {"not": tree}
    for position in range(links):
        tree = {"officer": tree} if position % 2 == 0 else {"trainings": {"some": tree}}
    return tree


REFUSED = {
    "fragment bomb": (
        "{ ...F0 } "
        + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(18))
        + " fragment F18 on Query { officers { totalCount } }",
        None,
        {"limit": "root_fields", "maximum": 50, "actual": 2**18},
    ),
    "aliases": (
        "{ officers { nodes { " + " ".join(f"a{n}: id" for n in range(201)) + " } } }",
        None,
        {"limit": "aliases", "maximum": 200, "actual": 201},
    ),
    "another operation": (
        "query A { officers { totalCount } } query B { a" + " { a" * 20 + " }" * 20 + " }",
        None,
        {"limit": "depth", "maximum": 20, "actual": 21},
    ),
    "list in variables": (
        FILTERED,
        {"f": {"rank": {"in": ["x"] * 2_001}}},
        {"limit": "list_items", "maximum": 2_000, "actual": 2_001},
    ),
    "filter of links": (FILTERED, {"f": nested(6, 0)}, {"limit": "filter_depth", "maximum": 40, "actual": 60}),
    "filter of negations": (FILTERED, {"f": nested(0, 41)}, {"limit": "filter_depth", "maximum": 40, "actual": 41}),
    "filter of conditions": (
        FILTERED,
        {"f": {"or": [{"rank": {"eq": "x"}}] * 500}},
        {"limit": "filter_terms", "maximum": 500, "actual": 501},
    ),
    "cost": (
        "query ($n: Int) { officers(first: $n) { nodes { trainings(first: $n) { nodes { id } } } } }",
        {"n": 600},
        {"limit": "cost", "maximum": 250_000, "actual": 361_202},
    ),
    "introspection again and again": (
        "{ "
        + " ".join(f"s{n}: __schema {{ types {{ fields {{ args {{ type {{ name }} }} }} }} }}" for n in range(50))
        + " }",
        None,
        {"limit": "cost", "maximum": 250_000, "actual": 318_751},
    ),
}


@pytest.mark.parametrize(("query", "variables", "details"), REFUSED.values(), ids=REFUSED)
async def test_refused(served, query, variables, details):
    """The refusal has a code, the limit's name, its maximum and the actual figure, and nothing is sent for it."""
    with served.recording() as statements:
        body = await served.ask(KEY, query, variables, name="A" if "query A" in query else None)
    (error,) = body["errors"]
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "hint": error["extensions"]["hint"], **details}
    assert "data" not in body
    assert statements == []


@pytest.mark.parametrize("holder", ["chief", "officer", "supervisor"])
@pytest.mark.parametrize("links", [0, 2, 4])
async def test_deepest_filter(served, links, holder):
    """A filter as deep as is let through is answered on both engines, whatever row scopes stand in it."""
    body = await served.ask(key_of(holder).text, FILTERED, {"f": nested(links, 40 - 10 * links)})
    assert body == {"data": {"officers": {"totalCount": 0}}}


async def test_longest_filter(served):
    """A filter of as many conditions as are let through is answered on both engines, in a row or in each other."""
    half = [{"rank": {"eq": "x"}}] * 249
    for tree in ({"or": half * 2}, {"or": [*half, {"and": half}]}):
        body = await served.ask(KEY, FILTERED, {"f": tree})
        assert body == {"data": {"officers": {"totalCount": 0}}}


async def test_circle(served):
    """Fragments in a circle are refused by validation; the walk before it comes to an end."""
    query = "{ officers { ...A } } fragment A on OfficerConnection { ...B } fragment B on OfficerConnection { ...A }"
    body = await served.ask(KEY, query)
    assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_not_kept(served):
    """What is refused is not kept, so nobody fills the memory with it."""
    gateway = served.service.endpoint
    while not hasattr(gateway, "_documents"):
        gateway = gateway._gateway
    documents = gateway._documents
    kept = len(documents.kept._values)
    for position in range(3):
        await served.ask(KEY, f"{{ officers {{ shoeSize{position} }} }}")
        await served.ask(KEY, "{" + f" a{position}" * 60 + " }")
    assert len(documents.kept._values) == kept


async def test_own_settings(serve_with):
    """Each limit can be set."""
    async with serve_with(depth_max=3) as server:
        assert "errors" not in await server.ask(KEY, "{ officers { nodes { id } } }")
        body = await server.ask(KEY, "{ officers { nodes { unit { id } } } }")
        assert json.dumps(body).count('"limit": "depth"') == 1
