"""Whatever is wrong with an operation: one answer with a code and what to change, and a server that stays up."""

import pytest

from tests.world.store import key_of


def nested(count: int) -> str:
    return "unit { " + "parent { " * count + "name" + " }" * count + " }"


REFUSED = {
    "syntax": ("{ officers { nodes { id }", "BAD_REQUEST"),
    "empty": ("", "BAD_REQUEST"),
    "only a comment": ("# nothing", "BAD_REQUEST"),
    "only a fragment": ("fragment F on Officer { id }", "BAD_REQUEST"),
    "unknown root": ("{ cars { id } }", "BAD_REQUEST"),
    "unknown field": ("{ officers { nodes { shoeSize } } }", "BAD_REQUEST"),
    "unknown argument": ("{ officers(limit: 1) { nodes { id } } }", "BAD_REQUEST"),
    "unknown type": ("{ node(id: 1) { ... on Car { id } } }", "BAD_REQUEST"),
    "unknown operator": ('{ officers(filter: { rank: { like: "x" } }) { nodes { id } } }', "BAD_REQUEST"),
    "unknown directive": ("{ officers @later { nodes { id } } }", "BAD_REQUEST"),
    "unknown fragment": ("{ officers { ...F } }", "BAD_REQUEST"),
    "fragment in itself": ("{ officers { ...F } } fragment F on OfficerConnection { ...F }", "BAD_REQUEST"),
    "bad enum": ("{ officers(orderBy: [{ field: SHOE }]) { nodes { id } } }", "BAD_REQUEST"),
    "bad enum in a filter": ("{ officers(filter: { sex: { eq: PURPLE } }) { nodes { id } } }", "BAD_REQUEST"),
    "bad enum in groupBy": ("{ officersAggregate(groupBy: [SHOE]) { count } }", "BAD_REQUEST"),
    "bad enum in a variable": (
        "query ($bad: OfficerOrderField!) { officers(orderBy: [{ field: $bad }]) { totalCount } }",
        "BAD_REQUEST",
    ),
    "wrong type": ('{ officers(first: "x") { nodes { id } } }', "BAD_REQUEST"),
    "wrong type in a variable": ("query ($bad: Int) { officers(first: $bad) { nodes { id } } }", "BAD_REQUEST"),
    "variable of another type": ("query ($id: Int) { officer(id: $id) { id } }", "BAD_REQUEST"),
    "variable not defined": ("{ officer(id: $id) { id } }", "BAD_REQUEST"),
    "variable missing": ("query ($missing: ID!) { officer(id: $missing) { id } }", "BAD_REQUEST"),
    "argument missing": ("{ officer { id } }", "BAD_REQUEST"),
    "number too large": ("{ officers(first: 3000000000) { nodes { id } } }", "BAD_REQUEST"),
    "bad date": ('{ trainings(filter: { completedOn: { gt: "2024-13-01" } }) { nodes { id } } }', "BAD_REQUEST"),
    "no selection": ("{ officers }", "BAD_REQUEST"),
    "selection on a scalar": ("{ officers { totalCount { x } } }", "BAD_REQUEST"),
    "fields in conflict": ("{ officers { nodes { id } } officers(first: 1) { nodes { id } } }", "BAD_REQUEST"),
    "bad cursor": ('{ officers(after: "x") { nodes { id } } }', "BAD_REQUEST"),
    "negative page": ("{ officers(first: -1) { nodes { id } } }", "BAD_REQUEST"),
    "page too large": ("{ officers(first: 1001) { nodes { id } } }", "LIMIT_EXCEEDED"),
    "page too large, backward": ("{ officers(last: 1001) { nodes { id } } }", "LIMIT_EXCEEDED"),
    "page too large, below": ("{ officers { nodes { trainings(first: 1001) { nodes { id } } } } }", "LIMIT_EXCEEDED"),
    "both ways": ("{ officers(first: 1, last: 1) { nodes { id } } }", "BAD_REQUEST"),
    "first and before": ('{ officers(first: 1, before: "x") { nodes { id } } }', "BAD_REQUEST"),
    "several operations": ("query A { __typename } query B { __typename }", "BAD_REQUEST"),
    "mutation": ("mutation { deleteEverything }", "BAD_REQUEST"),
    "subscription": ("subscription { officers { nodes { id } } }", "BAD_REQUEST"),
    "null filter on a field": ("{ officers(filter: { rank: null }) { nodes { id } } }", "BAD_REQUEST"),
    "null operand": ("{ officers(filter: { rank: { eq: null } }) { nodes { id } } }", "BAD_REQUEST"),
    "null quantifier": ("{ officers(filter: { trainings: { some: null } }) { nodes { id } } }", "BAD_REQUEST"),
    "null branch": ("{ officers(filter: { and: null }) { nodes { id } } }", "BAD_REQUEST"),
    "no id in a filter": ('{ officers(filter: { id: { eq: "x" } }) { nodes { id } } }', "BAD_REQUEST"),
    "NUL": ('{ officers(filter: { rank: { eq: "a\\u0000" } }) { nodes { id } } }', "BAD_REQUEST"),
    "NUL in a list": ('{ officers(filter: { rank: { in: ["\\u0000"] } }) { nodes { id } } }', "BAD_REQUEST"),
    "NUL in a pattern": ('{ officers(filter: { rank: { contains: "\\u0000" } }) { nodes { id } } }', "BAD_REQUEST"),
    "time of no zone": (
        '{ uofIncidents(filter: { occurredAt: { gt: "2024-01-01T00:00:00" } }) { totalCount } }',
        "BAD_REQUEST",
    ),
    "time too early": (
        '{ uofIncidents(filter: { occurredAt: { gt: "0001-01-01T00:00:00+14:00" } }) { totalCount } }',
        "BAD_REQUEST",
    ),
    "time too late": (
        '{ uofIncidents(filter: { occurredAt: { gt: "9999-12-31T23:59:59-14:00" } }) { totalCount } }',
        "BAD_REQUEST",
    ),
    "pattern too long": (
        f'{{ officers(filter: {{ rank: {{ contains: "{"x" * 60_000}" }} }}) {{ totalCount }} }}',
        "LIMIT_EXCEEDED",
    ),
    "nested too deeply": (f"{{ officers {{ nodes {{ {nested(2000)} }} }} }}", "LIMIT_EXCEEDED"),
    "too many links": (f"{{ officers {{ nodes {{ {nested(70)} }} }} }}", "LIMIT_EXCEEDED"),
    "too many links side by side": (
        "{ officers { nodes { " + " ".join(f"u{n}: unit {{ name }}" for n in range(70)) + " } } }",
        "LIMIT_EXCEEDED",
    ),
}
VARIABLES = {"bad": "SHOE", "id": 5}


