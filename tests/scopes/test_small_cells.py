"""Aggregates under attack: what one operation gives, with all that its caller may list, singles nobody out."""

from collections import Counter
from datetime import date
from itertools import product
from uuid import uuid4

import pytest
from sqlalchemy import insert, update

from louver.db.engine import begin_writing, create_engine
from louver.db.tables import OfficerRow, TrainingRow
from tests.scopes.desk import At, somebody
from tests.scopes.staff import STAFF, overlay
from tests.world.build import identify

MINIMUM = 5
BY_UNIT_AND_SEX = """{
  officersAggregate(groupBy: [UNIT, SEX]) { count groups { count key { unit { label } sex } } }
  officers(first: 1000) { totalCount nodes { unit { name } } }
}"""


def require_nobody_singled_out(shown: dict, true: dict, margins: list[set]) -> None:
    """Hold an answer to what an attacker can do: subtract what is shown from each total that is known besides."""
    assert all(true[key] == count >= MINIMUM for key, count in shown.items())
    for margin in margins:
        hidden = {key: true[key] for key in margin if key not in shown}
        is_single = len(hidden) == 1 and any(key in shown for key in margin)
        assert not is_single, hidden
        assert not hidden or sum(hidden.values()) >= MINIMUM or hidden.keys() == margin


@pytest.mark.usefixtures("staffed")
async def test_margins_that_are_listed(own_desk):
    """Who lists officers by unit, and may count them by sex, finds no unit's single woman by subtraction."""
    body = await own_desk.ask(At("cedar", ("auditor",)), BY_UNIT_AND_SEX)
    groups = body["data"]["officersAggregate"]["groups"]
    shown = {
        (group["key"]["unit"]["label"], group["key"]["sex"]): group["count"] for group in groups if group["key"]["unit"]
    }
    true = {(unit, sex.name): count for unit, sexes in STAFF.items() for sex, count in sexes.items()}
    margins = [{key for key in true if key[0] == unit} for unit in STAFF]
    require_nobody_singled_out(shown, true, margins)
    assert ("patrol", "MALE") not in shown
    assert shown == {("north", "MALE"): 8, ("north", "FEMALE"): 7, ("fraud", "MALE"): 12}


COUNTS_ALL = overlay(
    ("supervisor", "Officer", "view_aggregate", "agency"),
    ("supervisor", "Officer.sex", "view_aggregate", "agency"),
    ("supervisor", "Officer.sex", "view", "unit"),
)


@pytest.mark.parametrize("unit", STAFF)
async def test_own_rows_within_a_larger_count(own_desk, staffed, unit):
    """Who lists one unit with all it is counted by, and counts the agency, cannot subtract the one from the other."""
    me = somebody(At("cedar", ("supervisor",), (unit,), 3), lines=COUNTS_ALL)
    body = await own_desk.ask(
        me,
        "{ officersAggregate(groupBy: [SEX]) { count groups { count key { sex } } }"
        " officers(first: 1000) { nodes { sex } } }",
    )
    listed = Counter(node["sex"] for node in body["data"]["officers"]["nodes"])
    true = Counter(row["sex"].name for row in staffed)
    shown = {group["key"]["sex"]: group["count"] for group in body["data"]["officersAggregate"]["groups"]}
    known_besides = 7  # officers of no unit and sex stand in a group of their own
    assert body["data"]["officersAggregate"]["count"] == len(staffed) + known_besides
    for sex, count in shown.items():
        if sex is not None:
            assert count == true[sex]
            assert true[sex] - listed[sex] == 0 or true[sex] - listed[sex] >= MINIMUM


async def test_few_beside_the_own(own_desk, staffed):
    """A group that is large by the caller's own rows alone is left out for the few others in it."""
    lines = [*COUNTS_ALL, *overlay(("supervisor", "Officer.title", "view_aggregate", "agency"))]
    table, engine = OfficerRow.__table__, create_engine(own_desk.url)
    picked = [row["id"] for row in staffed if row["unit_id"] == identify("cedar", "unit", "patrol")]
    other = next(row["id"] for row in staffed if row["unit_id"] == identify("cedar", "unit", "fraud"))
    async with begin_writing(engine) as connection:
        await connection.execute(update(table).values(title="plain"))
        await connection.execute(update(table).where(table.c.id.in_([*picked, other])).values(title="special"))
    await engine.dispose()
    query = "{ officersAggregate(groupBy: [TITLE]) { groups { count key { title } } } }"
    body = await own_desk.ask(somebody(At("cedar", ("supervisor",), ("patrol",), 3), lines=lines), query)
    assert body["data"]["officersAggregate"]["groups"] == []


@pytest.mark.parametrize("grouping", ["SEX", "AGENCY, SEX"])
async def test_listed_in_one_agency_and_counted_in_another(own_desk, staffed, grouping):
    """A chief of one agency who is an auditor in another cannot subtract the own officers from a common count."""
    query = f"{{ officersAggregate(groupBy: [{grouping}]) {{ groups {{ count key {{ sex agency {{ label }} }} }} }} }}"
    lists = "{ officers(first: 1000) { nodes { sex agency { name } } } }"
    chief, auditor = At("alder", ("chief",)), At("cedar", ("auditor",))
    listed = Counter(node["sex"] for node in (await own_desk.ask(chief, lists))["data"]["officers"]["nodes"])
    groups = (await own_desk.ask([chief, auditor], query))["data"]["officersAggregate"]["groups"]
    true = Counter(row["sex"].name for row in staffed)
    assert groups
    for group in groups:
        sex = group["key"]["sex"]
        if grouping == "SEX":
            rest = group["count"] - listed[sex]
            assert rest == 0 or rest >= MINIMUM
        elif group["key"]["agency"]["label"].startswith("Name 3") and sex:
            assert group["count"] == true[sex] >= MINIMUM
    if grouping == "AGENCY, SEX":
        alder = Counter(
            {g["key"]["sex"]: g["count"] for g in groups if g["key"]["agency"]["label"].startswith("Name 1")}
        )
        assert alder == listed  # of the own agency nothing is left out, however few


