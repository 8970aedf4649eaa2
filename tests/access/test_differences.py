"""Two roles, one query: the answers differ where the matrix differs and nowhere else."""

import pytest

from tests.world.build import ROWS
from tests.world.policy import GUARD, GUARDED, REACHES, fields_of, letter
from tests.world.store import key_of

CHIEF, COORDINATOR = "chief", "training_coordinator"
SHARED = [name for name in ROWS if REACHES[name, CHIEF].listed == REACHES[name, COORDINATOR].listed]


def differs(coordinate: str) -> bool:
    """Whether the matrix, with its guard, tells the two apart."""
    is_guarded = coordinate in GUARDED and letter(GUARD, CHIEF) != letter(GUARD, COORDINATOR)
    return is_guarded or letter(coordinate, CHIEF) != letter(coordinate, COORDINATOR)


@pytest.mark.parametrize("type_name", SHARED)
async def test_same_query(listings, type_name):
    """Field by field: the same values, errors and notes exactly where the two have the same letter."""
    chief, coordinator = await listings.of(CHIEF, type_name), await listings.of(COORDINATOR, type_name)
    assert list(chief.nodes) == list(coordinator.nodes)
    different = {
        field
        for field in fields_of(type_name)
        for read in (
            lambda listing, field: [node[field] for node in listing.nodes.values()],
            lambda listing, field: listing.errors(field),
            lambda listing, field: listing.access(field),
        )
        if read(chief, field) != read(coordinator, field)
    }
    assert different == {field for field in fields_of(type_name) if differs(f"{type_name}.{field}")}


def test_types_apart():
    """The two reach the same rows, but for use of force: the coordinator counts there at most."""
    assert set(ROWS) - set(SHARED) == {"UofIncident", "UofInvolvement", "UofSubject"}


async def test_nested_the_same(served, listings):
    """A row below another shows what it shows in a list of its own, to each of the two."""
    fields = [field for field in fields_of("Training") if field != "course"]
    query = (
        f"{{ officers(first: 1000) {{ nodes {{ trainings(first: 100) {{ nodes {{ id {' '.join(fields)} }} }} }} }} }}"
    )
    for role in (CHIEF, COORDINATOR):
        body = await served.ask(key_of(role).text, query)
        nested = [node for officer in body["data"]["officers"]["nodes"] for node in officer["trainings"]["nodes"]]
        listed = (await listings.of(role, "Training")).nodes
        assert {node["id"]: node for node in nested} == {
            row_id: {name: node[name] for name in ("id", *fields)} for row_id, node in listed.items()
        }
