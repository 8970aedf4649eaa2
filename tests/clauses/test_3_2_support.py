"""§3.2, §5.3, §9.4: vendor staff see an agency's data only by the agency's leave, and then only what it opened."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from louver.db.engine import begin_writing, create_engine
from louver.db.tables import SupportGrantRow
from tests.access.asking import PLURALS
from tests.policy.asking import changed, look
from tests.world.build import ROWS
from tests.world.shown import outside_id
from tests.world.store import key_of

EVERYTHING = f"{{ {' '.join(f'{plural} {{ totalCount nodes {{ id }} }}' for plural in PLURALS.values())} }}"
NOT_GRANTED = ["support ungranted", "support expired"]


def support(name: str) -> str:
    return key_of(name).text


@pytest.mark.parametrize("holder", NOT_GRANTED)
async def test_3_2_no_row_without_a_grant(served, holder):
    """Without a live grant of the agency's, support sees no row of any type, and is told as for any denial."""
    body = await served.ask(support(holder), EVERYTHING)
    assert set(body["data"].values()) == {None}
    assert {error["extensions"]["code"] for error in body["errors"]} <= {"FIELD_DENIED", "MODULE_NOT_SUBSCRIBED"}


@pytest.mark.parametrize("holder", NOT_GRANTED)
async def test_9_4_no_way_to_a_persons_data(served, world, holder):
    """The vendor has no way to one person's data: not by an id, in a count, in a group or by a guess at a name."""
    officer = world.of_agency("Officer", "alder")[0]
    asked = (
        f'{{ officer(id: "{outside_id("Officer", officer)}") {{ id lastName }} }}',
        f'{{ node(id: "{outside_id("Officer", officer)}") {{ id }} }}',
        "{ officersAggregate(groupBy: [RANK]) { count groups { count } } }",
        "{ trainingsAggregate { count } }",
    )
    for query in asked:
        assert set((await served.ask(support(holder), query))["data"].values()) == {None}


async def test_3_2_only_what_was_granted(served):
    """With a grant that does not name use of force, officers are seen and no incident is."""
    body = await served.ask(support("support without uof"), EVERYTHING)
    assert body["data"]["officers"]["totalCount"] > 0
    assert {body["data"][PLURALS[name]] and 1 for name in ROWS if name.startswith("Uof")} == {None}


async def test_3_2_gone_at_its_end(own_served, own_url):
    """A grant that has ended opens nothing at the next request."""
    key = support("support without uof")
    assert (await own_served.ask(key, "{ officers { totalCount } }"))["data"]["officers"]
    engine, ended = create_engine(own_url), datetime.now(UTC) - timedelta(seconds=1)
    async with begin_writing(engine) as connection:
        await connection.execute(update(SupportGrantRow).values(ends_at=ended))
    await engine.dispose()
    assert (await own_served.ask(key, "{ officers { totalCount } }"))["data"]["officers"] is None


async def test_5_3_the_agency_opens_and_closes(own_served):
    """The agency's administrator grants, sees who may look, and revokes, with effect on the next request."""
    key = support("support ungranted")
    granted = await changed(own_served, "grantSupport", ticket="T-7", reason="a report is wrong")
    assert (await own_served.ask(key, "{ officers { totalCount } }"))["data"]["officers"]
    assert granted["id"] in {grant["id"] for grant in await look(own_served, "supportGrants")}
    await changed(own_served, "revokeSupportGrant", grantId=granted["id"])
    assert (await own_served.ask(key, "{ officers { totalCount } }"))["data"]["officers"] is None
