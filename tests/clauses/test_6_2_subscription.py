"""§6.2: after the subscription has ended, the administrator reads what an export is made of, and nobody else reads."""

import pytest

from tests.introspection.using import Uses
from tests.policy.asking import INPUTS, ORDERS, as_mutation
from tests.scopes.desk import At
from tests.world.build import SERGEANT
from tests.world.store import ROLES, key_of

CODE = "SUBSCRIPTION_ENDED"
ADMIN = At("dogwood", ("agency_admin",), subscription="CANCELLED")


def ended(role: str, state: str = "CANCELLED") -> At:
    return At("dogwood", (role,), ("patrol",), SERGEANT, subscription=state)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "agency_admin"])
@pytest.mark.parametrize("state", ["CANCELLED", "EXPIRED", "PURGED"])
async def test_6_2_nobody_else_reads(desk, role, state):
    """Every root answers one code to every other role, and nothing is read."""
    uses = Uses(desk.schema).list_all()
    roots = [query for coordinate, queries in uses.items() if coordinate.startswith("Query.") for query in queries]
    with desk.recording() as statements:
        bodies = [await desk.ask(ended(role, state), query) for query in roots]
    assert {error["extensions"]["code"] for body in bodies for error in body["errors"]} == {CODE}
    assert {value for body in bodies for value in body["data"].values()} == {None}
    assert statements == []


async def test_6_2_the_administrator_reads_rows(desk):
    """Lists, counts of lists and single rows are there for the administrator, as they were before."""
    query = """{
      officers(first: 1000) { totalCount nodes { id lastName trainings(first: 100) { nodes { id notes } } } }
      agencies { nodes { id status purgeAt } } uofIncidents(first: 1000) { totalCount nodes { number level } }
    }"""
    before = await desk.ask(At("dogwood", ("agency_admin",)), query)
    assert await desk.ask(ADMIN, query) == before
    row_id = before["data"]["officers"]["nodes"][0]["id"]
    single = await desk.ask(ADMIN, f'{{ officer(id: "{row_id}") {{ id }} node(id: "{row_id}") {{ id }} }}')
    assert single["data"] == {"officer": {"id": row_id}, "node": {"id": row_id}}


@pytest.mark.parametrize("type_name", ["agencies", "units", "officers", "courses", "trainings", "uofIncidents"])
async def test_6_2_the_administrator_counts_nothing(desk, type_name):
    """Aggregates are no part of an export: they are closed to the administrator too, with the same code."""
    body = await desk.ask(ADMIN, f"{{ {type_name}Aggregate {{ count }} }}")
    (error,) = body["errors"]
    assert error["extensions"] == {
        "code": CODE,
        "coordinate": f"Query.{type_name}Aggregate",
        "reason": "SUBSCRIPTION",
    }
    assert body["data"] == {f"{type_name}Aggregate": None}


@pytest.mark.parametrize("name", INPUTS)
async def test_6_2_nothing_is_changed(served, name):
    """Every change is refused, to the administrator as well."""
    body = await served.ask(key_of("cancelled admin").text, as_mutation(name), {"input": ORDERS[name]})
    assert "data" not in body
    assert [error["extensions"]["code"] for error in body["errors"]] == [CODE]
