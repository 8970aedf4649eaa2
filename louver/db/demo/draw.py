"""Chance that is the same on every run: what the demo data is drawn from."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

T = TypeVar("T")

Row = dict[str, Any]
"""One row to insert, by column name."""

SEED = "louver demo 1"


class Draw(Random):
    """A stream of chance of its own for each subject, so that more trainings do not change the officers."""

    def __init__(self, *subject: str) -> None:
        super().__init__("/".join((SEED, *subject)))

    def uuid(self) -> UUID:
        """Draw an id. Real ids are random; these are the same each time, so that a second run finds the first one's."""
        return UUID(int=self.getrandbits(128), version=4)

    def chance(self, probability: float) -> bool:
        """Draw whether something happens."""
        return self.random() < probability

    def known(self, value: T, missing: float) -> T | None:
        """Draw whether a value was entered at all; in real records many were not."""
        return None if self.chance(missing) else value

    def pick(self, weights: Mapping[T, int]) -> T:
        """Draw one of the keys, by weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def word(self, words: str) -> str:
        """Draw one word of a text."""
        return self.choice(words.split())

    def moment(self, until: datetime, days: int) -> datetime:
        """Draw a moment in the days before `until`, by whole minutes."""
        return until - timedelta(minutes=self.randrange(1, days * 24 * 60))
