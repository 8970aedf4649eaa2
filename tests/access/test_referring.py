"""Referring is viewing: what is denied can be named in no filter, order or relation filter, and then nothing runs."""

import pytest

from tests.access.asking import PLURALS, SORTABLE, TYPES, is_closed
from tests.holding import every_cell
from tests.world.build import ROWS
from tests.world.policy import GUARD, REACHES, fields_of
from tests.world.shown import RELATIONS
from tests.world.store import ROLES, key_of


def condition(type_name: str, field: str) -> str:
    """A filter that refers to a field and is true of every row or of none."""
    return f"{field}: {{}}" if f"{type_name}.{field}" in RELATIONS else f"{field}: {{ isNull: true }}"


def require_refusal(body, statements, coordinates):
    (error,) = body["errors"]
    assert "data" not in body
    assert error["extensions"]["code"] == "FIELD_DENIED"
    assert error["extensions"]["hint"]
    assert {denial["coordinate"] for denial in error["extensions"]["denials"]} == coordinates
    assert {denial["reason"] for denial in error["extensions"]["denials"]} == {"ROLE"}
    assert statements == []


async def list_page(served, role, type_name, arguments):
    with served.recording() as statements:
        return await served.ask(
            key_of(role).text, f"{{ {PLURALS[type_name]}({arguments}) {{ nodes {{ id }} }} }}"
        ), statements


def list_types(role: str) -> list[str]:
    """The types of which a role lists rows."""
    return [name for name in ROWS if REACHES[name, role].listed]


REACHING = [role for role in ROLES if list_types(role)]


def require_refused_or_open(body, statements, type_name: str, closed: list[str]) -> None:
    if closed:
        require_refusal(body, statements, {f"{type_name}.{field}" for field in closed})
    else:
        assert "errors" not in body


@pytest.mark.parametrize("role", REACHING)
async def test_filter(served, role):
    """A filter that refers to denied fields is refused, naming each of them, before any statement is sent."""
    with every_cell() as cells:
        for type_name in list_types(role):
            with cells.of(type_name):
                closed = [field for field in fields_of(type_name) if is_closed(type_name, field, role)]
                inner = ", ".join(f"{{ {condition(type_name, field)} }}" for field in closed)
                page = await list_page(served, role, type_name, f"filter: {{ not: {{ or: [{inner}] }} }}")
                require_refused_or_open(*page, type_name, closed)


@pytest.mark.parametrize("role", REACHING)
async def test_order(served, role):
    """An order by denied fields is refused, naming each of them, before any statement is sent."""
    with every_cell() as cells:
        for type_name in list_types(role):
            with cells.of(type_name):
                sortable = [field for field in fields_of(type_name) if (type_name, field) in SORTABLE]
                closed = [field for field in sortable if is_closed(type_name, field, role)]
                terms = ", ".join(f"{{ field: {SORTABLE[type_name, field]} }}" for field in closed)
                page = await list_page(served, role, type_name, f"orderBy: [{terms}]")
                require_refused_or_open(*page, type_name, closed)


@pytest.mark.parametrize("role", REACHING)
async def test_open_fields(served, role):
    """What is seen, on some rows or under a mask, may be named in filters and orders."""
    with every_cell() as cells:
        for type_name in list_types(role):
            with cells.of(type_name):
                fields = [field for field in fields_of(type_name) if not is_closed(type_name, field, role)]
                inner = ", ".join(f"{{ {condition(type_name, field)} }}" for field in fields)
                terms = ", ".join(
                    f"{{ field: {SORTABLE[type_name, field]} }}" for field in fields if (type_name, field) in SORTABLE
                )
                arguments = f"filter: {{ or: [{{ and: [{inner}] }}, {{}}] }}, orderBy: [{terms}]"
                body, _ = await list_page(served, role, type_name, arguments)
                assert "errors" not in body
                assert body["data"][PLURALS[type_name]]["nodes"]


