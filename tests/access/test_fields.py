"""Every role × every field of the matrix, in lists: value, mask, null with a reason, or own rows only."""

import pytest

from tests.access.conftest import PLURALS
from tests.world.build import ROWS
from tests.world.policy import CELLS, GUARD, GUARDED, REACHES, Cell, letter
from tests.world.scopes import Scopes
from tests.world.shown import RELATIONS, masked, outside_id, shown, stored
from tests.world.store import HOLDERS, ROLES

FIELDS = [cell for cell in CELLS.values() if cell.coordinate != GUARD]
LISTED = [cell for cell in FIELDS if REACHES[cell.type_name, cell.role].listed]


@pytest.fixture
def scopes(world, cell):
    return Scopes(world, HOLDERS[cell.role])


@pytest.fixture
def listing(listings, cell):
    return listings[cell.role, cell.type_name]


def expected(world, scopes: Scopes, cell: Cell, row):
    """What the matrix says that a cell shows on one row in reach."""
    is_own = cell.letter == "O" and scopes.reaches(cell.type_name, row, "own")
    if cell.letter not in ("V", "M") and not is_own:
        return None
    if cell.coordinate in GUARDED and row["is_undercover"] and not _may_know_undercover(scopes, cell.role, row):
        return None
    if cell.letter == "M":
        return masked(cell.mask, stored(world, cell.coordinate, row))
    if cell.coordinate not in RELATIONS:
        return shown(world, cell.coordinate, row)
    target, column = RELATIONS[cell.coordinate]
    reached = next((found for found in scopes.listed(target) if found["id"] == row[column]), None)
    found = outside_id(target, reached)
    return found and {"id": found}


def _may_know_undercover(scopes: Scopes, role: str, row) -> bool:
    says = letter(GUARD, role)
    return says == "V" or (says == "O" and scopes.reaches("Officer", row, "own"))


@pytest.mark.parametrize("cell", LISTED, ids=str)
def test_values(world, scopes, listing, cell):
    """Each row in reach shows what the matrix says, computed from the stored rows, and no other row is there."""
    wanted = {
        outside_id(cell.type_name, row): expected(world, scopes, cell, row) for row in scopes.listed(cell.type_name)
    }
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
    """A field that is seen on every row in reach is in no error and no note; names of undercover officers are in one."""
    is_guarded = cell.coordinate in GUARDED and letter(GUARD, cell.role) not in "VO"
    path = [PLURALS[cell.type_name], "nodes", "@", cell.field]
    note = {"coordinate": cell.coordinate, "path": path, "access": "PARTIAL"}
    assert listing.errors(cell.field) == []
    assert listing.access(cell.field) == ([note] if is_guarded else [])


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
