"""The hot read path: one statement, straight to the driver, without a transaction of its own."""

import asyncio
from collections.abc import Sequence
from typing import Any

from louver.db.failures import is_database_failure, report_outage
from louver.db.lanes import Lane, OpenLane
from louver.db.lanes_postgres import open_postgres_lane
from louver.db.lanes_sqlite import open_sqlite_lane
from louver.db.urls import DatabaseUrl, Dialect

_OPENERS: dict[Dialect, OpenLane] = {"postgresql": open_postgres_lane, "sqlite": open_sqlite_lane}


def open_reader(url: str, size: int = 10) -> "Reader":
    """Make a reader of at most `size` connections. Nothing is opened before its first use.

    So a service starts, and stays up, while its database is away.

    Raises:
        MisconfiguredError: the URL is not one of a database that we can speak to.
    """
    return Reader(DatabaseUrl.from_text(url), size)


class Reader:
    """Runs SELECTs on a few warm connections, the last used first.

    The drivers' own pools reset a connection at each return, in a round trip of its own; a read outside a transaction
    leaves nothing to reset. Parameters are positional, in the driver's style: `$1` on PostgreSQL, `?` on SQLite.
    """

    def __init__(self, address: DatabaseUrl, size: int) -> None:
        self.dialect: Dialect = address.dialect
        self.statements = 0
        """How many were sent: tests hold it independent of the number of rows."""
        self.size = size
        self.calls = 0
        """Statements under way, with those that wait for a connection."""
        self._address = address
        self._places = asyncio.Semaphore(size)
        self._idle: list[Lane] = []
        self._closing: set[asyncio.Task[None]] = set()

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Sequence[Any]]:
        """Return all rows.

        Raises:
            DatabaseUnavailableError: the database did not answer.
        """
        self.statements += 1
        self.calls += 1
        try:
            async with self._places:
                return await self._fetch(sql, parameters)
        finally:
            self.calls -= 1

    async def _fetch(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        try:
            lane = self._take_idle() or await _OPENERS[self.dialect](self._address.target)
            try:
                rows = await lane.fetch(sql, parameters)
            except BaseException as error:
                self._give_back(lane, is_sound=isinstance(error, Exception) and not is_database_failure(error))
                raise
        except Exception as error:
            if not is_database_failure(error):
                raise
            raise report_outage() from error
        self._idle.append(lane)
        return rows

    async def close(self) -> None:
        """Close every connection; calls under way are not waited for."""
        while self._idle:
            self._discard(self._idle.pop())
        await asyncio.gather(*self._closing)

    def _take_idle(self) -> Lane | None:
        while self._idle:
            lane = self._idle.pop()
            if lane.is_open:
                return lane
        return None

    def _give_back(self, lane: Lane, *, is_sound: bool) -> None:
        if is_sound:
            self._idle.append(lane)
        else:
            self._discard(lane)

    def _discard(self, lane: Lane) -> None:
        """Close in the background: the caller whose request was cancelled waits for nothing more."""
        task = asyncio.get_running_loop().create_task(lane.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
