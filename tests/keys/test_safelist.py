"""The safelist: what comes of operations that are not stored, step by step."""

import hashlib

from louver.safelist import SafelistedGateway
from tests.policy.asking import changed, list_records
from tests.world.store import key_of

QUERY = "{ officers(first: 1) { nodes { rank } } }"
HASH = hashlib.sha256(QUERY.encode()).hexdigest()


class Stored:
    """Some operations, of one agency."""

    def __init__(self, *hashes):
        self.hashes = hashes
        self.asked = []

    async def is_stored(self, agency_ids, document_hash):
        """See StoredOperations."""
        self.asked.append((list(agency_ids), document_hash))
        return document_hash in self.hashes


async def test_each_step(desk):
    """An operation that is not stored is answered, marked in the log, warned of, or refused."""
    for step in ("off", "log", "warn", "block"):
        body = await desk.ask((await desk.issue(safelist=step))["secret"], QUERY)
        record = (await list_records(desk.folder))[-1]
        assert ("data" in body) is (step != "block")
        assert record["reason"] == (None if step == "off" else "OPERATION_NOT_STORED")
        assert (body.get("extensions", {}).get("safelist", {}).get("hash") == HASH) == (step == "warn")
    assert (record["event"], body["errors"][0]["extensions"]["reason"]) == ("access.denied", "OPERATION_NOT_STORED")
    assert HASH in body["errors"][0]["extensions"]["hint"]


async def test_stored_ones_pass(own_desk):
    """A key that may send stored operations alone sends these; one more letter is another operation."""
    key = (await own_desk.issue(safelist="block"))["secret"]
    endpoint, stored = own_desk.service.endpoint, Stored(HASH)
    endpoint._gateway._gateway = SafelistedGateway(endpoint._gateway._gateway._gateway, stored)
    bodies = [await own_desk.ask(key, query) for query in (QUERY, QUERY + " ", QUERY)]
    assert ["data" in body for body in bodies] == [True, False, True]
    await own_desk.ask(key_of("chief").text, QUERY)
    assert len(stored.asked) == 3


async def test_step_by_step(desk):
    """An administrator takes a key from one step to the next, and each holds from the next request on."""
    made = await desk.issue()
    answered = []
    for step in ("log", "warn", "block", "off"):
        await changed(desk, "changeKey", prefix=made["key"]["prefix"], safelist=step)
        answered.append("data" in await desk.ask(made["secret"], QUERY))
    assert answered == [True, True, False, True]


async def test_what_the_agency_registered(own_desk):
    """An operation passes from the request after the agency registered it, and no more once it is retired."""
    key, answered = (await own_desk.issue(safelist="block"))["secret"], []
    answered.append("data" in await own_desk.ask(key, QUERY))
    await changed(own_desk, "registerOperations", operations=[{"hash": HASH, "text": QUERY}])
    answered.append("data" in await own_desk.ask(key, QUERY))
    await changed(own_desk, "retireOperations", ids=[f"sha256:{HASH}"])
    answered.append("data" in await own_desk.ask(key, QUERY))
    assert answered == [False, True, False]
