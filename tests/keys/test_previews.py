"""The simulator and the right-sizer: a key before it is issued, and after it was used for a while."""

import json
from datetime import timedelta
from hashlib import sha256

from graphql import build_client_schema, build_schema, get_introspection_query, lexicographic_sort_schema, print_schema
from sqlalchemy import update

from louver.db.engine import begin_writing, create_engine
from louver.db.tables import ApiKeyRow
from louver.logging.tables import audit_records
from tests.keys.conftest import ORDER
from tests.policy.asking import changed, list_records
from tests.world.store import key_of

PREVIEW = """query Preview($input: IssueKeyInput!) { previewKey(input: $input) { roles scopes { name verbs } sdl
  sampleQuery sampleAnswer operations { outlook operationName documentHash isStored times denied masked } } }"""
REVIEW = """query Review($prefix: String!) { reviewKey(prefix: $prefix) { since isConclusive unread
  suggestedScopes { name verbs } key { prefix } } }"""
SCOPES = [{"names": ["Officer.badgeNumber", "Officer.rank", "Training.*", "Course.*"], "verbs": ["view"]}]


async def preview(server, **order):
    sent = {"input": {**ORDER, "scopes": SCOPES, **order}}
    body = await server.ask(key_of("agency_admin").text, PREVIEW, sent)
    assert "errors" not in body, body
    return body["data"]["previewKey"]


async def review(server, prefix):
    body = await server.ask(key_of("agency_admin").text, REVIEW, {"prefix": prefix})
    assert "errors" not in body, body
    return body["data"]["reviewKey"]


class TestPreview:
    async def test_equals_the_key(self, desk):
        """The schema and the sample that are previewed are what the key, once issued, introspects and is answered."""
        shown = await preview(desk)
        key = (await desk.issue(scopes=SCOPES))["secret"]
        introspected = (await desk.ask(key, get_introspection_query()))["data"]
        known = [
            lexicographic_sort_schema(each) for each in (build_schema(shown["sdl"]), build_client_schema(introspected))
        ]
        assert print_schema(known[0]) == print_schema(known[1])
        answer = await desk.ask(key, shown["sampleQuery"])
        assert json.loads(shown["sampleAnswer"]) == answer
        assert answer["data"]["officers"]["nodes"]
        assert "badgeNumber" in shown["sampleQuery"]

    async def test_stored_operations(self, own_desk):
        """Of what is stored and was never sent it tells the same, from the texts: a closed argument refuses."""
        texts = {
            "Runs": "query Runs { officers(first: 1) { nodes { rank } } }",
            "Loses": "query Loses { officers(first: 1) { nodes { rank lastName } } }",
            "Breaks": "query Breaks { uofIncidents(first: 1) { nodes { number } } }",
            "Refers": 'query Refers { officers(filter: { lastName: { eq: "x" } }) { totalCount } }',
        }
        drafts = [{"hash": sha256(text.encode()).hexdigest(), "text": text} for text in texts.values()]
        await changed(own_desk, "registerOperations", operations=drafts)
        found = {each["operationName"]: each for each in (await preview(own_desk))["operations"]}
        outlooks = {name: (found[name]["outlook"], found[name]["isStored"], found[name]["times"]) for name in texts}
        assert outlooks == {
            "Runs": ("RUNS", True, 0),
            "Loses": ("LOSES", True, 0),
            "Breaks": ("BREAKS", True, 0),
            "Refers": ("BREAKS", True, 0),
        }
        assert found["Loses"]["denied"] == ["Officer.lastName"]

    async def test_recorded_operations(self, own_desk):
        """Of what was recorded it tells which operations would run, which would lose fields, and which would break."""
        for name, query in {
            "Runs": "{ officers(first: 1) { nodes { rank } } }",
            "Loses": "{ officers(first: 1) { nodes { rank lastName } } }",
            "Breaks": "{ uofIncidents(first: 1) { nodes { number } } }",
        }.items():
            for holder in ("chief", "legal"):
                await own_desk.ask(key_of(holder).text, f"query {name} {query}")
        found = {each["operationName"]: each for each in (await preview(own_desk))["operations"]}
        assert {name: (each["outlook"], each["times"]) for name, each in found.items()} == {
            "Runs": ("RUNS", 2), "Loses": ("LOSES", 2), "Breaks": ("BREAKS", 2),
        }  # fmt: skip
        assert found["Loses"]["denied"] == ["Officer.lastName"]
        rejecting = (await preview(own_desk, deniedMode="reject"))["operations"]
        assert {each["operationName"]: each["outlook"] for each in rejecting}["Loses"] == "BREAKS"

    async def test_7_3_recorded_as_read(self, desk):
        """Whose rows the sample showed is in the record of the preview, and no key was made."""
        before = await look_at_keys(desk)
        await preview(desk)
        record = (await list_records(desk.folder))[-1]
        assert (record["event"], record["key_prefix"]) == ("key.previewed", key_of("agency_admin").prefix)
        assert {"Officer.badgeNumber", "Query.officers"} <= set(record["coordinates"]["returned"])
        assert len(record["officer_ids"]) >= 32
        assert record["rows"] > 0
        assert await look_at_keys(desk) == before

    async def test_of_numbers_alone(self, desk):
        """A key that only counts is shown a number."""
        shown = await preview(desk, scopes=[{"names": ["Officer.rank"], "verbs": ["view_aggregate"]}])
        assert shown["sampleQuery"] == "{ officersAggregate { count } }"
        assert json.loads(shown["sampleAnswer"])["data"]["officersAggregate"]["count"] > 0

    async def test_only_what_could_be_issued(self, served):
        """Who may not issue a key is shown none, and what could not be issued is not previewed either."""
        for holder, order, expected in (
            ("chief", {}, ("ACCESS_DENIED", True)),
            ("auditor", {}, ("ACCESS_DENIED", True)),
            ("agency_admin", {"role": "agency_admin"}, ("BAD_REQUEST", False)),
        ):
            body = await served.ask(key_of(holder).text, PREVIEW, {"input": {**ORDER, **order}})
            assert (body["errors"][0]["extensions"]["code"], "data" in body) == expected
            assert body.get("data", {}).get("previewKey") is None


