"""How denials are told: as errors, as extensions, by refusing the operation, or as what does not exist."""

import pytest

from tests.world.build import identify
from tests.world.policy import fields_of
from tests.world.store import key_of

QUERY = """
{
  officers(first: 2) { nodes { rank sex again: sex trainings(first: 1) { nodes { score } } } }
  uofIncidents { totalCount }
}
"""
ROLE = "auditor"
DENIED = [
    ("Officer.sex", ["officers", "nodes", "@", "sex"]),
    ("Officer.sex", ["officers", "nodes", "@", "again"]),
    ("Training.score", ["officers", "nodes", "@", "trainings", "nodes", "@", "score"]),
]


async def test_errors(served):
    """As errors: one for each selection, with a path in which @ stands for every position."""
    body = await served.ask(key_of(ROLE).text, QUERY, denied="errors")
    assert [(error["extensions"]["coordinate"], error["path"]) for error in body["errors"]] == DENIED
    assert "extensions" not in body
    assert [list(node) for node in body["data"]["officers"]["nodes"]] == [["rank", "sex", "again", "trainings"]] * 2


async def test_extensions(served):
    """As extensions: the same data, no error, and an entry for each selection with code and reason."""
    told = await served.ask(key_of(ROLE).text, QUERY, denied="errors")
    body = await served.ask(key_of(ROLE).text, QUERY, denied="extensions")
    assert body["data"] == told["data"]
    assert "errors" not in body
    assert body["extensions"]["access"] == [
        {"coordinate": coordinate, "path": path, "access": "DENIED", "code": "FIELD_DENIED", "reason": "ROLE"}
        for coordinate, path in DENIED
    ]


async def test_reject(served):
    """By refusing: no data, each coordinate named once, and nothing sent to the database."""
    with served.recording() as statements:
        body = await served.ask(key_of(ROLE).text, QUERY, denied="reject")
    (error,) = body["errors"]
    assert "data" not in body
    assert error["extensions"]["code"] == "FIELD_DENIED"
    assert [denial["coordinate"] for denial in error["extensions"]["denials"]] == ["Officer.sex", "Training.score"]
    assert statements == []


ADMINISTERED = {
    "policyVersions { version }": "AgencyPolicy",
    "agencyRoles { name }": "AgencyRole",
    'explainAccess(coordinate: "Officer.sex", role: ["chief"]) { effect }': "AgencyPolicy",
    'policyLines(agencyId: "agency_00000000000000000000000000000000") { role }': "AgencyPolicy",
}


@pytest.mark.parametrize("mode", [{"denied": "reject"}, {}])
@pytest.mark.parametrize("root", ADMINISTERED)
async def test_reject_administration(served, root, mode):
    """An administrator's list that is denied refuses the whole operation in this mode, before any statement."""
    query = f"{{ viewer {{ kind }} ...More officers {{ totalCount }} }} fragment More on Query {{ mine: {root} }}"
    with served.recording() as statements:
        body = await served.ask(key_of("chief").text, query, **mode)
    (error,) = body["errors"]
    if not mode:  # a wrong agency is a wrong argument, and no denial that leaves the rest
        assert body.get("data", {}).get("mine") is None
        assert ("data" in body) == ("agencyId" not in root)
        assert error["extensions"]["code"] == ("BAD_REQUEST" if "agencyId" in root else "ACCESS_DENIED")
        return
    assert ("data" in body, statements) == (False, [])
    assert error["extensions"]["code"] == "FIELD_DENIED"
    assert error["extensions"]["denials"] == [
        {"coordinate": ADMINISTERED[root], "reason": "ROLE", "code": "FIELD_DENIED"}
    ]


async def test_reject_nothing_of_administration(served):
    """Whoever may read the administrator's lists is answered in this mode; what is skipped refuses nothing."""
    query = "query ($no: Boolean! = false) { policyVersions @include(if: $no) { version } viewer { kind } }"
    assert "errors" not in await served.ask(key_of("chief").text, query, denied="reject")
    refused = await served.ask(key_of("chief").text, query, {"no": True}, denied="reject")
    assert "data" not in refused
    shown = await served.ask(key_of("agency_admin").text, query, {"no": True}, denied="reject")
    assert shown["data"]["policyVersions"] == []


async def test_reject_administration_elsewhere(served):
    """Another agency's is denied to an administrator too, and an argument that is missing after all is no fault."""
    query = "query ($id: ID) { policyLines(agencyId: $id) { role } }"
    key, foreign = key_of("agency_admin").text, f"agency_{identify('birch').hex}"
    assert "data" not in await served.ask(key, query, {"id": foreign}, denied="reject")
    assert (await served.ask(key, query, {"id": None}, denied="reject"))["data"] == {"policyLines": []}
    query = 'query ($c: String = "Officer") { explainAccess(coordinate: $c, role: "hr") { effect } }'
    body = await served.ask(key, query, {"c": None}, denied="reject")
    assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("query", ["{ officers { nodes { rank } } }", "{ officers { nodes { lastName } } }"])
async def test_reject_nothing(served, query):
    """An operation in which nothing is denied is answered in this mode too, masked or not."""
    body = await served.ask(key_of(ROLE).text, query, denied="reject")
    assert "errors" not in body
    assert body["data"]["officers"]["nodes"]


async def test_closed_type(served):
    """A closed root answers null beside open ones, and is refused where denials are."""
    query = "{ uofIncidents { totalCount } courses { totalCount } }"
    body = await served.ask(key_of("hr").text, query)
    assert body["data"] == {"uofIncidents": None, "courses": {"totalCount": 7}}
    refused = await served.ask(key_of("hr").text, query, denied="reject")
    assert "data" not in refused


CLOSED = [field for field in fields_of("Officer") if field in ("raceEthnicity", "sex", "isUndercover", "employeeId")]
PLACES = [
    "{{ officers {{ nodes {{ {field} }} }} }}",
    "{{ officers {{ edges {{ node {{ id {field} }} }} }} }}",
    "{{ trainings {{ nodes {{ officer {{ {field} }} }} }} }}",
    "{{ officers(filter: {{ {field}: {{ isNull: true }} }}) {{ totalCount }} }}",
    "query ($f: OfficerFilter = {{ {field}: {{ isNull: true }} }}) {{ officers(filter: $f) {{ totalCount }} }}",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("field", CLOSED)
async def test_hide(served, place, field):
    """As what does not exist: a denied field answers in the words that a made-up one of its length gets."""
    made_up = field[::-1].replace("D", "d")
    hidden = await served.post(key_of(ROLE).text, place.format(field=field), denied="hide")
    unknown = await served.post(key_of(ROLE).text, place.format(field=made_up), denied="hide")
    assert hidden.text.replace(field, "x") == unknown.text.replace(made_up, "x")
    assert hidden.status_code == unknown.status_code
    assert "data" not in hidden.json()


async def test_hide_shows_the_rest(served):
    """What is not denied is answered in this mode as in the others."""
    query = "{ officers(first: 2) { nodes { rank lastName } } }"
    assert await served.ask(key_of(ROLE).text, query, denied="hide") == await served.ask(key_of(ROLE).text, query)