async def test_sums_of_few(own_desk, own_url):
    """A group of many rows of which few have hours shows no sum of theirs, nor is it found by subtraction."""
    agency, engine = identify("cedar"), create_engine(own_url)
    officer = identify("cedar", "officer", 0)
    hours = {"A": [100] * 9, "B": [4200] + [None] * 8, "C": [None] * 6, "D": [300] * 7}
    async with begin_writing(engine) as connection:
        table = TrainingRow.__table__
        await connection.execute(table.delete().where(table.c.agency_id == agency))
        rows = [
            {"agency_id": agency, "id": uuid4(), "officer_id": officer, "course_id": None, "hours_hundredths": value}
            | {"category": None, "status": "PASSED", "completed_on": date(2024, month, 1)}
            for month, group in enumerate(hours, 1)
            for value in hours[group]
        ]
        await connection.execute(insert(table), rows)
    await engine.dispose()
    query = """{ trainingsAggregate(groupBy: [COMPLETED_ON_MONTH]) {
        count sum { hours } average { hours }
        groups { count sum { hours } average { hours } key { completedOnMonth } } } }"""
    body = await own_desk.ask(At("cedar", ("public_portal",)), query)
    found = body["data"]["trainingsAggregate"]
    total, parts = found["sum"]["hours"], [group["sum"]["hours"] or 0 for group in found["groups"]]
    assert "2024-02" not in {group["key"]["completedOnMonth"] for group in found["groups"]}
    assert total == pytest.approx(9 + 42 + 21)
    assert total - sum(parts) != pytest.approx(42)


TWO = {
    "other dimensions": (
        "a: officersAggregate(groupBy: [SEX]) { groups { count } }"
        " b: officersAggregate(groupBy: [SEX, RANK]) { groups { count } }"
    ),
    "other filters": (
        "a: officersAggregate(groupBy: [SEX]) { groups { count } }"
        ' b: officersAggregate(groupBy: [SEX], filter: { rank: { eq: "rank 0" } }) { groups { count } }'
    ),
    "the same filter with other values": (
        'a: officersAggregate(groupBy: [SEX], filter: { rank: { eq: "rank 0" } }) { groups { count } }'
        ' b: officersAggregate(groupBy: [SEX], filter: { rank: { eq: "rank 1" } }) { groups { count } }'
    ),
    "other types": (
        "a: officersAggregate(groupBy: [SEX]) { groups { count } }"
        " b: uofSubjectsAggregate(groupBy: [SEX]) { groups { count } }"
    ),
    "in a fragment": (
        "a: officersAggregate(groupBy: [SEX]) { groups { count } } ... on Query { b: uofSubjectsAggregate { count } }"
    ),
}


@pytest.mark.parametrize("fields", TWO.values(), ids=TWO)
async def test_two_in_one_operation(desk, fields):
    """Two different numbers of which small groups are left out are refused in one operation, and nothing is read."""
    with desk.recording() as statements:
        body = await desk.ask(At("alder", ("auditor",)), f"{{ {fields} }}")
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert statements == []


async def test_the_same_twice(desk):
    """The same number twice, and others that are whole beside it, are answered."""
    same = "officersAggregate(groupBy: [SEX]) { count groups { count } }"
    body = await desk.ask(
        At("alder", ("auditor",)),
        f"{{ a: {same} b: {same} c: officersAggregate(groupBy: [RANK]) {{ count }} officers {{ totalCount }} }}",
    )
    assert "errors" not in body
    assert body["data"]["a"] == body["data"]["b"]


@pytest.mark.parametrize(
    "condition",
    [
        "{ sex: { eq: FEMALE } }",
        "{ not: { sex: { isNull: true } } }",
        "{ trainings: { some: { officer: { sex: { eq: MALE } } } } }",
    ],
)
async def test_no_filter_by_what_is_only_counted(desk, condition):
    """What may be counted by may not be filtered by, or each row would be a group of its own."""
    for root in ("officersAggregate(filter: $f) { count }", "officers(filter: $f) { totalCount }"):
        body = await desk.ask(At("alder", ("auditor",)), f"{{ {root.replace('$f', condition)} }}")
        assert body["errors"][0]["extensions"]["denials"][0]["coordinate"] == "Officer.sex"


@pytest.mark.parametrize(
    ("first", "second"),
    list(product(["UNIT", "RANK", "LICENSE_STATUS", "ASSIGNMENT"], ["SEX", "RACE_ETHNICITY"])),
)
async def test_every_pair(desk, first, second):
    """Grouped by what is listed and what is only counted, no listed group gives away one that is left out."""
    name, other = ("".join(word.title() for word in each.split("_")) for each in (first, second))
    name, other = name[0].lower() + name[1:], other[0].lower() + other[1:]
    spelled = f"{name} {{ id }}" if first == "UNIT" else name
    chief = (
        f"{{ officersAggregate(groupBy: [{first}, {second}]) {{ groups {{ count key {{ {spelled} {other} }} }} }} }}"
    )
    keyed = {}
    for role in ("chief", "auditor"):
        groups = (await desk.ask(At("alder", (role,)), chief))["data"]["officersAggregate"]["groups"]
        keyed[role] = {(str(g["key"][name]), g["key"][other]): g["count"] for g in groups}
    margins = [{key for key in keyed["chief"] if key[0] == value} for value in {key[0] for key in keyed["chief"]}]
    require_nobody_singled_out(keyed["auditor"], keyed["chief"], margins)
