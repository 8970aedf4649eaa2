"""What a caller is entitled to know of a world, as one value.

Two worlds of which a caller is entitled to know the same must answer the caller alike. That is the whole proof: what
this module leaves out may be changed, and nothing that the caller receives may change with it.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from louver.proof.callers import Caller, Place
from louver.proof.charter import read_charter
from louver.proof.ground import NOBODY, Ground, Ids, meet
from louver.proof.reading import NO_RIGHT, Reading, Right, Rights
from louver.proof.shown import GUARD, GUARDED, Cell, list_cells, mask
from louver.proof.worlds import LINKS, Link, World


class Kind(StrEnum):
    """How something is known."""

    ROW = "ROW"
    """That the row is there, and whether it may be listed or only counted."""
    VIEWED = "VIEWED"
    MASKED = "MASKED"
    COUNTED = "COUNTED"
    LINKED = "LINKED"


Fact = tuple[str, Kind, str]
"""A type, how it is known, and which field."""
Facts = dict[Fact, dict[UUID, Any]]
"""Row by row, what it is."""
Knowledge = tuple[Facts, ...]
"""The facts of each of the caller's places."""
OUT_OF_REACH = "out of reach"


def know(world: World, caller: Caller, reading: Reading) -> Knowledge:
    """All that the caller is entitled to know."""
    return tuple(dict(_PlaceFacts(world, place, reading).list_facts()) for place in caller.places)


@cache
def cells_of(type_name: str) -> Mapping[str, Cell]:
    """The fields of a type that show a value, by name."""
    return {cell.field: cell for cell in list_cells(read_charter())[type_name]}


class _PlaceFacts:
    """What one place entitles to."""

    def __init__(self, world: World, place: Place, reading: Reading) -> None:
        self._world = world
        self._rights: Rights = reading.rights_of(place)
        self._masks = reading.charter.masks
        self._ground = Ground(world, place)
        self._listed: dict[str, Ids] = {}
        self._counted: dict[str, Ids] = {}
        for name in world.rows:
            reach = self._right(name)
            self._listed[name] = self._ground.among(name, reach.view)
            self._counted[name] = self._ground.among(name, reach.counted)

    def list_facts(self) -> Iterator[tuple[Fact, dict[UUID, Any]]]:
        """List all of it."""
        for name, counted in self._counted.items():
            if not counted:
                continue
            listed = self._listed[name]
            yield (name, Kind.ROW, ""), {key: key in listed for key in counted}
            for cell in cells_of(name).values():
                yield from self._cell_facts(name, cell)
            for link in LINKS[name]:
                yield (name, Kind.LINKED, link.name), self._link_facts(name, link)

    def _cell_facts(self, name: str, cell: Cell) -> Iterator[tuple[Fact, dict[UUID, Any]]]:
        """The value where it is seen, its mask where that is seen, and the value again where it is only counted."""
        rights = [self._right(coordinate) for coordinate in cell.needed]
        if not all(any(right) for right in rights):
            return
        view, shown, counted = (
            meet(self._ground.among(name, scopes) for scopes in kind) & self._counted[name]
            for kind in zip(*((right.view, right.shown, right.counted) for right in rights), strict=True)
        )
        if cell.coordinate in GUARDED:
            hidden = self._guarded()
            view, shown, counted = view - hidden, shown - hidden, counted - hidden
        rows, kind = self._world.rows[name], self._masks[cell.coordinate]
        yield (name, Kind.VIEWED, cell.field), {key: cell.read(self._world, rows[key]) for key in view}
        yield (
            (name, Kind.MASKED, cell.field),
            {key: mask(kind, cell.read(self._world, rows[key])) for key in shown - view},
        )
        yield (name, Kind.COUNTED, cell.field), {key: cell.read(self._world, rows[key]) for key in counted - view}

    def _link_facts(self, name: str, link: Link) -> dict[UUID, Any]:
        right = self._right(f"{name}.{link.name}")
        followed = self._counted[name]
        if link.is_classified:
            followed &= self._ground.among(name, right.counted)
        rows, reach = self._world.rows[name], self._counted[link.target]
        keys = {key: rows[key][link.column] for key in followed}
        return {key: to if to is None or to in reach else OUT_OF_REACH for key, to in keys.items()}

    def _guarded(self) -> Ids:
        """Officers whose names the caller may not see because they are undercover."""
        undercover = frozenset(key for key, row in self._world.rows["Officer"].items() if row["is_undercover"])
        return undercover - self._ground.among("Officer", self._right(GUARD).view) if undercover else NOBODY

    def _right(self, coordinate: str) -> Right:
        return self._rights.get(coordinate, NO_RIGHT)
