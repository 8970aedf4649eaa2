"""What a holder sees of a stored value, in Python: bare, masked or nothing."""

from enum import Enum
from typing import Any

from tests.world.build import World
from tests.world.fill import Row
from tests.world.policy import CELLS, GUARD, GUARDED, REACHES, widenings
from tests.world.scopes import Scopes
from tests.world.shown import masked, stored
from tests.world.store import HOLDERS


class Sight:
    """Answers for one role of the test agency."""

    def __init__(self, world: World, role: str) -> None:
        self.scopes = Scopes(world, HOLDERS[role])
        self._world = world
        self._role = role

    def letter(self, coordinate: str, row: Row) -> str | None:
        """How the role sees a coordinate on one row that it lists: `V`, `M` or not at all."""
        cell = CELLS[coordinate, self._role]
        reach = REACHES[cell.type_name, self._role].listed
        if reach is not None and self.scopes.reaches(cell.type_name, row, reach):
            if cell.letter in ("V", "M"):
                return cell.letter
            if cell.letter == "O" and self.scopes.reaches(cell.type_name, row, "own"):
                return "V"
        wider = (each for each in widenings(cell.type_name, self._role) if coordinate in each.coordinates)
        return "V" if any(self.scopes.reaches(cell.type_name, row, each.rows) for each in wider) else None

    def visible(self, coordinate: str, row: Row) -> Any:
        """The value as the role sees it, on a row that it lists."""
        says = self.letter(coordinate, row)
        if says is None or self.is_name_hidden(coordinate, row):
            return None
        value = stored(self._world, coordinate, row)
        return masked(CELLS[coordinate, self._role].mask, value) if says == "M" else value

    def is_name_hidden(self, coordinate: str, row: Row) -> bool:
        """Whether it would give away an undercover officer to somebody who may not know."""
        return coordinate in GUARDED and row["is_undercover"] and self.letter(GUARD, row) is None


def comparable(value: Any) -> Any:
    """A value as the databases compare it: text and codes by their bytes."""
    if isinstance(value, str):
        return (value.value if isinstance(value, Enum) else value).encode()
    return value
