"""Every role × every field of the matrix, in lists: value, mask, null with a reason, or own rows only."""

import pytest

from tests.access.asking import PLURALS
from tests.world.build import ROWS
from tests.world.policy import CELLS, GUARD, GUARDED, REACHES, Cell, letter, widenings
from tests.world.shown import RELATIONS, outside_id, render
from tests.world.sight import Sight
from tests.world.store import ROLES

FIELDS = [cell for cell in CELLS.values() if cell.coordinate != GUARD]
LISTED = [cell for cell in FIELDS if REACHES[cell.type_name, cell.role].listed]


@pytest.fixture
def sight(world, cell):
    return Sight(world, cell.role)


@pytest.fixture
def listing(listings, cell):
    return listings[cell.role, cell.type_name]


def expected(sight: Sight, cell: Cell, row):
    """What the matrix says that a cell shows on one row in reach."""
    if cell.coordinate not in RELATIONS:
        return render(sight.visible(cell.coordinate, row))
    target, column = RELATIONS[cell.coordinate]
    found = next((other for other in sight.scopes.listed(target) if other["id"] == row[column]), None)
    return {"id": outside_id(target, found)} if found and sight.letter(cell.coordinate, row) else None


@pytest.mark.parametrize("cell", LISTED, ids=str)
def test_values(sight, listing, cell):
    """Each row in reach shows what the matrix says, computed from the stored rows, and no other row is there."""
    rows = sight.scopes.listed(cell.type_name)
    wanted = {outside_id(cell.type_name, row): expected(sight, cell, row) for row in rows}
    assert wanted
    assert {row_id: node[cell.field] for row_id, node in listing.nodes.items()} == wanted


@pytest.mark.parametrize("cell", [cell for cell in LISTED if cell.letter in "DA"], ids=str)
def test_denied_says_why(listing, cell):
    """A denied field has one error for all rows, with code, coordinate and reason, and nothing beside it."""
    assert listing.errors(cell.field) == [
        {
            "message": f"You may not see {cell.coordinate}.",
            "path": [PLURALS[cell.type_name], "nodes", "@", cell.field],
            "extensions": {"code": "FIELD_DENIED", "coordinate": cell.coordinate, "reason": "ROLE"},
        }
    ]
    assert listing.access(cell.field) == []


@pytest.mark.parametrize("cell", [cell for cell in LISTED if cell.letter == "M"], ids=str)
def test_masked_says_so(listing, cell):
    """A masked field is named once with its mask, and is no error."""
    assert listing.access(cell.field) == [
        {
            "coordinate": cell.coordinate,
            "path": [PLURALS[cell.type_name], "nodes", "@", cell.field],
            "access": "MASKED",
            "mask": cell.mask or "withheld",
        }
    ]
    assert listing.errors(cell.field) == []


@pytest.mark.parametrize("cell", [cell for cell in LISTED if cell.letter in "VO"], ids=str)
def test_visible_says_nothing(listing, cell):
    """A field is in no error, and in a note only if some rows in reach may not show it: undercover, or wider reach."""
    wider = widenings(cell.type_name, cell.role)
    is_guarded = cell.coordinate in GUARDED and letter(GUARD, cell.role) not in ("V" if wider else "VO")
    is_partial = is_guarded or any(cell.coordinate not in each.coordinates for each in wider)
    path = [PLURALS[cell.type_name], "nodes", "@", cell.field]
    note = {"coordinate": cell.coordinate, "path": path, "access": "PARTIAL"}
    assert listing.errors(cell.field) == []
    assert listing.access(cell.field) == ([note] if is_partial else [])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("type_name", ROWS)
def test_unreachable_types(listings, role, type_name):
    """A type of which a role lists no row answers null and one error, whatever fields were asked for."""
    listing = listings[role, type_name]
    if REACHES[type_name, role].listed:
        assert listing.nodes is not None
        return
    coordinate = f"Query.{PLURALS[type_name]}"
    # To the public, rows about persons are closed by a ceiling and not by its role alone.
    reason = "CEILING" if role == "public_portal" and type_name != "Unit" else "ROLE"
    assert listing.body == {
        "data": {PLURALS[type_name]: None},
        "errors": [
            {
                "message": f"You may not see {coordinate}.",
                "path": [PLURALS[type_name]],
                "extensions": {"code": "FIELD_DENIED", "coordinate": coordinate, "reason": reason},
            }
        ],
    }


def test_every_cell_is_held():
    """No coordinate of the matrix is left out of these tests: 13 roles, each with every field."""
    assert {(cell.coordinate, cell.role) for cell in FIELDS} | {(GUARD, role) for role in ROLES} == set(CELLS)
