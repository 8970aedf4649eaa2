"""The SQL that is sent: committed per dialect, and without any column that the caller may not see."""

import re

import pytest

from tests.access.asking import list_query
from tests.world.build import ROWS
from tests.world.policy import CELLS, GUARD, REACHES
from tests.world.shown import RELATIONS, snake
from tests.world.store import ROLES, key_of

ROSTER = """
query Roster($since: Date!) {
  officers(
    first: 50
    filter: { trainings: { some: { completedOn: { gte: $since } } } }
    orderBy: [{ field: LAST_NAME }, { field: HIRE_DATE, direction: DESC }]
  ) {
    totalCount
    pageInfo { endCursor }
    nodes {
      id firstName lastName badgeNumber employeeId workEmail raceEthnicity isUndercover
      unit { name }
      trainings(first: 10, orderBy: [{ field: COMPLETED_ON }]) {
        nodes { completedOn hoursEarned score notes course { title category } }
      }
      involvements(first: 10) { nodes { forceTypes incident { number summary } } }
    }
  }
}
"""
HOURS = """
{ trainingsAggregate(groupBy: [CATEGORY, UNIT]) { groups { count sum { hours } key { category unit { label } } } } }
"""
POINT = "query Point($id: ID!) { a: uofIncident(id: $id) { number subjects { nodes { impaired injuryTypes } } } }"
VARIABLES = {"since": "2022-01-01", "id": f"uofincident_{'0' * 32}"}
SERVING_A_SCOPE = {
    "UofIncident": {"status", "published_at"},
    "UofInvolvement": {"officer_id"},
    "Officer": {"is_sworn", "unit_id", "is_undercover"},
}
"""What row scopes and the guard of undercover names compare, and never select."""
SHOWN_BY_OTHERS = {"Training.hours": "Training.hoursEarned", "UofSubject.impairmentTypes": "UofSubject.impaired"}
"""Fields whose column another field shows in part, under a coordinate of its own."""


@pytest.mark.parametrize("role", ["chief", "training_coordinator", "supervisor", "auditor"])
@pytest.mark.parametrize("query", [ROSTER, HOURS, POINT], ids=["roster", "hours", "point"])
async def test_golden(served, engine_name, hold_golden, request, role, query):
    """The statements of an operation are the committed ones: a reviewer sees an N+1 or a new column in a diff."""
    with served.recording() as statements:
        body = await served.ask(key_of(role).text, query, VARIABLES)
    assert "data" in body or body["errors"][0]["extensions"]["code"] == "FIELD_DENIED"
    name = request.node.callspec.id.split("-")[1]
    hold_golden(f"{name}.{role}.{engine_name}.sql", "".join(f"{statement.strip()};\n\n" for statement in statements))


def column_of(coordinate: str) -> str:
    """The column that a coordinate shows."""
    if coordinate in RELATIONS:
        return RELATIONS[coordinate][1]
    field = coordinate.partition(".")[2]
    return {"hours": "hours_hundredths", "officerRef": "pseudonym"}.get(field, snake(field))


def hidden_columns(role: str, type_name: str) -> set[str]:
    """The columns of a type of which a role sees nothing, on no row and under no mask."""
    cells = [cell for cell in CELLS.values() if cell.role == role and cell.type_name == type_name]
    hidden = {
        column_of(cell.coordinate)
        for cell in cells
        if cell.letter in "DA" or (cell.letter == "M" and cell.mask is None)
        if cell.coordinate != GUARD
        if CELLS.get((SHOWN_BY_OTHERS.get(cell.coordinate, ""), role), cell).letter not in "VO"
    }
    return hidden - SERVING_A_SCOPE.get(type_name, set())


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("type_name", ROWS)
async def test_no_hidden_column(served, role, type_name):
    """Whoever asks for everything names no column in the SQL, in any clause, that it may not see."""
    with served.recording() as statements:
        await served.ask(key_of(role).text, list_query(type_name))
    assert bool(statements) == bool(REACHES[type_name, role].listed)
    sent = " ".join(statements)
    table = ROWS[type_name].__tablename__
    assert {
        name for name in hidden_columns(role, type_name) if re.search(rf"\b{table}(_\d+)?\.{name}\b", sent)
    } == set()


async def test_scope_columns_are_not_selected(served):
    """What a scope or guard compares is not among what is fetched."""
    with served.recording() as statements:
        await served.ask(key_of("training_coordinator").text, list_query("Officer"))
    (statement,) = statements
    selected = statement.partition("\nFROM ")[0]
    assert re.findall(r"(?:AS v\d+|SELECT|,) *officers_1\.is_undercover AS", selected) == []
    assert "is_undercover" in selected
