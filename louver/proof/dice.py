"""Choices: every generator takes its own from here, so that one generator serves Hypothesis and plain seeds."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Protocol, TypeVar

Item = TypeVar("Item")
_CERTAIN = 100


class Dice(Protocol):
    """A source of choices. The smallest number is the simplest choice, towards which Hypothesis shrinks."""

    def number(self, low: int, high: int) -> int:
        """A number of the closed range."""


class SeededDice:
    """Choices by a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - reproducible on purpose

    def number(self, low: int, high: int) -> int:
        """See Dice."""
        return self._random.randint(low, high)


def chance(dice: Dice, percent: int) -> bool:
    """Whether something of this likelihood happens; that it does not is the simpler choice."""
    return dice.number(1, _CERTAIN) > _CERTAIN - percent


def pick(dice: Dice, items: Sequence[Item]) -> Item:
    """One of the items; the first is the simplest."""
    return items[dice.number(0, len(items) - 1)]


def pick_some(dice: Dice, items: Iterable[Item], low: int, high: int) -> list[Item]:
    """Between so many and so many different items, in any order."""
    rest = list(items)
    count = min(dice.number(low, high), len(rest))
    return [rest.pop(dice.number(0, len(rest) - 1)) for _ in range(count)]
