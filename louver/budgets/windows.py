"""Sliding windows: what has been spent of a budget, as the stores of the `limits` package tell it, and ours."""

import math
from typing import NamedTuple, Protocol


class Window(NamedTuple):
    """What was spent in the window before this one, which counts for less and less, and in this one."""

    previous: int
    previous_lasts: float
    """Seconds until nothing of the previous window counts any more: until this one ends."""
    current: int
    current_lasts: float
    """Seconds until this window ends, and the length of one."""


class WindowStore(Protocol):
    """What counts. `limits.aio.storage` has several."""

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Spend an amount, unless more than the limit would be spent then."""

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Tell what was spent, as a `Window` has it."""


def find_remaining(window: Window, limit: int, seconds: int) -> int:
    """Answer what is left."""
    return max(0, limit - math.floor(window.previous * window.previous_lasts / seconds) - window.current)


def find_wait(window: Window, limit: int, seconds: int, amount: int) -> int:
    """Answer after how many seconds an amount is there, if nobody spends in between; at least one."""
    missing = amount - find_remaining(window, limit, seconds)
    ends_in = window.current_lasts - seconds
    if window.previous and missing <= window.previous * ends_in / seconds:
        wait = missing * seconds / window.previous
    else:  # in the next window, in which what is spent in this one fades
        over = amount + window.current - limit
        wait = ends_in + (over * seconds / window.current if window.current and over > 0 else 0)
    return max(1, math.ceil(wait))
