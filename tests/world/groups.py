"""What aggregates must come to, in plain Python: which rows count, under which keys, and which cells are hidden."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.world.build import World
from tests.world.fill import Row
from tests.world.policy import REACHES, letter
from tests.world.shown import RELATIONS, render, snake, stored
from tests.world.sight import Sight

THROUGH = {
    "Training": {"unit": ("officer", "unit"), "rank": ("officer", "rank")},
    "UofInvolvement": {
        "unit": ("officer", "unit"),
        "occurredAtYear": ("incident", "occurredAtYear"),
        "occurredAtMonth": ("incident", "occurredAtMonth"),
        "incidentStatus": ("incident", "status"),
    },
    "UofSubject": {
        "occurredAtYear": ("incident", "occurredAtYear"),
        "occurredAtMonth": ("incident", "occurredAtMonth"),
    },
}
"""Dimensions that lead to another row."""
LINKS = RELATIONS | {
    "Training.officer": ("Officer", "officer_id"),
    "UofInvolvement.incident": ("UofIncident", "incident_id"),
    "UofSubject.incident": ("UofIncident", "incident_id"),
}
LABELS = {"Agency": "name", "Unit": "name", "Course": "title", "UofIncident": "number"}
OF_PERSONS = ("Officer", "Training", "UofIncident", "UofInvolvement", "UofSubject")
"""A group per row of these would tell of one person or incident, so the role has to list them."""


class Refused(Exception):  # noqa: N818 - it is an answer here
    """The role may not group by it; the argument is the coordinate that it may not see."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a row is counted under: a rendered value, or a row with its label."""

    value: Any
    label: str | None = None


class Counting:
    """Counts a type's rows as a role of the test agency may."""

    def __init__(self, world: World, role: str) -> None:
        self._world = world
        self._role = role
        self._sight = Sight(world, role)
        self._scopes = self._sight.scopes
        self.is_small_hidden = False
        """Some right used is for aggregates only; known once the counting is done."""

    def count(self, type_name: str, dimension: str | None = None) -> Counter[Key]:
        """Count by one dimension, or all under one key.

        Raises:
            Refused: the role may not.
        """
        self.is_small_hidden = False
        rows = self._counted(type_name, type_name)
        if dimension is None:
            return Counter({Key(None): len(rows)})
        path = THROUGH.get(type_name, {}).get(dimension, (dimension,))
        return Counter(key for row in rows for key in self._keys(type_name, row, path))

    def _counted(self, type_name: str, by_way_of: str) -> list[Row]:
        reach = REACHES[type_name, self._role]
        if reach.counted is None:
            raise Refused(by_way_of)
        self.is_small_hidden |= reach.listed != reach.counted
        return self._scopes.counted(type_name)

    def _keys(self, type_name: str, row: Row, path: tuple[str, ...]) -> Iterator[Key]:
        name, *rest = path
        coordinate = f"{type_name}.{name}"
        if coordinate in LINKS or name == "agency":
            yield from self._through(type_name, row, name, tuple(rest))
            return
        field, part = _split(name)
        if not self._may_count(type_name, field, row):
            return
        value = stored(self._world, f"{type_name}.{field}", row)
        if part and value is not None:
            value = value.year if part == "Year" else f"{value:%Y-%m}"
        if isinstance(value, list):
            yield from map(Key, {render(item) for item in value} or {None})
        else:
            yield Key(render(value))

    def _through(self, type_name: str, row: Row, name: str, rest: tuple[str, ...]) -> Iterator[Key]:
        coordinate = f"{type_name}.{name}"
        target, column = LINKS.get(coordinate, ("Agency", "agency_id"))
        if coordinate in RELATIONS and not self._may_count(type_name, name, row):
            return
        if not rest and target in OF_PERSONS and not REACHES[target, self._role].listed:
            raise Refused(coordinate)
        reached = (
            self._scopes.listed(target) if not rest and target in OF_PERSONS else self._counted(target, coordinate)
        )
        if row[column] is None:
            yield Key(None)
        found = next((other for other in reached if other["id"] == row[column]), None)
        if found is not None and rest:
            yield from self._keys(target, found, rest)
        elif found is not None:
            yield Key(found["id"].hex, self._label(target, found))

    def _label(self, target: str, row: Row) -> str | None:
        field = LABELS.get(target)
        if field is None or letter(f"{target}.{field}", self._role) not in "VAO":
            return None
        return str(row[snake(field)])

    def _may_count(self, type_name: str, field: str, row: Row) -> bool:
        """Whether the row is counted under what the field shows; one on which it is hidden is left out."""
        says = letter(f"{type_name}.{field}", self._role)
        if says not in "VAO":
            raise Refused(f"{type_name}.{field}")
        self.is_small_hidden |= says == "A"
        return says == "A" or self._sight.letter(f"{type_name}.{field}", row) == "V"


def _split(name: str) -> tuple[str, str | None]:
    part = next((part for part in ("Year", "Month") if name.endswith(part)), None)
    return (name.removesuffix(part), part) if part else (name, None)


def require_small_cells_hidden(shown: Counter[Any], true: Counter[Any], minimum: int = 5) -> None:
    """Hold an answer to the rule: no small group, and no other that gives one away by subtraction."""
    hidden = {key: count for key, count in true.items() if key not in shown}
    assert all(true[key] == count for key, count in shown.items())
    assert all(count >= minimum for count in shown.values())
    assert not hidden or (len(hidden) > 1 and sum(hidden.values()) >= minimum) or not shown
    assert not hidden or min(true.values()) < minimum
