"""The ledger: takes from a store in small lots and spends these within the process, so that few requests ask the store.

A lot is a small part of what is left, and smaller the less is left. So processes that share a budget spend it together
to its end, and what some of them may hold unspent is a few parts in a hundred.
"""

import asyncio
import math
import time
from dataclasses import dataclass, field

from louver.budgets.windows import Window, WindowStore, find_remaining, find_wait

PART_OF_REMAINING = 100
"""A lot is one part in so many of what is left."""
REFUSALS_LAST_SECONDS = 0.1
"""So long a refusal stands without the store being asked again: a client that does not wait costs next to nothing."""


@dataclass(slots=True)
class Account:
    """One budget of one principal, and what this process holds of it until the window ends."""

    key: str
    limit: int
    seconds: int
    left: int = 0
    """Units that were taken and are not spent."""
    beyond: int = 0
    """What the store had left when it was last asked."""
    ends_at: float = 0.0
    refused: int = 0
    """The amount that was last refused; until when that stands; and how long it was to wait."""
    refused_until: float = 0.0
    wait_seconds: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def remaining(self) -> int:
        """What is left, as far as is known here."""
        return self.left + self.beyond

    def spend(self, amount: int, now: float) -> bool:
        """Spend, if there is enough here."""
        if now >= self.ends_at or self.left < amount:
            return False
        self.left -= amount
        return True

    def is_refusing(self, amount: int, now: float) -> bool:
        """Whether as much was refused a moment ago."""
        return now < self.refused_until and amount >= self.refused


class Ledger:
    """Spends from accounts of one store."""

    def __init__(self, store: WindowStore) -> None:
        self._store = store
        self.asked = 0
        """How often the store was asked."""

    async def take(self, account: Account, amount: int) -> int:
        """Take an amount, all or nothing; answer how many seconds to wait for it, 0 when it was taken."""
        now = time.time()
        if account.spend(amount, now):
            return 0
        if not account.is_refusing(amount, now):
            async with account.lock:
                now = time.time()
                if account.spend(amount, now) or (
                    not account.is_refusing(amount, now) and await self._renew(account, amount, now)
                ):
                    return 0
        return account.wait_seconds

    async def _renew(self, account: Account, amount: int, now: float) -> bool:
        """Take a new lot, or what is needed alone, and spend of it; then look at what is left."""
        if now >= account.ends_at:
            account.left = account.beyond = 0
        needed = amount - account.left
        lot = max(needed, account.beyond // PART_OF_REMAINING)
        has_lot = await self._acquire(account, lot)
        if not has_lot and lot > needed:
            lot, has_lot = needed, await self._acquire(account, needed)
        window = Window(*await self._store.get_sliding_window(account.key, account.seconds))
        account.beyond = find_remaining(window, account.limit, account.seconds)
        account.ends_at = now + window.current_lasts - account.seconds
        if has_lot:
            account.left += lot - amount
        else:
            account.refused, account.refused_until = amount, time.time() + REFUSALS_LAST_SECONDS
            account.wait_seconds = find_wait(window, account.limit, account.seconds, needed)
        return has_lot

    async def _acquire(self, account: Account, amount: int) -> bool:
        self.asked += 1
        return await self._store.acquire_sliding_window_entry(account.key, account.limit, account.seconds, amount)


def find_reset(account: Account) -> int:
    """Answer in how many seconds the window ends."""
    return max(0, math.ceil(account.ends_at - time.time()))
