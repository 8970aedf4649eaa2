"""Every role × every field of the matrix, in lists: value, mask, null with a reason, or own rows only."""

import pytest

from tests.access.asking import PLURALS
from tests.world.build import ROWS
from tests.world.policy import CELLS, GUARD, GUARDED, REACHES, Cell, letter, widenings
from tests.world.shown import RELATIONS, outside_id, render
from tests.world.store import ROLES

FIELDS = [cell for cell in CELLS.values() if cell.coordinate != GUARD]
LISTED = [cell for cell in FIELDS if REACHES[cell.type_name, cell.role].listed]


def cells_of(role: str, letters: str = "VMAOD") -> list[Cell]:
    """The cells of a role that have one of these letters, on types of which it lists rows."""
    return [cell for cell in LISTED if cell.role == role and cell.letter in letters]


def roles_with(letters: str) -> list[str]:
    """The roles that have such a cell."""
    return [role for role in ROLES if cells_of(role, letters)]


def path_of(cell: Cell) -> list[str]:
    """Where an answer speaks of a cell."""
    return [PLURALS[cell.type_name], "nodes", "@", cell.field]


async def read_told(listings, cells):
    """What the answers say of each cell beside the rows: errors and entries of `extensions.access`."""
    asked = [(cell, await listings.of(cell.role, cell.type_name)) for cell in cells]
    return {cell.coordinate: (listing.errors(cell.field), listing.access(cell.field)) for cell, listing in asked}


def list_expected(sight, cell):
    """What the matrix says that a cell shows on each row in reach."""
    rows = sight.scopes.listed(cell.type_name)
    assert rows, cell
    if cell.coordinate not in RELATIONS:
        return {outside_id(cell.type_name, row): render(sight.visible(cell.coordinate, row)) for row in rows}
    target, column = RELATIONS[cell.coordinate]
    ids = {other["id"]: {"id": outside_id(target, other)} for other in sight.scopes.listed(target)}
    return {
        outside_id(cell.type_name, row): ids.get(row[column]) if sight.letter(cell.coordinate, row) else None
        for row in rows
    }


@pytest.mark.parametrize("role", roles_with("VMAOD"))
async def test_values(sight_of, listings, role):
    """Each row in reach shows in each field what the matrix says, computed from the stored rows; no other is there."""
    wanted, shown = {}, {}
    for cell in cells_of(role):
        nodes = (await listings.of(role, cell.type_name)).nodes
        expected = list_expected(sight_of(role), cell)
        wanted |= {(cell.coordinate, row_id): value for row_id, value in expected.items()}
        shown |= {(cell.coordinate, row_id): node[cell.field] for row_id, node in nodes.items()}
    assert shown == wanted


@pytest.mark.parametrize("role", roles_with("DA"))
async def test_denied_says_why(listings, role):
    """A denied field has one error for all rows, with code, coordinate and reason, and nothing beside it."""
    cells = cells_of(role, "DA")
    assert await read_told(listings, cells) == {
        cell.coordinate: (
            [
                {
                    "message": f"You may not see {cell.coordinate}.",
                    "path": path_of(cell),
                    "extensions": {"code": "FIELD_DENIED", "coordinate": cell.coordinate, "reason": "ROLE"},
                }
            ],
            [],
        )
        for cell in cells
    }


@pytest.mark.parametrize("role", roles_with("M"))
async def test_masked_says_so(listings, role):
    """A masked field is named once with its mask, and is no error."""
    cells = cells_of(role, "M")
    assert await read_told(listings, cells) == {
        cell.coordinate: (
            [],
            [
                {
                    "coordinate": cell.coordinate,
                    "path": path_of(cell),
                    "access": "MASKED",
                    "mask": cell.mask or "withheld",
                }
            ],
        )
        for cell in cells
    }


def is_partial(cell: Cell) -> bool:
    """Whether some rows in reach may not show a field that the role views: undercover, or of a wider reach."""
    wider = widenings(cell.type_name, cell.role)
    is_guarded = cell.coordinate in GUARDED and letter(GUARD, cell.role) not in ("V" if wider else "VO")
    return is_guarded or any(cell.coordinate not in each.coordinates for each in wider)


@pytest.mark.parametrize("role", roles_with("VO"))
async def test_visible_says_nothing(listings, role):
    """A field is in no error, and in a note only if some rows in reach may not show it: undercover, or wider reach."""
    cells = cells_of(role, "VO")
    assert await read_told(listings, cells) == {
        cell.coordinate: (
            [],
            [{"coordinate": cell.coordinate, "path": path_of(cell), "access": "PARTIAL"}] if is_partial(cell) else [],
        )
        for cell in cells
    }


@pytest.mark.parametrize("role", ROLES)
async def test_unreachable_types(listings, role):
    """A type of which a role lists no row answers null and one error, whatever fields were asked for."""
    answers = {type_name: await listings.of(role, type_name) for type_name in ROWS}
    closed = {type_name for type_name in ROWS if not REACHES[type_name, role].listed}
    assert {type_name for type_name, listing in answers.items() if listing.nodes is None} == closed
    assert {type_name: answers[type_name].body for type_name in closed} == {
        type_name: closed_body(role, type_name) for type_name in closed
    }


def closed_body(role: str, type_name: str):
    coordinate = f"Query.{PLURALS[type_name]}"
    # To the public, rows about persons are closed by a ceiling and not by its role alone.
    reason = "CEILING" if role == "public_portal" and type_name != "Unit" else "ROLE"
    return {
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
    assert [cell for role in ROLES for cell in cells_of(role)] == sorted(
        LISTED, key=lambda cell: ROLES.index(cell.role)
    )
    assert sorted(map(str, LISTED)) == sorted(
        str(cell) for letters in ("DA", "M", "VO") for role in roles_with(letters) for cell in cells_of(role, letters)
    )
