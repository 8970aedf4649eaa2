"""Changes that a caller may not notice: drawn at large, and kept only if what the caller may know stays the same."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from louver.proof.callers import Caller
from louver.proof.dice import Dice, SeededDice, chance, pick, pick_some
from louver.proof.edits import CellEdit, Deletion, Edit, Insertion, Renaming, apply_edits
from louver.proof.knowledge import OUT_OF_REACH, Kind, Knowledge, cells_of, know
from louver.proof.reading import Reading
from louver.proof.shown import mask
from louver.proof.values import TABLES, draw_value, pool
from louver.proof.worlds import LINKS, Row, World, agency_of, draw_row

_FIXED = {
    "Agency": {"id", "ori", "modules", "status", "small_cell_minimum", "policy_overlay_version"},
    "Unit": {"id", "agency_id"},
}
"""Ids; and of an agency what callers are identified by, so that a change of it makes another caller."""
_FIXED_ELSEWHERE = {"id", "agency_id", "source_system", "source_key"}
_DECIDING = {"is_sworn", "is_undercover", "status", "published_at", "pseudonym"}
"""What decides who reaches a row, or is told by another row: a change of it is seldom unnoticed."""
_CELL_PERCENT, _RENAME_PERCENT = 75, 35
_BOLD_MAX = 12
_ROWS_MAX = 3
_TRIES = 4
_IDS = 2**128 - 1


class Where(NamedTuple):
    """One cell."""

    type_name: str
    row_id: UUID
    column: str


def draw_changes(world: World, caller: Caller, reading: Reading, seed: int) -> list[Edit]:
    """Draw edits, as many as go unnoticed together."""
    dice, before = SeededDice(seed), know(world, caller, reading)
    own = {place.agency_id for place in caller.places}
    cells = list(_list_cells(world))
    masks = find_known(before, reading.charter.masks)
    cautious = [cell for cell in cells if not _is_bold(world, cell, own)]
    bold = [cell for cell in cells if _is_bold(world, cell, own) and masks.get(cell, "") is not None]
    drawn = [cell for cell in cautious if chance(dice, _CELL_PERCENT)]
    offers: list[Edit] = [*_edit_cells(dice, world, drawn, masks), *_rename_rows(dice, world, caller, before)]
    risks: list[Edit] = [
        *_edit_cells(dice, world, pick_some(dice, bold, 0, _BOLD_MAX), masks),
        *_add_rows(dice, world),
        *_drop_rows(dice, world),
    ]
    return _keep(world, [offers, risks], is_unnoticed(before, caller, reading))


def is_unnoticed(before: Knowledge, caller: Caller, reading: Reading) -> Callable[[World], bool]:
    """Whether a caller may know of a world what it knew before, and no more."""

    def is_the_same(world: World) -> bool:
        has_caller = all(unit_id in world.rows["Unit"] for place in caller.places for unit_id in place.unit_ids)
        has_caller &= all(place.officer_id in {None, *world.rows["Officer"]} for place in caller.places)
        return has_caller and world.is_sound() and know(world, caller, reading) == before

    return is_the_same


def find_known(knowledge: Knowledge, masks: dict[str, str]) -> dict[Where, str | None]:
    """The cells of which something is known: None where it is the value, else the mask that must come out the same."""
    known: dict[Where, str | None] = {}
    for (type_name, kind, field), rows in (item for facts in knowledge for item in facts.items()):
        if kind is Kind.ROW:
            continue
        if kind is Kind.LINKED:
            column = next(link.column for link in LINKS[type_name] if link.name == field)
            known |= {Where(type_name, row_id, column): None for row_id, to in rows.items() if to != OUT_OF_REACH}
            continue
        cell = cells_of(type_name)[field]
        kept = masks[cell.coordinate] if kind is Kind.MASKED and len(cell.columns) == 1 else None
        for where in (Where(type_name, row_id, column) for row_id in rows for column in cell.columns):
            known[where] = kept if known.get(where, kept) == kept else None
    return known


def _keep(world: World, batches: Sequence[Sequence[Edit]], is_kept: Callable[[World], bool]) -> list[Edit]:
    """Halve what is noticed until what is left is not."""
    kept: list[Edit] = []
    waiting = list(reversed([batch for batch in batches if batch]))
    while waiting:
        offered = waiting.pop()
        if is_kept(apply_edits(world, [*kept, *offered])):
            kept += offered
        elif len(offered) > 1:
            middle = len(offered) // 2
            waiting += [offered[middle:], offered[:middle]]
    return kept


# what may be offered


def _list_cells(world: World) -> Iterator[Where]:
    for type_name, rows in world.rows.items():
        fixed = _FIXED.get(type_name, _FIXED_ELSEWHERE)
        columns = [column.name for column in TABLES[type_name].c if column.name not in fixed]
        yield from (Where(type_name, row_id, column) for row_id in rows for column in columns)


def _is_bold(world: World, cell: Where, own: set[UUID]) -> bool:
    """Whether the cell may decide about more than itself, in an agency of the caller's."""
    links = {link.column for link in LINKS[cell.type_name]}
    is_deciding = cell.column in links or (cell.column in _DECIDING and cell.type_name != "Training")
    return is_deciding and agency_of(cell.type_name, world.rows[cell.type_name][cell.row_id]) in own


