"""Stored operations: registered by an administrator, asked for by their hash, of one agency alone."""

import asyncio
import hashlib
import json

import pytest
from click.testing import CliRunner

from louver.cli import main
from louver.errors import InvalidInputError
from louver.logging import ValueDigest
from louver.operations import StoredOperations
from louver.schema.manifests import list_manifest, read_drafts
from louver.settings import Settings
from louver.stores import upgrade_stores
from louver.wire import RESPONSE_JSON
from tests.policy.asking import changed, list_records, look, refused
from tests.server import logging_restored
from tests.world.build import identify
from tests.world.store import key_of

TEXT = "query Ranks { officers(first: 3) { nodes { id rank } } }"
MUTATION = "mutation Grant($input: GrantSupportInput!) { grantSupport(input: $input) { id } }"


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


HASH = sha256(TEXT)


def entry(text):
    return {"hash": sha256(text), "text": text}


UNFIT = {
    "hash": ({"hash": "0" * 64, "text": TEXT}, "not the SHA-256"),
    "syntax": (entry("{ officers "), "cannot be parsed"),
    "fragment": (entry("fragment F on Officer { id }"), "is none"),
    "long": (entry("{ a }" + " " * 70_000), "too long"),
    "tokens": (entry("{ " + "a " * 20_000 + "}"), "cannot be parsed"),
}


async def ask(server, body, holder="chief"):
    headers = {"authorization": f"Bearer {key_of(holder).text}", "accept": RESPONSE_JSON}
    return await server.client.post("/graphql", json=body, headers=headers)


async def get(server, parameters, holder="chief"):
    headers = {"authorization": f"Bearer {key_of(holder).text}", "accept": RESPONSE_JSON}
    return await server.client.get("/graphql", params=parameters, headers=headers)


@pytest.fixture
async def stored(own_served):
    """A server on which an agency has registered two operations."""
    await changed(own_served, "registerOperations", operations=[entry(TEXT), entry(MUTATION)])
    return own_served


