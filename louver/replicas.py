"""Reads from replicas: copies of the records' database that are known to be near enough to it; else from the primary.

Only what plans read comes through here. Who asks, what they may and every change stay the primary's matter.
"""

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import structlog

from louver.db.reader import Reader, open_reader
from louver.errors import DatabaseUnavailableError, MisconfiguredError
from louver.settings import Settings

LOOKS_PER_LAG = 5
"""How often all are looked at within the time that a replica may be behind."""
_FROM = "FROM pg_control_system(), pg_database WHERE datname = current_database()"
_WRITTEN = f"SELECT (pg_current_wal_lsn() - '0/0')::bigint, system_identifier, pg_database.oid {_FROM}"
_REPLAYED = f"""
SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint, system_identifier, pg_database.oid {_FROM} AND pg_is_in_recovery()
"""
_NEVER = float("-inf")
_FAILURES = (DatabaseUnavailableError, asyncpg.PostgresError, TimeoutError)
OpenReader = Callable[[str], Reader]


class Replica:
    """One replica; `fresh_at` is the last moment of which it is known to hold all that was committed before."""

    def __init__(self, number: int, reader: Reader, looker: Reader) -> None:
        self.number = number
        self.reader = reader
        self.looker = looker
        self.fresh_at = _NEVER
        self.is_used = False


class ReplicaReads:
    """Reads from the first replica that is near enough, from the primary where none is or where it fails.

    Each look asks the primary how far it has written, and each replica how far it has come: one that has come to where
    the primary was at some moment holds all that was committed before that moment. So a replica that is cut off from
    the primary grows old by itself, no other machine's clock is believed, and where nobody looks no replica is read.
    """

    def __init__(self, primary: Reader, looker: Reader, replicas: Sequence[Replica], lag_seconds: float) -> None:
        self._primary = primary
        self._looker = looker
        self._replicas = replicas
        self._lag_seconds = lag_seconds
        self._written: deque[tuple[float, Sequence[Any]]] = deque(maxlen=LOOKS_PER_LAG + 1)
        self._log = structlog.get_logger().bind()

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Sequence[Any]]:
        """Return all rows, as they are now or were at most so long ago as a replica may be behind.

        Raises:
            DatabaseUnavailableError: the primary did not answer, and no replica did.
        """
        for replica in self._replicas:
            if not self._is_near(replica):
                continue
            try:
                return await replica.reader.fetch(sql, parameters)
            except asyncpg.PostgresError:  # the statement stood in the way of what is replayed, or a migration is late
                continue
            except Exception:  # noqa: BLE001 - in whatever way it fails, the primary decides
                replica.fresh_at = _NEVER
        return await self._primary.fetch(sql, parameters)

    async def watch(self) -> None:
        """Look at all of them, again and again."""
        interval = self._lag_seconds / LOOKS_PER_LAG
        while True:
            await self.look(interval)
            await asyncio.sleep(interval)

    async def look(self, timeout_seconds: float) -> None:
        """Look once; whoever does not answer in time is as near as it was."""
        now = time.monotonic()
        with contextlib.suppress(*_FAILURES):
            async with asyncio.timeout(timeout_seconds):
                (row,) = await self._looker.fetch(_WRITTEN)
                self._written.append((now, tuple(row)))
        await asyncio.gather(*(self._look_at(replica, timeout_seconds) for replica in self._replicas))

    async def _look_at(self, replica: Replica, timeout_seconds: float) -> None:
        with contextlib.suppress(*_FAILURES):
            async with asyncio.timeout(timeout_seconds):
                rows = await replica.looker.fetch(_REPLAYED)
            replica.fresh_at = self._find_moment(rows)
        if replica.is_used != self._is_near(replica):
            replica.is_used = not replica.is_used
            event = "replica.used" if replica.is_used else "replica.left_out"
            # Leak: its number and not its URL, which may hold a password.
            self._log.warning(event, number=replica.number)

    def _find_moment(self, rows: Sequence[Sequence[Any]]) -> float:
        """Answer the last moment that is held whole; none where it is no replica, or one of another database."""
        moments = (
            moment
            for moment, (written, *database) in self._written
            for replayed, *copied in rows
            if copied == database and replayed >= written
        )
        return max(moments, default=_NEVER)

    def _is_near(self, replica: Replica) -> bool:
        return time.monotonic() - replica.fresh_at <= self._lag_seconds


async def open_reads(
    settings: Settings, primary: Reader, stack: AsyncExitStack, open_pool: OpenReader
) -> Reader | ReplicaReads:
    """Open what plans read from: the primary itself where no replicas are set.

    Raises:
        MisconfiguredError: replicas are set that cannot be read from.
    """
    urls = [url.strip() for url in settings.replica_urls.split(",") if url.strip()]
    if not urls:
        return primary
    _require_postgres([settings.database_url, *urls], settings.replica_lag_seconds)
    replicas = [Replica(number, open_pool(url), open_reader(url, 1)) for number, url in enumerate(urls, start=1)]
    # Each process begins elsewhere and stays: one that went from one to the other would see rows come and go.
    random.shuffle(replicas)
    looker = open_reader(settings.database_url, 1)
    reads = ReplicaReads(primary, looker, replicas, settings.replica_lag_seconds)
    for reader in (looker, *(reader for replica in replicas for reader in (replica.reader, replica.looker))):
        stack.push_async_callback(reader.close)
    await reads.look(settings.replica_lag_seconds / LOOKS_PER_LAG)
    task = asyncio.create_task(reads.watch(), name="louver-replicas")
    stack.push_async_callback(_stop, task)
    return reads


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _require_postgres(urls: Iterable[str], lag_seconds: float) -> None:
    if any(not url.startswith(("postgresql://", "postgres://")) for url in urls):
        raise MisconfiguredError(
            "LOUVER_REPLICA_URLS needs PostgreSQL, both for the records and for each replica",
            hint="list replicas as postgresql://user@host/database, separated by commas, or unset it",
        )
    if not lag_seconds > 0:
        raise MisconfiguredError(
            "LOUVER_REPLICA_LAG_SECONDS is not more than 0", hint="set it to seconds such as 5, or unset it"
        )
