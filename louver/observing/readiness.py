"""Readiness: whether a query would be answered now, and if not, which part is why."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from louver.db.reader import Reader
from louver.errors import AuditUnavailableError, DatabaseUnavailableError, PolicyStaleError
from louver.logging import AuditStore
from louver.policy import PolicyKeeper

WELL = "ok"
KEPT_SECONDS = 1.0
TIMEOUT_SECONDS = 2.0


class Readiness:
    """Checks the parts that no answer can do without.

    What was found is kept for a second, and one check serves all who ask meanwhile: probes need no credential, so they
    must not be a way to load the database.
    """

    def __init__(self, reader: Reader, store: AuditStore, keeper: PolicyKeeper) -> None:
        self._checks: Mapping[str, tuple[Callable[[], Awaitable[object]], str]] = {
            "database": (lambda: reader.fetch("SELECT 1"), DatabaseUnavailableError.code),
            "audit": (store.require_writable, AuditUnavailableError.code),
            "policy": (keeper.require_readable, PolicyStaleError.code),
        }
        self._lock = asyncio.Lock()
        self._found: Mapping[str, str] = {}
        self._until = 0.0

    async def check(self) -> Mapping[str, str]:
        """Answer `ok`, or the code that queries would be refused with, for each part. Leak: no more than the code."""
        async with self._lock:
            if time.monotonic() >= self._until:
                codes = await asyncio.gather(*(_try(check, code) for check, code in self._checks.values()))
                self._found = dict(zip(self._checks, codes, strict=True))
                self._until = time.monotonic() + KEPT_SECONDS
            return self._found


async def _try(check: Callable[[], Awaitable[object]], code: str) -> str:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await check()
    except Exception:  # noqa: BLE001 - whatever it is, a query would meet it too
        return code
    return WELL
