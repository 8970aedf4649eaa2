"""Filters: any that can be written finds the rows for which it holds in plain Python, on both engines."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.access.asking import PLURALS, TYPES
from tests.resolvers.filtering import Filtering
from tests.world.build import ROWS
from tests.world.policy import REACHES
from tests.world.shown import outside_id
from tests.world.sight import Sight
from tests.world.store import key_of

ROLES = ("chief", "supervisor", "auditor")
CASES = [(role, name) for role in ROLES for name in ROWS if REACHES[name, role].listed and name != "Agency"]
quick = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def find(served, role, type_name, tree):
    """The ids that a filter finds, and how many it says there are."""
    query = (
        f"query ($f: {type_name}Filter) {{ page: {PLURALS[type_name]}(first: 1000, filter: $f) "
        "{ totalCount nodes { id } } }"
    )
    body = await served.ask(key_of(role).text, query, {"f": tree})
    assert "errors" not in body, body["errors"]
    page = body["data"]["page"]
    return {node["id"] for node in page["nodes"]}, page["totalCount"]


def expected(filtering, sight, type_name, tree):
    return {
        outside_id(type_name, row) for row in sight.scopes.listed(type_name) if filtering.holds(type_name, row, tree)
    }


@pytest.mark.parametrize(("role", "type_name"), CASES)
@quick
@given(data=st.data())
async def test_any_filter(served, world, role, type_name, data):
    """A filter finds exactly the rows that it holds for, as the role sees them, and counts as many."""
    sight = Sight(world, role)
    filtering = Filtering(sight, role)
    tree = data.draw(filtering.filters(type_name))
    wanted = expected(filtering, sight, type_name, tree)
    assert await find(served, role, type_name, tree) == (wanted, len(wanted))


OPERATORS = [
    (type_name, field, operator)
    for type_name in ROWS
    for field, each in TYPES[f"{type_name}Filter"].fields.items()
    if hasattr(each.type, "fields") and field not in ("and", "or", "not", "id") and "isNull" in each.type.fields
    for operator in each.type.fields
]
DRAWN = sorted({TYPES[f"{type_name}Filter"].fields[field].type.name for type_name, field, _ in OPERATORS})


@pytest.mark.parametrize("kind", DRAWN)
@settings(quick, max_examples=4)
@given(data=st.data())
async def test_every_operator(served, world, kind, data):
    """Each operator of each kind of field finds what it should, by itself and negated."""
    sight = Sight(world, "chief")
    filtering = Filtering(sight, "chief")
    cases = [case for case in OPERATORS if TYPES[f"{case[0]}Filter"].fields[case[1]].type.name == kind]
    for operator in TYPES[kind].fields:
        type_name, field, _ = data.draw(st.sampled_from([case for case in cases if case[2] == operator]))
        pool = filtering._pool(type_name, field)
        tree = {field: {operator: data.draw(filtering._operand(operator, pool))}}
        wanted = expected(filtering, sight, type_name, tree)
        assert await find(served, "chief", type_name, tree) == (wanted, len(wanted))
        others = {outside_id(type_name, row) for row in sight.scopes.listed(type_name)} - wanted
        assert await find(served, "chief", type_name, {"not": tree}) == (others, len(others))
