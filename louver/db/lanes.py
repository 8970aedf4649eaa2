"""What a reader asks of one connection."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol


class Lane(Protocol):
    """One connection for reading."""

    @property
    def is_open(self) -> bool:
        """Whether it may still be used, as far as is known here."""

    def fetch(self, sql: str, parameters: Sequence[Any]) -> Awaitable[Sequence[Sequence[Any]]]:
        """Run one statement and return its rows."""

    async def close(self) -> None:
        """Close it, and stop what still runs on it. Never raises."""


OpenLane = Callable[[str], Awaitable[Lane]]
