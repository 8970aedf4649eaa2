"""How many operations run at once, of one principal and in all: the others wait a little, then are turned away."""

import asyncio
from collections import Counter
from uuid import UUID

from louver.errors import MisconfiguredError
from louver.settings import Settings
from louver.statuses import CrowdedError

_RETRY_AFTER_SECONDS = 1


class Gate:
    """Lets so many in at once, first come first served; a principal whose own places are taken holds up nobody else.

    `enter` and `leave` go in pairs. Where there is a place, `enter` is two additions.
    """

    def __init__(self, total: int, each: int, wait_seconds: float) -> None:
        self._total, self._each, self._wait_seconds = total, each, wait_seconds
        self._own: Counter[UUID] = Counter()
        self._waiting: dict[asyncio.Future[None], UUID] = {}
        self.running = 0
        """How many operations have a place."""
        self.refused = 0
        """How many were turned away."""

    @classmethod
    def from_settings(cls, settings: Settings) -> "Gate":
        """Take the limits from the settings.

        Raises:
            MisconfiguredError: one of them would let nobody in.
        """
        for name in ("concurrency_max", "concurrency_per_key_max"):
            if getattr(settings, name) < 1:
                raise MisconfiguredError(f"LOUVER_{name.upper()} lets nobody in", hint="set it above 0")
        return cls(settings.concurrency_max, settings.concurrency_per_key_max, settings.concurrency_wait_seconds)

    @property
    def waiting(self) -> int:
        """How many operations want a place."""
        return len(self._waiting)

    async def enter(self, principal_id: UUID) -> None:
        """Take a place.

        Raises:
            CrowdedError: none became free in time.
        """
        if self._has_place(principal_id):
            self._seat(principal_id)
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting[place] = principal_id
        try:
            async with asyncio.timeout(self._wait_seconds):
                await place
        except BaseException as error:
            self._waiting.pop(place, None)
            if place.done() and not place.cancelled():
                self.leave(principal_id)  # it was given just now, to one who has gone
            if isinstance(error, TimeoutError):
                self.refused += 1
                raise self._turn_away(principal_id) from None
            raise

    def leave(self, principal_id: UUID) -> None:
        """Give a place back: to whoever has waited longest and may have it."""
        self.running -= 1
        self._own[principal_id] -= 1
        if not self._own[principal_id]:
            del self._own[principal_id]
        for place, waiter in self._waiting.items():
            if not place.done() and self._has_place(waiter):
                del self._waiting[place]
                self._seat(waiter)
                place.set_result(None)
                return

    def _has_place(self, principal_id: UUID) -> bool:
        return self.running < self._total and self._own[principal_id] < self._each

    def _seat(self, principal_id: UUID) -> None:
        self.running += 1
        self._own[principal_id] += 1

    def _turn_away(self, principal_id: UUID) -> CrowdedError:
        is_own = self._own[principal_id] >= self._each
        maximum = self._each if is_own else self._total
        return CrowdedError(
            "Too many operations run at once.",
            hint="wait for answers before you send more, and try this one again",
            limit="concurrency_per_key" if is_own else "concurrency",
            maximum=maximum,
            actual=maximum + 1,
            retryAfterSeconds=_RETRY_AFTER_SECONDS,
            headers={"retry-after": str(_RETRY_AFTER_SECONDS)},
        )
