"""§4: who sees what is as the agency configured; partners get the minimum; nothing leaves for the state by itself."""

import pytest

from louver.authz.duties import Administered
from louver.authz.lines import PolicyLine
from louver.authz.overlays import list_ceiling_hits
from louver.authz.shipped import read_coordinates, read_policy
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import Act
from louver.schema.duties import MUTATIONS
from tests.access.asking import PLURALS
from tests.policy.asking import changed, line
from tests.scopes.desk import At
from tests.world.build import ROWS, identify
from tests.world.policy import fields_of
from tests.world.shown import RELATIONS
from tests.world.store import ROLES, key_of

EMAILS = "{ officers(first: 1000) { nodes { workEmail } } }"


async def shows_emails(served, holder: str) -> bool:
    page = (await served.ask(key_of(holder).text, EMAILS))["data"]["officers"]
    return any(node["workEmail"] for node in page["nodes"])


async def test_4_1_as_the_agency_configured(own_served):
    """What the administrator takes from a role is gone at its next request, and other agencies are as before."""
    assert await shows_emails(own_served, "chief")
    await changed(
        own_served,
        "publishPolicy",
        baseVersion=0,
        reason="not needed",
        add=[line("chief", "Officer.workEmail", effect="deny")],
    )
    assert not await shows_emails(own_served, "chief")
    assert await shows_emails(own_served, "hr")
    assert await shows_emails(own_served, "foreign chief")


PARTNER = At("alder", ("chief", "partner"), scopes=("Training.*",))


async def test_4_2_partners_get_the_minimum(desk):
    """A key that was issued for trainings reads these as its role would, and nothing of persons or use of force."""
    fields = [name for name in fields_of("Training") if f"Training.{name}" not in RELATIONS]
    body = await desk.ask(PARTNER, f"{{ trainings(first: 1000) {{ totalCount nodes {{ {' '.join(fields)} }} }} }}")
    assert "errors" not in body
    assert body["data"]["trainings"]["totalCount"] > 0
    others = [name for name in ROWS if name != "Training"]
    closed = await desk.ask(PARTNER, f"{{ {' '.join(f'{PLURALS[name]} {{ totalCount }}' for name in others)} }}")
    assert set(closed["data"].values()) == {None}
    assert {error["extensions"]["reason"] for error in closed["errors"]} == {"KEY_SCOPE"}


@pytest.mark.parametrize(
    "root",
    [
        "trainings { nodes { officer { lastName } } }",
        'trainings(filter: { officer: { lastName: { eq: "x" } } }) { totalCount }',
        "trainingsAggregate(groupBy: [RANK]) { groups { count } }",
        "agencies { nodes { contactEmail } }",
    ],
)
async def test_4_2_no_way_round_the_scope(desk, root):
    """Nothing outside the scope is reached through what is inside."""
    body = await desk.ask(PARTNER, f"{{ {root} }}")
    assert body["errors"]
    assert {error["extensions"]["code"] for error in body["errors"]} == {"FIELD_DENIED"}
    denied = [each for error in body["errors"] for each in error["extensions"].get("denials", [error["extensions"]])]
    assert {each["reason"] for each in denied} == {"KEY_SCOPE"}


@pytest.mark.parametrize("role", [*ROLES, "partner"])
def test_4_3_nothing_is_sent_by_default(role):
    """No role may export anything until the agency says so: what goes to the state's board is the agency's own act."""
    rights = Snapshot.load().rights(identify("alder"), [role], modules=("TRAINING", "UOF"), subscription="ACTIVE")
    coordinates = read_coordinates()
    assert all(rights.permit(each, Act.EXPORT).is_denied for each in coordinates.fields | coordinates.types)
    assert not any(each.act == Act.EXPORT and not each.is_deny for each in read_policy())


TICKED = ("Training.completedOn", "Training.hours", "Training.course")


@pytest.mark.parametrize("role", ["training_coordinator", "agency_admin"])
def test_4_3_what_is_sent_is_what_the_agency_ticked(role):
    """A role that the agency lets export some fields of trainings may export these, and no other and nobody else's."""
    lines = [
        PolicyLine.for_agency(identify("alder"), sub=role, obj=each, act="export", rows="agency", eft="allow")
        for each in TICKED
    ]
    snapshot, coordinates = Snapshot.load(lines), read_coordinates()
    for agency, holder, wanted in (
        ("alder", role, set(TICKED)),
        ("alder", "post_auditor", set()),
        ("birch", role, set()),
    ):
        rights = snapshot.rights(identify(agency), [holder], modules=("TRAINING", "UOF"), subscription="ACTIVE")
        names = coordinates.fields | coordinates.types
        assert {each for each in names if not rights.permit(each, Act.EXPORT).is_denied} == wanted


@pytest.mark.parametrize("role", ["support", "post_auditor"])
def test_4_3_the_vendor_never_sends(role):
    """No line of an agency's lets the vendor's support export; to the state's auditor it is the agency's to allow."""
    line_of_all = PolicyLine.for_agency(identify("alder"), sub=role, obj="*", act="export", rows="agency", eft="allow")
    assert bool(list_ceiling_hits([line_of_all], {})) == (role == "support")


async def test_4_3_4_4_4_5_nothing_can_be_sent(desk):
    """There is no operation that submits or discloses: each change that can be asked for is one of access."""
    mutations = desk.schema.graphql.mutation_type.fields
    assert set(mutations) == set(MUTATIONS)
    assert {duty.administered for duty in MUTATIONS.values()} <= set(Administered)
    assert not [name for name in mutations if name.lower().startswith(("submit", "send", "export", "disclose"))]


async def test_4_no_other_agency_by_a_key(desk, world):
    """A key of one agency against another's rows answers as for what does not exist."""
    chief, nobody = At("alder", ("chief",)), "0" * 32
    for type_name in ROWS:
        single, prefix = f"{type_name[0].lower()}{type_name[1:]}", type_name.lower()
        foreign = world.of_agency(type_name, "birch")[0]["id"].hex
        answers = [
            await desk.ask(chief, f'{{ {single}(id: "{prefix}_{each}") {{ id }} }}') for each in (foreign, nobody)
        ]
        assert answers[0] == answers[1] == {"data": {single: None}}
