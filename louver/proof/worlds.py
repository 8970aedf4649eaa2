"""A small world: a few agencies with all their records, as plain Python rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from louver.proof.dice import Dice, SeededDice, chance, pick
from louver.proof.values import TABLES, draw_value

Row = Mapping[str, Any]
Rows = Mapping[UUID, Row]
_SEEDS = 2**32 - 1
_IDS = 2**128 - 1


class Link(NamedTuple):
    """A field that leads to one row, and the column that holds the row's id."""

    name: str
    target: str
    column: str
    is_classified: bool
    """The policy has a line for the field itself."""


_TO_AGENCY = Link("agency", "Agency", "agency_id", is_classified=False)
LINKS: dict[str, tuple[Link, ...]] = {
    "Agency": (),
    "Unit": (
        Link("parent", "Unit", "parent_id", is_classified=True),
        Link("commander", "Officer", "commander_id", is_classified=True),
        _TO_AGENCY,
    ),
    "Officer": (Link("unit", "Unit", "unit_id", is_classified=True), _TO_AGENCY),
    "Course": (_TO_AGENCY,),
    "Training": (
        Link("officer", "Officer", "officer_id", is_classified=False),
        Link("course", "Course", "course_id", is_classified=True),
        _TO_AGENCY,
    ),
    "UofIncident": (_TO_AGENCY,),
    "UofInvolvement": (
        Link("incident", "UofIncident", "incident_id", is_classified=False),
        Link("officer", "Officer", "officer_id", is_classified=True),
        _TO_AGENCY,
    ),
    "UofSubject": (Link("incident", "UofIncident", "incident_id", is_classified=False), _TO_AGENCY),
}
"""Written again, and not taken from the schema: what links a row to others is part of what is judged."""
SIZES = {
    "Unit": (1, 4),
    "Officer": (2, 6),
    "Course": (1, 3),
    "Training": (2, 9),
    "UofIncident": (1, 5),
    "UofInvolvement": (1, 8),
    "UofSubject": (1, 7),
}
"""The fewest and the most rows of an agency, in an order in which each may refer to those before."""


@dataclass(frozen=True, slots=True)
class World:
    """All rows by type and id."""

    rows: Mapping[str, Rows]

    def of_agency(self, type_name: str, agency_id: UUID) -> dict[UUID, Row]:
        """An agency's rows of one type."""
        return {key: row for key, row in self.rows[type_name].items() if agency_of(type_name, row) == agency_id}

    @property
    def agencies(self) -> list[UUID]:
        """The ids of all agencies."""
        return list(self.rows["Agency"])

    def is_sound(self) -> bool:
        """Whether every link leads to a row of the same agency, units form a tree, and officers are identified."""
        return (
            all(
                self._leads(link, row)
                for name, links in LINKS.items()
                for row in self.rows[name].values()
                for link in links
            )
            and all(row["badge_number"] or row["employee_id"] for row in self.rows["Officer"].values())
            and all(unit_id not in self.above(row["parent_id"]) for unit_id, row in self.rows["Unit"].items())
        )

    def above(self, unit_id: UUID | None) -> list[UUID]:
        """A unit and those above it; in a circle, each once."""
        found: list[UUID] = []
        while unit_id is not None and unit_id not in found:
            found.append(unit_id)
            unit_id = self.rows["Unit"][unit_id]["parent_id"]
        return found

    def _leads(self, link: Link, row: Row) -> bool:
        key = row[link.column]
        if key is None:
            return True
        target = self.rows[link.target].get(key)
        return target is not None and agency_of(link.target, target) == row["agency_id"]


def agency_of(type_name: str, row: Row) -> UUID:
    """The agency that a row belongs to."""
    agency_id: UUID = row["id" if type_name == "Agency" else "agency_id"]
    return agency_id


def draw_world(dice: Dice) -> World:
    """A world of one to three agencies. How much there is, is drawn choice by choice; the values come from a seed."""
    filler = SeededDice(dice.number(0, _SEEDS))
    rows: dict[str, dict[UUID, Row]] = {name: {} for name in TABLES}
    for position in range(dice.number(1, 3)):
        agency = _draw_agency(filler, position)
        rows["Agency"][agency["id"]] = agency
        own: dict[str, dict[UUID, Row]] = {}
        for name, (low, high) in SIZES.items():
            own[name] = _draw_rows(filler, name, dice.number(low, high), agency["id"], own)
        _appoint_commanders(filler, own)
        for name, found in own.items():
            rows[name].update(found)
    return World(rows)


def draw_row(dice: Dice, type_name: str, agency_id: UUID, known: Mapping[str, Rows]) -> dict[str, Any]:
    """One more row of an agency, which may refer to those that are known."""
    table = TABLES[type_name]
    row = {column.name: draw_value(dice, column) for column in table.c if column.name not in _KEYS}
    row |= {"id": UUID(int=dice.number(0, _IDS)), "agency_id": agency_id}
    row |= {name: None for name in ("source_system", "source_key") if name in table.c}
    for link in LINKS[type_name]:
        targets = list(known.get(link.target, ()))
        if link is not _TO_AGENCY:
            is_null = not targets or (table.c[link.column].nullable and chance(dice, 20))
            row[link.column] = None if is_null else pick(dice, targets)
    if type_name == "Officer" and not row["badge_number"] and not row["employee_id"]:
        row["employee_id"] = "E1"
    return row


_KEYS = frozenset({"id", "agency_id", *(link.column for link in chain.from_iterable(LINKS.values()))})


def _draw_agency(dice: Dice, position: int) -> dict[str, Any]:
    row = {column.name: draw_value(dice, column) for column in TABLES["Agency"].c if column.name != "id"}
    modules = ["TRAINING"] if chance(dice, 10) else ["TRAINING", "UOF"]
    status = "CANCELLED" if chance(dice, 6) else "ACTIVE"
    fixed = {"ori": f"MN{position:07}", "modules": modules, "status": status, "policy_overlay_version": 0}
    return {**row, "id": UUID(int=dice.number(0, _IDS)), **fixed}


def _draw_rows(
    dice: Dice, type_name: str, count: int, agency_id: UUID, known: Mapping[str, Mapping[UUID, Row]]
) -> dict[UUID, Row]:
    found: dict[UUID, Row] = {}
    for _ in range(count):
        row = draw_row(dice, type_name, agency_id, {**known, type_name: found} if type_name == "Unit" else known)
        found[row["id"]] = row
    return found


def _appoint_commanders(dice: Dice, own: Mapping[str, dict[UUID, Row]]) -> None:
    for unit_id, unit in own["Unit"].items():
        own["Unit"][unit_id] = {**unit, "commander_id": pick(dice, [None, *own["Officer"]])}


def closure_of(world: World) -> Iterator[tuple[UUID, UUID, UUID]]:
    """Agency, ancestor and unit, for each unit paired with itself and all above it."""
    for unit_id, unit in world.rows["Unit"].items():
        for ancestor_id in world.above(unit_id):
            yield unit["agency_id"], ancestor_id, unit_id
