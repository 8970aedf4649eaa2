"""The store of access records, watched: every record passes here, so what is counted is what is on record."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from louver.errors import AuditUnavailableError
from louver.logging import AccessRecord, AuditStore

Watch = Callable[[AccessRecord, asyncio.Future[None]], None]
"""Is shown a record when it is handed in, and the future that ends when it is durable or refused."""


class WatchedStore(AuditStore):
    """The store, and those who look on. They see records, which hold no values."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.watches: list[Watch] = []
        self._waiting_since = 0.0

    @property
    def waiting(self) -> int:
        """How many records wait to be written."""
        return self._queue.qsize()

    @property
    def lag_seconds(self) -> float:
        """For how long nothing was written although something waits."""
        return time.monotonic() - self._waiting_since if self.waiting or not self.is_healthy else 0.0

    def submit(self, record: AccessRecord | None) -> asyncio.Future[None]:
        """See AuditStore."""
        if self.is_healthy and not self.waiting:
            self._waiting_since = time.monotonic()
        try:
            done = super().submit(record)
        except AuditUnavailableError as error:
            done = asyncio.get_running_loop().create_future()
            done.set_exception(error)
            done.exception()  # retrieved: whoever submits gets it as it is
            self._show(record, done)
            raise
        self._show(record, done)
        return done

    def _show(self, record: AccessRecord | None, done: asyncio.Future[None]) -> None:
        if record is not None:
            for watch in self.watches:
                watch(record, done)
