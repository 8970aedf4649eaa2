"""The preview says beforehand what publishing then does: operations asked, previewed, published, and asked again."""

import pytest

from tests.explaining.asking import ROOTS, ask, refused
from tests.policy.asking import changed, deny, line
from tests.world.store import key_of

OPERATIONS = {
    "Roster": """query Roster {
        officers(first: 2) { nodes { id rank workPhone badgeNumber trainings { nodes { id score } } } } }""",
    "Courses": "query Courses { courses(first: 2) { nodes { id title } } }",
    "Incidents": "query Incidents { uofIncidents(first: 2) { nodes { id number summary } } }",
    "Numbers": "query Numbers { trainingsAggregate(groupBy: [STATUS]) { count groups { count key { status } } } }",
    "Hours": "query Hours { trainings(first: 2) { nodes { id hoursEarned } } }",
}
CALLERS = ("chief", "hr", "auditor", "records_clerk", "public_portal", "scoped chief")
DRAFT = [
    deny("chief", "officer_contact"),
    line("auditor", "officer_badge"),
    deny("hr", "Course"),
    deny("records_clerk", "Training.status"),
    line("hr", "UofIncident"),
    line("hr", "uof_number"),
]
PREVIEW = ROOTS["previewPolicy"][ROOTS["previewPolicy"].index("{ times") :]


def as_argument(lines):
    """Write lines as a GraphQL literal."""
    written = ("{" + ", ".join(f'{name}: "{value}"' for name, value in each.items()) + "}" for each in lines)
    return f"[{', '.join(written)}]"


async def ask_all(server):
    """Send every operation as every caller; what each got, by caller and operation."""
    return {
        (caller, name): await server.ask(key_of(caller).text, query)
        for caller in CALLERS
        for name, query in OPERATIONS.items()
    }


def list_denied(body):
    """The coordinates that an answer, or a refusal, denies."""
    errors = [error["extensions"] for error in body.get("errors", ())]
    return {each["coordinate"] for error in errors for each in error.get("denials", [error])}


@pytest.fixture
async def story(own_served):
    """What was previewed, and what each caller got before and after it was published."""
    before = await ask_all(own_served)
    preview = await ask(own_served, "previewPolicy", f"(add: {as_argument(DRAFT)})", PREVIEW)
    await changed(own_served, "publishPolicy", baseVersion=0, reason="tests", add=DRAFT)
    return before, preview, await ask_all(own_served)


async def test_what_is_previewed_is_what_happens(story):
    """Operations that are said to change do, by just the fields that are named; all others are answered as before."""
    before, preview, after = story
    told = {(each["keyPrefix"], each["operationName"]): each for each in preview["operations"]}
    for (caller, name), old in before.items():
        new, change = after[caller, name], told.pop((key_of(caller).prefix, name), None)
        if change is None:
            assert new == old, (caller, name)
            continue
        assert new != old, (caller, name)
        if None not in old["data"].values():  # what is below a closed root was never recorded
            assert list_denied(new) - list_denied(old) <= set(change["lost"])
        assert list_denied(old) - list_denied(new) <= set(change["gained"])
        is_all_closed = all(value is None for value in new.get("data", {}).values())
        assert (change["verdict"] == "BREAKS") is is_all_closed, (caller, name)
    assert told == {}


async def test_numbers_fields_and_cells(story):
    """Counts by verdict add up to what was recorded; fields say to whom; cells are those of the published version."""
    _, preview, _ = story
    assert sum(preview["times"].values()) == len(CALLERS) * len(OPERATIONS)
    fields = {(each["coordinate"], each["roles"][0], each["change"]) for each in preview["fields"]}
    assert fields == {
        ("Officer.workPhone", "chief", "NEWLY_DENIED"),
        ("Officer.badgeNumber", "auditor", "UNMASKED"),
        ("Query.courses", "hr", "NEWLY_DENIED"),
        ("Course.title", "hr", "NEWLY_DENIED"),
        ("Course.id", "hr", "NEWLY_DENIED"),
        ("Training.hoursEarned", "records_clerk", "NEWLY_DENIED"),
        ("Training.status", "records_clerk", "NEWLY_DENIED"),
        ("Query.uofIncidents", "hr", "NEWLY_VISIBLE"),
    }
    assert {"coordinate": "Officer.workPhone", "role": "chief", "before": "V", "after": "D"} in preview["effects"]


async def test_nothing_is_changed_by_looking(own_served):
    """A preview publishes nothing, and the policy in force previews as no change at all."""
    before = await ask_all(own_served)
    await ask(own_served, "previewPolicy", f"(add: {as_argument(DRAFT)})", PREVIEW)
    same = await ask(own_served, "previewPolicy", "(lines: [])", PREVIEW)
    assert (same["fields"], same["operations"], same["effects"]) == ([], [], [])
    assert await ask_all(own_served) == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (f"(add: {as_argument([line('chief', 'Officer.ssn')])})", "BAD_REQUEST"),
        (f"(add: {as_argument([line('public_portal', 'Officer.rank')])})", "ACCESS_DENIED"),
        (f"(remove: {as_argument([deny('chief', 'Officer.rank')])})", "BAD_REQUEST"),
        ("(lines: [], days: 31)", "LIMIT_EXCEEDED"),
    ],
)
async def test_a_draft_that_could_not_be_published_is_refused(served, arguments, code):
    """Faulty lines, lines against a ceiling and lines that are not there are refused as publishing would."""
    assert (await refused(served, "previewPolicy", arguments, PREVIEW))["code"] == code