def _edit_cells(dice: Dice, world: World, cells: Sequence[Where], known: dict[Where, str | None]) -> Iterator[CellEdit]:
    for cell in cells:
        kept = known.get(cell, "")
        if kept is None:
            continue
        row = world.rows[cell.type_name][cell.row_id]
        for _ in range(_TRIES if kept else 1):
            value = _draw(dice, world, cell, row)
            is_other = value != row[cell.column]
            if is_other and (not kept or mask(kept, value) == mask(kept, row[cell.column])):
                yield CellEdit(*cell, value)
                break


def _draw(dice: Dice, world: World, cell: Where, row: Row) -> Any:
    column = TABLES[cell.type_name].c[cell.column]
    link = next((link for link in LINKS[cell.type_name] if link.column == cell.column), None)
    if link is None:
        return draw_value(dice, column) if column.name != "pseudonym" else pick(dice, pool(column))
    targets = list(world.of_agency(link.target, row["agency_id"]))
    return pick(dice, [None, *targets] if column.nullable or not targets else targets)


def _rename_rows(dice: Dice, world: World, caller: Caller, knowledge: Knowledge) -> Iterator[Renaming]:
    """Rows that are in no reach at all."""
    known = {key for facts in knowledge for (_, kind, _), rows in facts.items() if kind is Kind.ROW for key in rows}
    known |= {key for place in caller.places for key in (*place.unit_ids, place.officer_id) if key}
    for name, rows in world.rows.items():
        for key in rows:
            if key not in known and chance(dice, _RENAME_PERCENT):
                yield Renaming(name, key, UUID(int=dice.number(0, _IDS)))


def _add_rows(dice: Dice, world: World) -> Iterator[Insertion]:
    for _ in range(dice.number(0, _ROWS_MAX)):
        type_name = pick(dice, [name for name in TABLES if name != "Agency"])
        agency_id = pick(dice, world.agencies)
        known = {name: world.of_agency(name, agency_id) for name in TABLES}
        row = draw_row(dice, type_name, agency_id, known)
        if all(row[link.column] is not None or TABLES[type_name].c[link.column].nullable for link in LINKS[type_name]):
            yield Insertion(type_name, row)


def _drop_rows(dice: Dice, world: World) -> Iterator[Deletion]:
    """Rows that nothing refers to."""
    referred = {
        row[link.column] for name, links in LINKS.items() for row in world.rows[name].values() for link in links
    }
    loose = [(name, key) for name, rows in world.rows.items() for key in rows if key not in referred]
    for name, key in pick_some(dice, loose, 0, _ROWS_MAX):
        yield Deletion(name, key)
