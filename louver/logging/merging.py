"""Brings PostgreSQL's indexes of whose data was read up to date beside the commits, and not in one of them.

A record of a page has an entry for each of a hundred or a thousand people. PostgreSQL gathers entries in a list and
merges them when that is full, during whichever INSERT fills it; everybody whose record is behind it would wait. Merged
from here they are while the writer goes on. Where this falls behind, the full list still is.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import date

import asyncpg
import structlog

from louver.logging.partitions import partition_of

MERGED_AT_ONCE = 200_000
"""Entries; about half of what a list holds (`partitions`). The more at once, the less each costs."""
_CONNECT_SECONDS, _MERGE_SECONDS = 5.0, 60.0
_SESSION = {"application_name": "louver-audit-merge"}
_MERGE_SQL = (
    "SELECT gin_clean_pending_list(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    " JOIN pg_am ON pg_am.oid = relam WHERE amname = 'gin' AND indrelid = to_regclass($1)"
)


class Merger:
    """Counts what is gathered, and merges it when it is much, over a connection that is opened for it."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._gathered = 0
        self._days: set[date] = set()
        self._task: asyncio.Task[None] | None = None
        self._log = structlog.get_logger().bind()

    def note(self, entries: int, days: Iterable[date]) -> None:
        """Count what was committed into the partitions of these days."""
        self._gathered += entries
        self._days.update(days)
        if self._gathered >= MERGED_AT_ONCE and (self._task is None or self._task.done()):
            days, self._gathered, self._days = self._days, 0, set()
            self._task = asyncio.get_running_loop().create_task(self._merge(days))

    async def close(self) -> None:
        """Stop. What is not merged is found all the same, and merged by whoever comes next."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _merge(self, days: Iterable[date]) -> None:
        try:
            connection = await asyncpg.connect(
                self._dsn, timeout=_CONNECT_SECONDS, command_timeout=_MERGE_SECONDS, server_settings=_SESSION
            )
            try:
                for day in days:
                    await connection.execute(_MERGE_SQL, partition_of(day))
            finally:
                await connection.close(timeout=_CONNECT_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever a driver may raise: nothing is lost by it but time
            self._log.warning("audit.merge_failed", exc_info=error)
