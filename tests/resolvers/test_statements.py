"""One statement per relation level, however many rows."""

import pytest

from tests.resolvers.conftest import CROWD
from tests.world.build import identify
from tests.world.store import key_of

KEY = key_of("foreign chief").text
"""The chief of the agency with the crowd."""

SHAPES = {
    "flat, with links to one": (1, "id lastName unit { name parent { name commander { lastName } } } agency { name }"),
    "two levels": (
        3,
        (
            "trainings(first: 5) { nodes { course { title } } }"
            " involvements(first: 5) { nodes { incident { number } forceTypes } }"
        ),
    ),
    "three levels": (
        4,
        (
            "trainings(first: 5) { nodes { status } }"
            " involvements(first: 5) { nodes { incident { subjects(first: 5) { nodes { seq } } } } }"
        ),
    ),
    "the same twice": (3, "a: trainings(first: 5) { nodes { id } } b: trainings(first: 2) { nodes { id } }"),
    "counted": (5, "trainings(first: 5) { totalCount nodes { id } } involvements { totalCount nodes { id } }"),
    "counted only": (2, "trainings { totalCount }"),
    "there and back": (3, "trainings(first: 2) { nodes { officer { trainings(first: 2) { nodes { id } } } } }"),
}


@pytest.mark.parametrize("parents", [1, 50, CROWD])
@pytest.mark.parametrize(("count", "fields"), SHAPES.values(), ids=SHAPES)
async def test_lists(crowded, parents, count, fields):
    """A list costs one statement, and one more for each list below it and each count."""
    with crowded.recording() as statements:
        body = await crowded.ask(KEY, f"{{ officers(first: {parents}) {{ nodes {{ {fields} }} }} }}")
    assert "errors" not in body
    assert len(body["data"]["officers"]["nodes"]) == parents
    assert len(statements) == count


async def test_no_rows(crowded):
    """Levels below no row at all send nothing."""
    query = '{ officers(filter: { lastName: { eq: "nobody" } }) { nodes { trainings { nodes { id } } } } }'
    with crowded.recording() as statements:
        body = await crowded.ask(KEY, query)
    assert body == {"data": {"officers": {"nodes": []}}}
    assert len(statements) == 1


@pytest.mark.parametrize("fields", ["id lastName", "id unit { name }", "isSworn licenseStatus hireDate"])
async def test_aliased_points(crowded, fields):
    """The same root under many aliases is one statement."""
    ids = [f"officer_{identify('crowd', 'officers', position).hex}" for position in range(20)]
    roots = " ".join(f'o{position}: officer(id: "{row_id}") {{ {fields} }}' for position, row_id in enumerate(ids))
    with crowded.recording() as statements:
        body = await crowded.ask(KEY, f"{{ {roots} }}")
    assert None not in body["data"].values()
    assert len(statements) == 1


async def test_aliased_points_with_codes(crowded):
    """Lists of codes among the fields make no difference to that."""
    ids = [f"uofincident_{identify('crowd', 'uof_incidents', position).hex}" for position in range(5)]
    roots = " ".join(
        f'i{position}: uofIncident(id: "{row_id}") {{ otherAgencyOris occurredAt }}'
        for position, row_id in enumerate(ids)
    )
    with crowded.recording() as statements:
        body = await crowded.ask(KEY, f"{{ {roots} }}")
    assert None not in body["data"].values()
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("{ officersAggregate { count } }", 1),
        ("{ officersAggregate(groupBy: [RANK]) { groups { count } } }", 1),
        ("{ trainingsAggregate(groupBy: [UNIT, COMPLETED_ON_YEAR]) { count sum { hours } groups { count } } }", 2),
    ],
)
async def test_aggregates(crowded, query, count):
    """An aggregate is one statement for its groups and one for its totals, each only if asked for."""
    with crowded.recording() as statements:
        body = await crowded.ask(KEY, query)
    assert "errors" not in body
    assert len(statements) == count


@pytest.mark.parametrize("query", ["{ __typename }", "{ __schema { types { name } } }", "{ viewer { label } }"])
async def test_nothing_to_read(crowded, query):
    """What no plan reads sends no statement: introspection and who is asking."""
    with crowded.recording() as statements:
        body = await crowded.ask(KEY, query)
    assert "errors" not in body
    assert statements == []
