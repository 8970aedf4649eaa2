"""Numbers over groups: counts, sums and averages are those of the stored rows, exact to the hundredth of an hour."""

from collections import defaultdict

import pytest

from tests.access.scrambling import apply
from tests.world.shown import EARNING, render
from tests.world.store import key_of


def hours(row):
    return row["hours_hundredths"]


def hours_earned(row):
    return row["hours_hundredths"] if row["status"].name in EARNING else 0


def summarize(rows):
    """The sums and averages of a list of trainings, null where there is nothing to sum."""
    found = {"count": len(rows), "sum": {}, "average": {}}
    for name, read in (("hours", hours), ("hoursEarned", hours_earned)):
        units = [value for value in map(read, rows) if value is not None]
        found["sum"][name] = sum(units) / 100 if units else None
        found["average"][name] = sum(units) / 100 / len(units) if units else None
    return found


SUMMARY = "count sum { hours hoursEarned } average { hours hoursEarned }"


def require_equal(found, wanted):
    """Sums are exact; an average is a quotient, and may differ in the last bit."""
    assert (found["count"], found["sum"]) == (wanted["count"], wanted["sum"])
    for name, average in wanted["average"].items():
        assert found["average"][name] == (None if average is None else pytest.approx(average, rel=1e-12))


async def test_total(served, world):
    """The totals of an agency."""
    body = await served.ask(key_of("chief").text, f"{{ trainingsAggregate {{ {SUMMARY} }} }}")
    require_equal(body["data"]["trainingsAggregate"], summarize(world.of_agency("Training", "alder")))


async def test_groups(served, world):
    """The numbers of each group, by several dimensions at once, one of them through another row."""
    query = (
        "{ trainingsAggregate(groupBy: [STATUS, COMPLETED_ON_YEAR, UNIT]) "
        f"{{ groups {{ {SUMMARY} key {{ status completedOnYear unit {{ label }} rank }} }} }} }}"
    )
    wanted = defaultdict(list)
    for row in world.of_agency("Training", "alder"):
        unit = world.find("Unit", world.find("Officer", row["officer_id"])["unit_id"])
        day = row["completed_on"]
        wanted[render(row["status"]), day and day.year, unit and unit["name"]].append(row)
    groups = (await served.ask(key_of("chief").text, query))["data"]["trainingsAggregate"]["groups"]
    found = {
        (key["status"], key["completedOnYear"], key["unit"] and key["unit"]["label"]): group
        for group in groups
        for key in [group["key"]]
    }
    assert len(groups) == len(found)
    assert found.keys() == wanted.keys()
    for key, rows in wanted.items():
        require_equal(found[key], summarize(rows))
        assert found[key]["key"]["rank"] is None


async def test_filtered(served, world):
    """A filter narrows the numbers to its rows."""
    query = (
        "{ trainingsAggregate(filter: { status: { in: [PASSED, FAILED] }, officer: { isSworn: { eq: true } } }) "
        f"{{ {SUMMARY} }} }}"
    )
    rows = [
        row
        for row in world.of_agency("Training", "alder")
        if row["status"].name in ("PASSED", "FAILED") and world.find("Officer", row["officer_id"])["is_sworn"]
    ]
    assert rows
    body = await served.ask(key_of("chief").text, query)
    require_equal(body["data"]["trainingsAggregate"], summarize(rows))


async def test_nothing(served):
    """Over no rows the count is 0, sums and averages are null, and there is no group."""
    query = (
        '{ trainingsAggregate(filter: { notes: { eq: "nothing" } }, groupBy: [STATUS]) '
        "{ count sum { hours } average { hours } groups { count } } }"
    )
    body = await served.ask(key_of("chief").text, query)
    assert body["data"]["trainingsAggregate"] == {
        "count": 0,
        "sum": {"hours": None},
        "average": {"hours": None},
        "groups": [],
    }


async def test_aliases_and_types(served, world):
    """Aliases, repeated dimensions and __typename come out as they were asked for."""
    query = """
    { a: trainingsAggregate(groupBy: [STATUS, STATUS]) {
        __typename n: count s: sum { __typename h: hours } groups { __typename k: key { __typename s: status } } } }
    """
    found = (await served.ask(key_of("chief").text, query))["data"]["a"]
    rows = world.of_agency("Training", "alder")
    assert found["n"] == len(rows)
    assert found["s"] == {"__typename": "TrainingSums", "h": summarize(rows)["sum"]["hours"]}
    assert found["__typename"] == "TrainingAggregate"
    assert {group["k"]["s"] for group in found["groups"]} == {row["status"].name for row in rows}
    assert found["groups"][0]["k"]["__typename"] == "TrainingGroupKey"


@pytest.mark.parametrize("field", ["hours", "hoursEarned"])
@pytest.mark.parametrize(("role", "is_open"), [("chief", True), ("public_portal", True), ("support", True)])
async def test_rights(served, role, field, is_open):
    """Whoever may count a field may sum it."""
    body = await served.ask(key_of(role).text, f"{{ trainingsAggregate {{ sum {{ {field} }} }} }}")
    assert (body["data"]["trainingsAggregate"]["sum"][field] is not None) == is_open


async def test_sum_of_few(own_served, own_url, world):
    """A sum that only two rows have a part in is not shown where rows are not, however many the group has."""
    changes = [
        ("Training", row, {"status": "PASSED", "hours_hundredths": 1234 if position < 2 else None})
        for position, row in enumerate(world.of_agency("Training", "alder"))
    ]
    await apply(own_url, changes)
    query = "{ trainingsAggregate(groupBy: [STATUS]) { count sum { hours } groups { count sum { hours } } } }"
    hidden = await own_served.ask(key_of("public_portal").text, query)
    assert hidden["data"]["trainingsAggregate"] == {"count": len(changes), "sum": {"hours": None}, "groups": []}
    shown = await own_served.ask(key_of("chief").text, query)
    assert shown["data"]["trainingsAggregate"]["sum"] == {"hours": 24.68}


async def test_a_code_twice(own_served, own_url, world):
    """A row whose list holds a code twice is counted once under it."""
    rows = world.of_agency("UofInvolvement", "alder")
    await apply(own_url, [("UofInvolvement", row, {"force_types": ["07", "07", "06"]}) for row in rows])
    query = "{ uofInvolvementsAggregate(groupBy: [FORCE_TYPES]) { groups { count key { forceTypes } } } }"
    groups = (await own_served.ask(key_of("chief").text, query))["data"]["uofInvolvementsAggregate"]["groups"]
    assert {group["key"]["forceTypes"]: group["count"] for group in groups} == {
        "BATON": len(rows),
        "CHEMICAL_AGENT": len(rows),
    }
