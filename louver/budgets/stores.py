"""Where budgets are kept: in the process, in a database, or in Redis; and in the process while the other is away."""

import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import structlog
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.errors import ConfigurationError, StorageError

from louver.budgets.windows import WindowStore
from louver.db.budgets import SqlWindows
from louver.db.engine import create_engine
from louver.errors import DatabaseUnavailableError, MisconfiguredError
from louver.settings import Settings

MEMORY = "memory://"
_CONNECTIONS = 2
_TIMEOUT_SECONDS = 1.0
_AWAY_SECONDS = 5.0
"""So long a store that did not answer is left alone."""
_FAILURES = (StorageError, DatabaseUnavailableError, TimeoutError)
Value = TypeVar("Value")


async def open_store(settings: Settings, stack: AsyncExitStack) -> WindowStore:
    """Open the store that `LOUVER_BUDGET_URL` names; without it, one that all processes on the records share.

    Raises:
        MisconfiguredError: the URL names no store that we can speak to.
    """
    url = settings.budget_url or _find_default(settings)
    if url == MEMORY:
        return MemoryStorage()
    return SharedStore(await _open_shared(url, settings, stack))


def _find_default(settings: Settings) -> str:
    """Name the records' own database where it is PostgreSQL; beside a SQLite file, a file for several workers."""
    if not settings.database_url.startswith("sqlite:"):
        return settings.database_url
    is_alone = multiprocessing.parent_process() is None
    return MEMORY if is_alone else f"sqlite:///{settings.var}/budgets.db"


async def _open_shared(url: str, settings: Settings, stack: AsyncExitStack) -> WindowStore:
    if url.startswith(("redis://", "rediss://")):
        try:
            return RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy")
        except ConfigurationError as error:
            raise MisconfiguredError("Redis is not installed", hint="install louver[redis]") from error
    store = SqlWindows(create_engine(url, _CONNECTIONS))
    stack.push_async_callback(store.close)
    if url != settings.database_url:
        await store.create()
    return store


class SharedStore:
    """A store outside of the process. While it does not answer, the process counts by itself.

    So an outage of what counts stops nobody's work; each process then gives the whole budget, which is told to the
    operator and not to callers.
    """

    def __init__(self, store: WindowStore) -> None:
        self._store = store
        self._own = MemoryStorage()
        self._away_until = 0.0
        self._log = structlog.get_logger()

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """See WindowStore."""
        return await self._ask(lambda store: store.acquire_sliding_window_entry(key, limit, expiry, amount))

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """See WindowStore."""
        return await self._ask(lambda store: store.get_sliding_window(key, expiry))

    async def _ask(self, question: Callable[[Any], Awaitable[Value]]) -> Value:
        if time.monotonic() >= self._away_until:
            try:
                async with asyncio.timeout(_TIMEOUT_SECONDS):
                    return await question(self._store)
            except _FAILURES as error:
                self._away_until = time.monotonic() + _AWAY_SECONDS
                self._log.error("budgets.store_away", error=type(error).__name__)
        return await question(self._own)
