"""No answer by a policy out of force: lines are read when they have changed, and refused when they cannot be read."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, update

from louver.db.access import PolicyLineRow, PolicyVersionRow
from louver.db.agencies import AgencyRow
from tests.policy.asking import change, changed, deny, line
from tests.world.build import identify
from tests.world.store import key_of

RANKS = "{ officers(first: 1) { nodes { rank workPhone } } }"
OURS = PolicyLineRow.agency_id == identify("alder")


async def ask(server, holder="chief"):
    response = await server.post(key_of(holder).text, RANKS)
    codes = [error["extensions"]["code"] for error in response.json().get("errors", ())]
    return response.status_code, codes


async def lose(connection):
    """Lose all lines, as a restore of half a database would."""
    await connection.execute(delete(PolicyLineRow).where(OURS))


async def lose_one(connection):
    await connection.execute(delete(PolicyLineRow).where(OURS, PolicyLineRow.obj == "Officer.workPhone"))


async def break_one(connection):
    await connection.execute(update(PolicyLineRow).where(OURS, PolicyLineRow.sub == "chief").values(act="peek"))


async def turn_one(connection):
    """Make an allow of a deny, which is a well-formed line that nobody published."""
    await connection.execute(update(PolicyLineRow).where(OURS, PolicyLineRow.sub == "chief").values(eft="allow"))


async def add_one(connection):
    values = line("hr", "*")
    row = {"sub": "hr", "obj": "*", "act": values["act"], "rows": "agency", "eft": "allow"}
    await connection.execute(insert(PolicyLineRow).values(agency_id=identify("alder"), id=uuid4(), version=2, **row))


async def lose_version(connection):
    await connection.execute(delete(PolicyVersionRow).where(PolicyVersionRow.agency_id == identify("alder")))


class TestStale:
    @pytest.mark.parametrize("harm", [lose, lose_one, break_one, turn_one, add_one, lose_version])
    async def test_lines_that_are_not_those_published(self, own_served, in_store, harm):
        """Lines that were lost, broken or changed behind our back decide nothing; only their agency is refused."""
        added = [deny("chief", "Officer.workPhone"), deny("hr", "Officer.workPhone")]
        await changed(own_served, "publishPolicy", baseVersion=0, reason="r", add=added)
        await changed(own_served, "publishPolicy", baseVersion=1, reason="r", add=[deny("legal", "Officer.rank")])
        await in_store(harm)
        before = own_served.service.keeper.snapshot
        for holder in ("chief", "hr", "agency_admin"):
            assert await ask(own_served, holder) == (503, ["POLICY_STALE"])
        assert await ask(own_served, "foreign chief") == (200, [])
        assert own_served.service.keeper.snapshot is before

    async def test_ends_when_the_store_is_mended(self, own_served, in_store):
        """Once the lines can be read again they decide, without a restart."""
        await changed(own_served, "publishPolicy", baseVersion=0, reason="r", add=[deny("chief", "Officer.workPhone")])
        await in_store(break_one)
        assert await ask(own_served) == (503, ["POLICY_STALE"])

        async def mend(connection):
            await connection.execute(update(PolicyLineRow).where(OURS).values(act="view"))

        await in_store(mend)
        assert await ask(own_served) == (200, ["FIELD_DENIED"])

    async def test_nothing_is_published_on_what_cannot_be_read(self, own_served, in_store):
        """Nobody changes a policy that nobody can read."""
        await changed(own_served, "publishPolicy", baseVersion=0, reason="r", add=[deny("chief", "Officer.workPhone")])
        await in_store(lose)
        body = await change(own_served, "publishPolicy", baseVersion=1, reason="r", add=[deny("hr", "Officer.rank")])
        assert body["errors"][0]["extensions"]["code"] == "POLICY_STALE"

    async def test_an_older_version_than_asked_for(self, own_served, in_store):
        """Lines older than the version in force, as a lagging copy of the store has them, are not used."""

        async def ahead(connection):
            await connection.execute(
                update(AgencyRow).where(AgencyRow.id == identify("alder")).values(policy_overlay_version=9)
            )

        await in_store(ahead)
        assert await ask(own_served) == (503, ["POLICY_STALE"])


class TestCost:
    async def test_one_statement_while_nothing_changes(self, own_served):
        """A request of an agency with lines of its own costs no statement more; a change costs each process one."""
        keeper, reader = own_served.service.keeper, own_served.service.reader
        await ask(own_served)
        before = reader.statements
        await ask(own_served)
        per_request = reader.statements - before
        await changed(own_served, "publishPolicy", baseVersion=0, reason="r", add=[deny("hr", "Officer.rank")])
        await ask(own_served)
        before = reader.statements
        await ask(own_served)
        assert (reader.statements - before, keeper.loads) == (per_request, 1)

    async def test_requests_at_once_read_the_lines_once(self, own_served):
        """Of many requests that find the policy changed one reads the lines."""
        await changed(own_served, "publishPolicy", baseVersion=0, reason="r", add=[deny("chief", "Officer.workPhone")])
        answers = await asyncio.gather(*(ask(own_served) for _ in range(12)))
        assert set(map(str, answers)) == {"(200, ['FIELD_DENIED'])"}
        assert own_served.service.keeper.loads == 1

    async def test_decisions_of_other_agencies_are_kept(self, own_served):
        """What one agency changes takes no decision from another: its rights stay the same object."""
        keeper, agency_id = own_served.service.keeper, identify("birch")
        standing = {"modules": ["UOF"], "subscription": "ACTIVE"}
        before = keeper.snapshot.rights(agency_id, ["chief"], **standing)
        await changed(own_served, "publishPolicy", baseVersion=0, reason="r", add=[deny("chief", "Officer.workPhone")])
        await ask(own_served)
        assert keeper.snapshot.rights(agency_id, ["chief"], **standing) is before
