"""Reducing: of many edits, the few that it takes."""

from collections.abc import Awaitable, Callable, Sequence

from louver.proof.edits import Edit

Shows = Callable[[Sequence[Edit]], Awaitable[bool]]
"""Whether these edits alone still show what all of them showed."""


async def reduce_edits(edits: Sequence[Edit], shows: Shows) -> list[Edit]:
    """Leave out what is not needed: large parts first, then smaller ones, until no single edit can go."""
    kept, size = list(edits), max(1, len(edits) // 2)
    while True:
        for start in range(0, len(kept), size):
            rest = [*kept[:start], *kept[start + size :]]
            if await shows(rest):
                kept = rest
                break
        else:
            if size == 1:
                return kept
            size = max(1, size // 2)