RELATED = {
    "denied field of related rows": (
        "training_coordinator",
        "trainings(filter: { officer: { raceEthnicity: { eq: WHITE } } })",
        {"Officer.raceEthnicity"},
    ),
    "denied field under some": (
        "auditor",
        "officers(filter: { trainings: { some: { score: { gt: 90 } } } })",
        {"Training.score"},
    ),
    "denied field under none": (
        "auditor",
        "officers(filter: { trainings: { none: { score: { gt: 90 } } } })",
        {"Training.score"},
    ),
    "denied field under every": (
        "records_clerk",
        "uofIncidents(filter: { involvements: { every: { onDuty: { eq: true } } } })",
        {"UofInvolvement.onDuty"},
    ),
    "denied relation to many": (
        "training_coordinator",
        "officers(filter: { involvements: { some: {} } })",
        {"Officer.involvements"},
    ),
    "denied relation to one": (
        "agency_admin",
        'uofInvolvements(filter: { officer: { lastName: { eq: "x" } } })',
        {"UofInvolvement.officer"},
    ),
    "denied link seen from its other end": (
        "agency_admin",
        "officers(filter: { involvements: { some: {} } })",
        {"Officer.involvements"},
    ),
    "closed type": ("hr", "agencies(filter: { uofIncidents: { some: {} } })", {"Agency.uofIncidents"}),
    "deep": (
        "training_coordinator",
        "courses(filter: { trainings: { some: { officer: { unit: { commander: { sex: { eq: MALE } } } } } } })",
        {"Officer.sex"},
    ),
    "several at once": (
        "training_coordinator",
        "officers(filter: { or: [{ sex: { eq: MALE } }, { isUndercover: { eq: true } }] }, orderBy: [{ field: SEX }])",
        {"Officer.sex", "Officer.isUndercover"},
    ),
}


@pytest.mark.parametrize(("role", "root", "coordinates"), RELATED.values(), ids=RELATED)
async def test_relation_filter(served, role, root, coordinates):
    """A relation filter is refused for what it refers to, however deep, and for links and types that are closed."""
    with served.recording() as statements:
        body = await served.ask(key_of(role).text, f"{{ {root} {{ nodes {{ id }} }} }}")
    require_refusal(body, statements, coordinates)


@pytest.mark.parametrize(
    "query",
    [
        "{ officers { nodes { trainings(filter: { score: { gt: 1 } }) { nodes { id } } } } }",
        "{ officers { nodes { trainings(orderBy: [{ field: SCORE }]) { nodes { id } } } } }",
        "{ trainingsAggregate(filter: { score: { gt: 1 } }) { count } }",
        "{ a: trainingsAggregate { count } b: trainings(filter: { score: { gt: 1 } }) { totalCount } }",
        "query ($f: TrainingFilter) { trainings(filter: $f) { totalCount } }",
        "query ($o: TrainingOrderField!) { trainings(orderBy: [{ field: $o }]) { totalCount } }",
    ],
)
async def test_everywhere(served, query):
    """It makes no difference where a reference stands: below other rows, in an aggregate, in a variable."""
    variables = {"f": {"not": {"score": {"isNull": True}}}, "o": "SCORE"}
    with served.recording() as statements:
        body = await served.ask(key_of("auditor").text, query, variables)
    require_refusal(body, statements, {"Training.score"})


COUNTED = [
    ("training_coordinator", "uofInvolvementsAggregate", "trainingCurrentOnDate: { eq: true }"),
    ("training_coordinator", "uofInvolvementsAggregate", "incident: { status: { eq: CLOSED } }"),
    ("training_coordinator", "uofInvolvementsAggregate", 'officer: { lastName: { eq: "x" } }'),
    ("hr", "uofInvolvementsAggregate", "officerInjured: { eq: true }"),
    ("public_portal", "officersAggregate", 'id: { eq: "officer_00000000000000000000000000000000" }'),
    ("public_portal", "officersAggregate", "sex: { eq: MALE }"),
    ("public_portal", "officersAggregate", 'unit: { name: { eq: "north" } }'),
    ("public_portal", "officersAggregate", "trainings: { some: {} }"),
    ("public_portal", "trainingsAggregate", 'course: { code: { eq: "x" } }'),
    ("public_portal", "trainingsAggregate", "officer: {}"),
    ("auditor", "uofSubjectsAggregate", "sex: { eq: MALE }"),
    ("auditor", "uofInvolvementsAggregate", "officer: {}"),
    ("auditor", "uofIncidentsAggregate", "subjects: { some: {} }"),
    ("support", "trainingsAggregate", "status: { eq: PASSED }"),
    ("support", "officersAggregate", "trainings: { some: { status: { eq: PASSED } } }"),
]


@pytest.mark.parametrize(("role", "root", "condition"), COUNTED)
async def test_counted_only(served, role, root, condition):
    """What may only be counted narrows no count: a filter would tell of the rows that it finds."""
    with served.recording() as statements:
        body = await served.ask(key_of(role).text, f"{{ {root}(filter: {{ {condition} }}) {{ count }} }}")
    assert "data" not in body
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FIELD_DENIED"]
    assert statements == []


def test_guard_is_no_field():
    """The right to undercover names is not a field that could be referred to."""
    assert GUARD.partition(".")[2] not in TYPES["Officer"].fields
