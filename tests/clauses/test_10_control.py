"""§10: the administrator says who views; what is stored is inventoried; who has left is out, and the records stay."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from louver.authz.lines import PolicyLine
from louver.authz.shipped import read_coordinates, read_matrix
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import Classification
from louver.db.codes import PersonStatus
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import ApiKeyRow, PersonRow
from louver.schema.catalogue import build_catalogue
from tests.policy.asking import change, changed, line
from tests.world.build import PATROL_OFFICER, identify
from tests.world.shown import outside_id
from tests.world.store import ROLES, key_of


async def test_10_1_the_administrator_says_who_views(own_served):
    """The administrator gives a role what it had not, and takes it back; both hold from the next request on."""
    query = "{ officers(first: 1000) { nodes { raceEthnicity } } }"
    given = [line("records_clerk", "Officer.raceEthnicity")]

    async def is_seen() -> bool:
        page = (await own_served.ask(key_of("records_clerk").text, query))["data"]["officers"]
        return any(node["raceEthnicity"] for node in page["nodes"])

    assert not await is_seen()
    await changed(own_served, "publishPolicy", baseVersion=0, reason="for the yearly report", add=given)
    assert await is_seen()
    await changed(own_served, "publishPolicy", baseVersion=1, reason="the report is done", remove=given)
    assert not await is_seen()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "agency_admin"])
async def test_10_1_nobody_else_does(served, role):
    """To every other role the change is refused."""
    order = {"baseVersion": 0, "reason": "r", "add": [line(role, "Officer.raceEthnicity")]}
    body = await change(served, "publishPolicy", role, **order)
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


RETENTION = ("retentionTrainingYears", "retentionUofYears")
CONTROLLERS = {"agency_admin", "chief", "legal", "auditor"}
"""Who sees how long records are kept; support does under a grant, which the administrator made."""


@pytest.mark.parametrize("role", ROLES)
async def test_10_1_how_long_it_is_kept(served, role):
    """How long records are kept is a setting of each agency's own, shown to who answers for it and to nobody else."""
    body = await served.ask(key_of(role).text, f"{{ agencies {{ nodes {{ id {' '.join(RETENTION)} }} }} }}")
    denied = {error["extensions"]["coordinate"] for error in body.get("errors", ())}
    is_shown = role in CONTROLLERS | {"support"}
    assert denied == (set() if is_shown else {f"Agency.{name}" for name in RETENTION})
    assert {node["id"] for node in body["data"]["agencies"]["nodes"]} == {f"agency_{identify('alder').hex}"}


@pytest.mark.parametrize("role", ROLES)
def test_10_1_nobody_enters_until_the_agency_says_so(role):
    """No role may enter a record or a setting by default; the agency gives it by the field, to the vendor never."""
    modules = {"modules": ("TRAINING", "UOF"), "subscription": "ACTIVE"}
    names, given = sorted(read_coordinates().fields), "Agency.retentionTrainingYears"
    rights = Snapshot.load().rights(identify("alder"), [role], **modules)
    assert [name for name in names if not rights.may_enter(name).is_denied] == []
    allowed = PolicyLine.for_agency(identify("alder"), sub=role, obj=given, act="enter", rows="agency", eft="allow")
    rights = Snapshot.load([allowed]).rights(identify("alder"), [role], **modules)
    assert [name for name in names if not rights.may_enter(name).is_denied] == ([] if role == "support" else [given])


def test_10_2_everything_stored_is_classified():
    """Every field of every type has a class of how sensitive it is, and a description of what it is."""
    classes = {coordinate: group.classification for group in read_matrix() for coordinate in group.coordinates}
    for entity in build_catalogue().values():
        for name, column in entity.columns.items():
            assert column.description
            assert name == "id" or classes[entity.coordinate(name)] in Classification
    assert set(classes.values()) == set(Classification)


@pytest.mark.parametrize(
    "status", [status for status in PersonStatus if status is not PersonStatus.ACTIVE], ids=lambda status: status.name
)
async def test_10_3_who_has_left_is_out(own_served, own_url, status):
    """A key of somebody who is no longer active is refused at its next request; the administrator sees the records."""
    leaver = key_of("officer").text
    assert (await own_served.post(leaver, "{ officers { totalCount } }")).status_code == 200
    engine = create_engine(own_url)
    async with begin_writing(engine) as connection:
        is_it = PersonRow.id == identify("person", "officer")
        await connection.execute(update(PersonRow).where(is_it).values(status=status))
    await engine.dispose()
    refused = await own_served.post(leaver, "{ officers { totalCount } }")
    assert refused.status_code == 401
    assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    officer = outside_id("Officer", {"id": identify("alder", "officer", PATROL_OFFICER)})
    kept = await own_served.ask(
        key_of("agency_admin").text, f'{{ officer(id: "{officer}") {{ id trainings {{ totalCount }} }} }}'
    )
    assert kept["data"]["officer"]["trainings"]["totalCount"] > 0


async def test_10_3_a_revoked_key_is_out(own_served, own_url):
    """So is a key that was revoked."""
    engine = create_engine(own_url)
    async with begin_writing(engine) as connection:
        is_it = ApiKeyRow.id == identify("key", "officer")
        await connection.execute(update(ApiKeyRow).where(is_it).values(revoked_at=datetime.now(UTC)))
    await engine.dispose()
    assert (await own_served.post(key_of("officer").text, "{ viewer { label } }")).status_code == 401
