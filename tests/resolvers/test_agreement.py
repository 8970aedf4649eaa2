"""For any rights: a row looks the same in a list, by its id, as a node, and below every other row."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.resolvers.principals import Asker, join, selection
from tests.world.build import ROWS
from tests.world.policy import COORDINATES
from tests.world.store import ROLES

PATHS = [
    ("Officer", "units { nodes { officers(first: 1000) { nodes { FIELDS } } } }"),
    ("Officer", "trainings(first: 1000) { nodes { officer { FIELDS } } }"),
    ("Officer", "uofInvolvements(first: 1000) { nodes { officer { FIELDS } } }"),
    ("Officer", "units { nodes { commander { FIELDS } } }"),
    ("Training", "officers(first: 1000) { nodes { trainings(first: 1000) { nodes { FIELDS } } } }"),
    ("Training", "courses(first: 1000) { nodes { trainings(first: 1000) { edges { node { FIELDS } } } } }"),
    ("Course", "trainings(first: 1000) { nodes { course { FIELDS } } }"),
    ("Unit", "officers(first: 1000) { nodes { unit { parent { FIELDS } } } }"),
    ("Unit", "units { nodes { children { nodes { FIELDS } } } }"),
    ("Agency", "officers(first: 1000) { nodes { agency { FIELDS } } }"),
    ("UofIncident", "agencies { nodes { uofIncidents(first: 1000) { nodes { FIELDS } } } }"),
    ("UofIncident", "uofSubjects(first: 1000) { nodes { incident { FIELDS } } }"),
    ("UofInvolvement", "uofIncidents(first: 1000) { nodes { involvements { nodes { FIELDS } } } }"),
    ("UofInvolvement", "officers(first: 1000) { nodes { involvements(first: 1000) { nodes { FIELDS } } } }"),
    ("UofSubject", "uofIncidents(first: 1000) { nodes { subjects { nodes { FIELDS } } } }"),
]
role_sets = st.sets(st.sampled_from(ROLES), min_size=1, max_size=3).map(sorted)
scopes = st.none() | st.lists(
    st.sampled_from([*COORDINATES, *(f"{name}.*" for name in ROWS)]), min_size=4, max_size=60
).map(tuple)


def rows_of(value):
    """Every object with an id below a value."""
    if isinstance(value, list):
        for item in value:
            yield from rows_of(item)
    elif isinstance(value, dict):
        if "id" in value:
            yield value
        for item in value.values():
            yield from rows_of(item)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(roles=role_sets, scopes=scopes, path=st.sampled_from(PATHS), choice=st.integers(0, 10_000))
async def test_agreement(served, roles, scopes, path, choice):
    """List, point, node and any path to a row agree on what it shows, and no path leads out of the list."""
    asker = Asker.of(served, join("alder", *roles, scopes=scopes))
    type_name, spelled = path
    listed = await asker.list(type_name)
    body = await asker.ask(f"{{ {spelled.replace('FIELDS', selection(type_name))} }}")
    nested = {row["id"]: row for row in rows_of(body["data"])}
    assert nested == {row_id: listed[row_id] for row_id in nested}
    if not listed:
        return
    row_id = sorted(listed)[choice % len(listed)]
    singular = f"{type_name[0].lower()}{type_name[1:]}"
    query = (
        f"query ($id: ID!) {{ a: {singular}(id: $id) {{ ...F }} b: node(id: $id) {{ ...F }} }} "
        f"fragment F on {type_name} {{ {selection(type_name)} }}"
    )
    found = (await asker.ask(query, {"id": row_id}))["data"]
    assert found == {"a": listed[row_id], "b": listed[row_id]}