@pytest.mark.parametrize(("query", "code"), REFUSED.values(), ids=REFUSED)
async def test_refused(served, query, code):
    """An operation that cannot be answered is refused with a code, a message and a hint, and nothing is sent for it."""
    with served.recording() as statements:
        response = await served.post(key_of("chief").text, query, VARIABLES)
    body = response.json()
    assert set(body) == {"errors"}
    for error in body["errors"]:
        assert error["extensions"]["code"] == code
        assert error["message"]
        assert error["extensions"]["hint"]
    assert response.status_code == 200
    assert statements == []


@pytest.mark.parametrize("query", [query for query, _ in REFUSED.values()][::7])
async def test_stays_up(served, query):
    """After a refusal the next operation is answered as ever."""
    await served.post(key_of("chief").text, query, VARIABLES)
    body = await served.ask(key_of("chief").text, "{ officers(first: 1) { totalCount } }")
    assert body == {"data": {"officers": {"totalCount": 26}}}


async def test_no_suggestions(served):
    """A message about an unknown name does not tell which names there are."""
    for query in (
        "{ officer(id: 1) { lastNam } }",
        "{ oficers { id } }",
        "{ officers(filter: { rankk: {} }) { totalCount } }",
    ):
        body = await served.ask(key_of("chief").text, query)
        assert "Did you mean" not in body["errors"][0]["message"]


async def test_named_operation(served):
    """Of several operations the named one is executed."""
    query = "query A { courses { totalCount } } query B { officers { totalCount } }"
    body = await served.ask(key_of("chief").text, query, name="B")
    assert body == {"data": {"officers": {"totalCount": 26}}}
    refused = await served.ask(key_of("chief").text, query, name="C")
    assert refused["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("name", ["expired chief", "nobody"])
async def test_keys(served, name):
    """An expired key and one that was never issued are refused with 401."""
    response = await served.post(key_of(name).text, "{ __typename }")
    (error,) = response.json()["errors"]
    assert response.status_code == 401
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert error["extensions"]["hint"]


async def test_largest_page(served):
    """The largest page is served."""
    body = await served.ask(key_of("chief").text, "{ officers(first: 1000) { totalCount nodes { id } } }")
    assert len(body["data"]["officers"]["nodes"]) == body["data"]["officers"]["totalCount"]


async def test_most_links(served):
    """As many links as are allowed are followed, on both engines."""
    links = " ".join(f"u{n}: unit {{ name }}" for n in range(50))
    body = await served.ask(key_of("chief").text, f"{{ officers {{ nodes {{ {links} }} }} }}")
    assert "errors" not in body