class TestReview:
    async def test_suggests_what_was_read(self, desk):
        """Fields that were not read are listed; with the suggested scopes the key is answered as before."""
        made = await desk.issue(scopes=SCOPES)
        query = "{ officers(first: 3) { nodes { rank trainings(first: 1) { nodes { score course { id } } } } } }"
        before = await desk.ask(made["secret"], query)
        found = await review(desk, made["key"]["prefix"])
        assert "Officer.badgeNumber" in found["unread"]
        assert not {"Officer.rank", "Training.score", "Officer.lastName"} & set(found["unread"])
        names = {each["name"] for each in found["suggestedScopes"]}
        assert names == {"Officer.rank", "Training.score", "Training.course", "Course"}
        assert {tuple(each["verbs"]) for each in found["suggestedScopes"]} == {("view",)}
        narrower = [{"names": [each["name"]], "verbs": each["verbs"]} for each in found["suggestedScopes"]]
        await changed(desk, "changeKey", prefix=made["key"]["prefix"], scopes=narrower)
        assert await desk.ask(made["secret"], query) == before
        assert (await review(desk, made["key"]["prefix"]))["unread"] == []

    async def test_looks_back_90_days(self, own_desk):
        """What was read longer ago does not count; a key's predecessors do, and a young key is no evidence."""
        old = await own_desk.issue(scopes=SCOPES)
        await own_desk.ask(old["secret"], "{ officers(first: 1) { nodes { rank } } }")
        new = await changed(own_desk, "rotateKey", prefix=old["key"]["prefix"])
        found = await review(own_desk, new["key"]["prefix"])
        assert ([each["name"] for each in found["suggestedScopes"]], found["isConclusive"]) == (["Officer.rank"], False)
        await move(own_desk.folder, timedelta(days=-91))
        created = ApiKeyRow.prefix == old["key"]["prefix"]
        past = (await list_records(own_desk.folder))[0]["at"] - timedelta(days=1)
        await own_desk.write(update(ApiKeyRow).where(created).values(created_at=past))
        found = await review(own_desk, new["key"]["prefix"])
        assert (found["suggestedScopes"], found["isConclusive"]) == ([], True)

    async def test_3_4_of_the_own_agency(self, served):
        """Another agency's key is reviewed as one that is not there."""
        bodies = [
            await served.ask(key_of("agency_admin").text, REVIEW, {"prefix": prefix})
            for prefix in (key_of("foreign chief").prefix, "0" * 12)
        ]
        assert bodies[0] == bodies[1]


async def look_at_keys(server):
    body = await server.ask(key_of("agency_admin").text, "{ apiKeys(first: 100) { prefix } }")
    return body["data"]["apiKeys"]


async def move(folder, by):
    """Let all that was recorded have happened at another time."""
    engine = create_engine(f"sqlite:///{folder}/audit.db")
    async with begin_writing(engine) as connection:
        for record in await list_records(folder):
            is_it = audit_records.c.request_id == record["request_id"]
            await connection.execute(update(audit_records).where(is_it).values(at=record["at"] + by))
    await engine.dispose()