class TestAsking:
    async def test_by_hash(self, stored, tmp_path):
        """Every way to send a hash is answered as the text is, and the log says so where the hash alone was sent."""
        expected = (await ask(stored, {"query": TEXT})).json()
        persisted = {"persistedQuery": {"version": 1, "sha256Hash": HASH}}
        bodies = [{"documentId": f"sha256:{HASH}"}, {"documentId": HASH}, {"extensions": persisted}]
        for body in [*bodies, {"query": TEXT, "extensions": persisted}]:
            response = await ask(stored, body)
            assert (response.status_code, response.json()) == (200, expected)
        for parameters in ({"documentId": f"sha256:{HASH}"}, {"extensions": json.dumps(persisted)}):
            response = await get(stored, parameters)
            assert (response.status_code, response.json()) == (200, expected)
            assert response.headers["cache-control"] == "private, no-store"
        assert "data" in expected
        records = (await list_records(tmp_path))[2:]
        assert [each["saved_operation_id"] for each in records] == [HASH] * 3 + [None] + [HASH] * 2
        assert len({each["document_hash"] for each in records} - {HASH}) == 1

    async def test_unknown(self, stored, tmp_path):
        """A hash under which nothing is registered has a code of its own, which clients know, and is in the log."""
        response = await ask(stored, {"documentId": f"sha256:{'0' * 64}"})
        body = response.json()
        assert (response.status_code, list(body)) == (404, ["errors"])
        assert body["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
        assert (await list_records(tmp_path))[-1]["saved_operation_id"] == "0" * 64

    async def test_of_one_agency(self, stored):
        """What one agency has registered is to another agency's key as if it were not there."""
        foreign = await ask(stored, {"documentId": HASH}, "cancelled admin")
        unknown = await ask(stored, {"documentId": "0" * 64}, "cancelled admin")
        assert (foreign.status_code, foreign.json()) == (unknown.status_code, unknown.json())

    async def test_no_mutation_by_get(self, stored):
        """A stored mutation is not taken by GET, and nothing happens."""
        before = await look(stored, "supportGrants")
        variables = json.dumps({"input": {"ticket": "T-1", "reason": "r"}})
        response = await get(stored, {"documentId": sha256(MUTATION), "variables": variables}, "agency_admin")
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        assert await look(stored, "supportGrants") == before

    async def test_rights_are_the_callers(self, stored):
        """A stored operation opens nothing: what its caller may not see is denied as ever."""
        body = (await ask(stored, {"documentId": HASH}, "public_portal")).json()
        assert body == (await ask(stored, {"query": TEXT}, "public_portal")).json()


class TestRegistering:
    async def test_listed(self, stored):
        """The administrator reads what is registered, with who did it, and pages by id."""
        found = await look(stored, "storedOperations")
        assert [each["id"] for each in found] == sorted(f"sha256:{sha256(each)}" for each in (TEXT, MUTATION))
        assert {each["registeredBy"] for each in found} == {f"key {key_of('agency_admin').prefix}"}
        second = await look(stored, "storedOperations", arguments=f'(first: 5, after: "{found[0]["id"]}")')
        assert second == found[1:]

    async def test_retired_and_back(self, stored, tmp_path):
        """A retired operation is out at the next request, and comes back by being registered; both are in the log."""
        (retired,) = await changed(stored, "retireOperations", ids=[f"sha256:{HASH}"])
        assert retired["retiredAt"] is not None
        assert (await ask(stored, {"documentId": HASH})).status_code == 404
        (back,) = await changed(stored, "registerOperations", operations=[entry(TEXT)])
        assert back["retiredAt"] is None
        assert (await ask(stored, {"documentId": HASH})).status_code == 200
        events = [each["event"] for each in await list_records(tmp_path) if each["event"].startswith("operation.")]
        assert events == ["operation.registered", "operation.retired", "operation.registered"]

    async def test_once(self, stored):
        """What is registered already stays as it is, however often it is in a manifest."""
        before = await look(stored, "storedOperations")
        await changed(stored, "registerOperations", operations=[entry(TEXT), entry(TEXT)])
        assert await look(stored, "storedOperations") == before

    async def test_refused(self, stored):
        """What is no operation under its own hash is not registered, and nothing beside it is."""
        before = await look(stored, "storedOperations")
        for operation, word in UNFIT.values():
            error = await refused(stored, "registerOperations", operations=[entry("{ viewer { kind } }"), operation])
            assert word in error["message"]
        assert await look(stored, "storedOperations") == before

    async def test_unknown_is_not_retired(self, stored):
        """Retiring what is not there is refused, and retires nothing beside it."""
        error = await refused(stored, "retireOperations", ids=[HASH, "0" * 64])
        assert error["code"] == "BAD_REQUEST"
        assert (await ask(stored, {"documentId": HASH})).status_code == 200

    async def test_look_up(self, stored):
        """Whoever builds on it finds texts, and whether a document is registered, by agency."""
        operations = StoredOperations(stored.service.reader, ValueDigest(b"k" * 32))
        agencies = [identify("birch"), identify("alder")]
        assert await operations.find(agencies, HASH) == TEXT
        assert await operations.is_stored(agencies, HASH)
        assert not await operations.is_stored(agencies[:1], HASH)
        assert await operations.find([], HASH) is None


@pytest.fixture
def louver(own_url, tmp_path):
    """Run `louver operation` with the key of a holder."""
    audit_url = f"sqlite:///{tmp_path}/audit.db"
    asyncio.run(upgrade_stores(Settings(database_url=own_url, audit_url=audit_url, var=tmp_path)))
    environment = {"LOUVER_DATABASE_URL": own_url, "LOUVER_AUDIT_URL": audit_url, "LOUVER_VAR": str(tmp_path)}

    def run(*arguments, holder="agency_admin"):
        ours = environment | {"LOUVER_KEY": key_of(holder).text}
        with logging_restored():
            return CliRunner(catch_exceptions=False).invoke(main, ("operation", *arguments), env=ours)

    return run


MANIFESTS = {
    "Relay, graphql-codegen": {HASH: TEXT},
    "Apollo": {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{"id": HASH, "name": "Ranks", "type": "query", "body": TEXT}],
    },
}


@pytest.mark.parametrize("manifest", [[], {}, {"operations": [1]}, {"operations": []}, {"a": 1}, {HASH: "x"}])
def test_no_manifest(manifest):
    """What is no manifest, or has a text under the hash of another, is refused."""
    with pytest.raises(InvalidInputError):
        read_drafts(list_manifest(manifest))


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
def test_manifests(manifest):
    """A manifest as client tools write it is read."""
    assert [(each.hash, each.names) for each in read_drafts(list_manifest(manifest))] == [(HASH, ("Ranks",))]


class TestCommand:
    def test_each(self, louver, tmp_path):
        """A manifest is registered, listed and retired by command; the right is the same at this door."""
        path = tmp_path / "manifest.json"
        path.write_text(json.dumps({HASH: TEXT}))
        assert "ACCESS_DENIED" in louver("register", str(path), holder="chief").stderr
        (made,) = json.loads(louver("register", str(path), "--json").stdout)
        assert (made["hash"], made["names"]) == (HASH, ["Ranks"])
        assert louver("list", holder="auditor").stdout.startswith(f"{HASH}  Ranks  registered by ")
        assert "retired by" in louver("retire", f"sha256:{HASH}").stdout
        path.write_text("{")
        assert louver("register", str(path)).stderr.startswith("error: BAD_REQUEST: ")
