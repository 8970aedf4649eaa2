"""Cursors: good for the same caller, field, order and filter; for anything else, and anybody else, refused."""

import base64

import pytest

from tests.world.store import key_of

FIELDS = "{ edges { cursor node { id } } pageInfo { startCursor endCursor } }"
ASKED = 'filter: { rank: { ne: "rank 9" } }, orderBy: [{ field: RANK }]'
OFFICERS = f"query ($after: String) {{ officers(first: 3, after: $after, {ASKED}) {FIELDS} }}"
LEVELS = (
    "{ officers(first: 2, filter: { trainings: { some: {} } }) { nodes { trainings(first: 1) { edges { cursor } } } } }"
)


@pytest.fixture
async def cursor(served):
    """The chief's cursor after three officers."""
    return await end_cursor(served, "chief", OFFICERS)


async def end_cursor(served, name: str, query: str) -> str:
    body = await served.ask(key_of(name).text, query)
    return body["data"]["officers"]["pageInfo"]["endCursor"]


def require_refusal(body):
    (error,) = body["errors"]
    assert "data" not in body
    assert error["message"] == "the cursor does not belong to this query"
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert error["extensions"]["hint"]


SAME = {
    "as it was": OFFICERS,
    "another page size": OFFICERS.replace("first: 3", "first: 5"),
    "literal": OFFICERS.replace("query ($after: String)", "query").replace("$after", '"{cursor}"'),
    "under an alias": OFFICERS.replace("officers(", "officers: officers("),
    "other fields": OFFICERS.replace("node { id }", "node { id lastName unit { name } }"),
    "after another root": OFFICERS.replace("{ officers", "{ courses { nodes { id } } officers", 1),
    "after many roots": OFFICERS.replace(
        "{ officers", "{ " + " ".join(f"c{n}: courses {{ nodes {{ id }} }}" for n in range(11)) + " officers", 1
    ),
    "filter in a variable": OFFICERS.replace("($after: String)", "($after: String, $f: OfficerFilter)").replace(
        '{ rank: { ne: "rank 9" } }', "$f"
    ),
}


@pytest.mark.parametrize("query", SAME.values(), ids=SAME)
async def test_same_query(served, cursor, query):
    """A cursor is good wherever the same field is asked for with the same filter and order, however it is written."""
    variables = {"after": cursor, "f": {"rank": {"ne": "rank 9"}}}
    body = await served.ask(key_of("chief").text, query.replace("{cursor}", cursor), variables)
    assert "errors" not in body
    wanted = await served.ask(key_of("chief").text, OFFICERS, {"after": cursor})
    found = [edge["node"]["id"] for edge in body["data"]["officers"]["edges"]]
    assert found[:3] == [edge["node"]["id"] for edge in wanted["data"]["officers"]["edges"]]


OTHER = {
    "other order": OFFICERS.replace("RANK", "TITLE"),
    "other direction": OFFICERS.replace("RANK }", "RANK, direction: DESC }"),
    "longer order": OFFICERS.replace("RANK }", "RANK }, { field: TITLE }"),
    "no order": OFFICERS.replace("orderBy: [{ field: RANK }]", "").replace("},  )", "})"),
    "other value in the filter": OFFICERS.replace("rank 9", "rank 8"),
    "other operator": OFFICERS.replace("ne:", "notIn:"),
    "other field in the filter": OFFICERS.replace("filter: { rank", "filter: { title"),
    "no filter": OFFICERS.replace('filter: { rank: { ne: "rank 9" } },', ""),
    "other field": OFFICERS.replace("officers(", "officers: trainings(")
    .replace("RANK", "STATUS")
    .replace('filter: { rank: { ne: "rank 9" } },', ""),
}


@pytest.mark.parametrize("query", OTHER.values(), ids=OTHER)
async def test_other_query(served, cursor, query):
    """A cursor is refused where the field, its filter or its order is another."""
    require_refusal(await served.ask(key_of("chief").text, query, {"after": cursor}))


@pytest.mark.parametrize("name", ["legal", "supervisor", "foreign chief", "cancelled admin"])
async def test_other_caller(served, cursor, name):
    """A cursor is refused to any other caller, of the same agency or another, with the same rights or others."""
    require_refusal(await served.ask(key_of(name).text, OFFICERS, {"after": cursor}))


async def test_other_place(served):
    """A cursor of a list below another is not one of the root, even with the same order and filter."""
    body = await served.ask(key_of("chief").text, LEVELS)
    (edge,) = body["data"]["officers"]["nodes"][0]["trainings"]["edges"]
    query = "query ($after: String) { trainings(first: 1, after: $after) { nodes { id } } }"
    require_refusal(await served.ask(key_of("chief").text, query, {"after": edge["cursor"]}))


def flip(cursor: str, position: int) -> str:
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    raw[position] ^= 1
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize("position", [0, 15, 16, 20, -1])
async def test_flipped_bit(served, cursor, position):
    """A cursor of which a single bit was changed is refused."""
    require_refusal(await served.ask(key_of("chief").text, OFFICERS, {"after": flip(cursor, position)}))


@pytest.mark.parametrize("text", ["", "x", "Zm9v", "=", "é", "-" * 43, "A" * 5000, "null", "officer_1", "a b"])
async def test_made_up(served, text):
    """What is no cursor at all is refused in the same words."""
    require_refusal(await served.ask(key_of("chief").text, OFFICERS, {"after": text}))


async def test_nothing_runs(served):
    """A cursor is refused before any statement is sent."""
    with served.recording() as statements:
        await served.ask(key_of("chief").text, OFFICERS, {"after": "Zm9v"})
    assert statements == []


async def test_holds_no_value(served, world):
    """A cursor shows neither the values of its sort key nor their length."""
    query = "{ officers(first: 1000, orderBy: [{ field: LAST_NAME }]) { edges { cursor node { lastName } } } }"
    edges = (await served.ask(key_of("chief").text, query))["data"]["officers"]["edges"]
    opened = [base64.urlsafe_b64decode(edge["cursor"] + "=" * (-len(edge["cursor"]) % 4)) for edge in edges]
    assert len(edges) == len(world.of_agency("Officer", "alder"))
    assert len({len(cursor) for cursor in opened}) == 1
    assert not any((edge["node"]["lastName"] or "\0").encode() in raw for edge, raw in zip(edges, opened, strict=True))


@pytest.mark.parametrize(
    "order", ["[{ field: ID }]", "[{ field: ID, direction: DESC }]", "[{ field: RANK }, { field: RANK }]"]
)
async def test_repeated_terms(served, world, order):
    """An order that names a field twice, or the id that ends every order, pages to the end like any other."""
    query = (
        f"query ($after: String) {{ officers(first: 4, after: $after, orderBy: {order}) "
        "{ nodes { id } pageInfo { endCursor } } }"
    )
    after, found = None, []
    while True:
        page = (await served.ask(key_of("chief").text, query, {"after": after}))["data"]["officers"]
        if not page["nodes"]:
            break
        found += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert len(found) == len(set(found)) == len(world.of_agency("Officer", "alder"))
