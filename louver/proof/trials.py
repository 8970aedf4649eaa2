"""A trial: a world, a policy over it, callers, and what each of them asks."""

from dataclasses import dataclass
from typing import Any

from louver.authz.lines import PolicyLine
from louver.proof.asking.operations import Operation, draw_operation
from louver.proof.callers import Caller
from louver.proof.charter import read_charter
from louver.proof.dice import Dice, chance
from louver.proof.openness import Openness
from louver.proof.policies import ROLES, draw_caller, draw_lines
from louver.proof.reading import Reading
from louver.proof.worlds import World, draw_world
from louver.resolvers.catalogue import Catalogue

_OPERATIONS_MIN, OPERATIONS_MAX = 3, 12
_CURIOUS_PERCENT = 15
_SEEDS = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Trial:
    """All that is asked of one world."""

    world: World
    lines: tuple[PolicyLine, ...]
    """The agencies' own, beside the default ones."""
    askers: tuple[tuple[Caller, tuple[Operation, ...]], ...]
    seed: int
    """From which the changes are drawn."""

    def __repr__(self) -> str:
        rows = sum(map(len, self.world.rows.values()))
        asked = sum(len(operations) for _, operations in self.askers)
        return f"<{rows} rows, {len(self.lines)} lines, {len(self.askers)} callers, {asked} operations>"

    def _repr_pretty_(self, printer: Any, _is_cycle: bool) -> None:  # noqa: FBT001 - as Hypothesis calls it
        """Print in one line: what Hypothesis would print of it fills pages."""
        printer.text(repr(self))


@dataclass(frozen=True, slots=True)
class Setting:
    """What trials are drawn under: the schema, the default lines and, to prove one agency's policy, its own."""

    catalogue: Catalogue
    defaults: tuple[PolicyLine, ...]
    own: tuple[PolicyLine, ...] | None = None
    """Lines that every agency of the trial gets instead of drawn ones; None to draw them."""

    def draw_trial(self, dice: Dice) -> Trial:
        """One trial."""
        charter, world = read_charter(), draw_world(dice)
        roles = (*ROLES, *dict.fromkeys(line.sub for line in self.own or ()))
        callers = [draw_caller(dice, charter, world, roles) for _ in range(dice.number(1, 2))]
        lines = draw_lines(dice, charter, callers) if self.own is None else self._lay_out(world)
        reading = Reading([*self.defaults, *lines])
        askers = []
        for caller in callers:
            openness = Openness(caller, reading, self.catalogue)
            is_curious = chance(dice, _CURIOUS_PERCENT)
            asked = [
                draw_operation(dice, self.catalogue, openness, world, is_curious=is_curious)
                for _ in range(dice.number(_OPERATIONS_MIN, OPERATIONS_MAX))
            ]
            askers.append((caller, tuple(asked)))
        return Trial(world, tuple(lines), tuple(askers), dice.number(0, _SEEDS))

    def _lay_out(self, world: World) -> list[PolicyLine]:
        return [line._replace(dom=agency_id.hex) for agency_id in world.agencies for line in self.own or ()]
