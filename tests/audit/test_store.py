"""The store: durable before it answers, one commit for many, bounded waits, and whole again after an outage."""

import asyncio
import contextlib
import shutil
import sqlite3
import time
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from louver.errors import AuditUnavailableError
from louver.logging import AuditStore, writer
from louver.logging.chain import Sealed
from louver.logging.location import SQLITE_PREFIX, locate_audit
from louver.logging.sqlite_sink import SqliteSink
from louver.logging.store import build_sink
from louver.logging.verifying import verify_chain

TIMEOUT_SECONDS = 0.5
SLACK_SECONDS = 0.5


class WatchedSink:
    """A real sink that counts its commits, can be held, and can lose the confirmation of a commit."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.commits = 0
        self.confirmations_to_lose = 0
        self.gate = asyncio.Event()
        self.gate.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def write(self, records: Sequence[Sealed]) -> None:
        """Commit for real, once the gate is open."""
        await self.gate.wait()
        await self._inner.write(records)
        self.commits += 1
        if self.confirmations_to_lose:
            self.confirmations_to_lose -= 1
            raise ConnectionResetError("lost after the commit")


@pytest.fixture
async def sink(settings):
    return WatchedSink(build_sink(settings))


@pytest.fixture
async def watched(sink):
    """A store over a watched sink."""
    store = AuditStore(sink, timeout_seconds=TIMEOUT_SECONDS, queue_max=8)
    await store.start()
    yield store
    sink.gate.set()
    await store.close()


@contextlib.contextmanager
def locked(path: str):
    """Hold SQLite's only write lock, as a backup or a stuck process would."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def path_of(settings) -> str:
    return locate_audit(settings).removeprefix(SQLITE_PREFIX)


async def refused_within(store, record) -> float:
    """Append, expect a refusal, and answer after how many seconds it came."""
    began = time.perf_counter()
    with pytest.raises(AuditUnavailableError):
        await store.append(record)
    return time.perf_counter() - began


async def recovers(store, record) -> None:
    """Append until it is taken again."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await store.append(record)
            except AuditUnavailableError:
                await asyncio.sleep(0.05)


class TestAppend:
    async def test_durable_when_it_returns(self, store, make_record, list_rows):
        """Another connection sees the record as soon as the wait is over."""
        record = make_record()
        await store.append(record)
        assert [record.request_id] == [row["request_id"] for row in await list_rows()]

    async def test_nothing_is_lost_on_the_way(self, store, make_record, list_rows):
        """Every field is read back as it was written, on both engines."""
        record = make_record()
        await store.append(record)
        stored = (await list_rows())[0]
        expected = record.as_dict()
        lists = {name: list(value) for name, value in expected["coordinates"].items()}
        expected |= {"roles": list(expected["roles"]), "coordinates": lists}
        assert expected == {name: stored[name] for name in expected}

    async def test_many_share_a_commit(self, sink, make_record, list_rows):
        """200 records at once cost a handful of commits, not 200."""
        store = AuditStore(sink, timeout_seconds=5)
        await store.start()
        await asyncio.gather(*(store.append(make_record()) for _ in range(200)))
        await store.close()
        rows = await list_rows()
        assert (len(rows), verify_chain(rows)) == (200, None)
        assert sink.commits <= 5

    async def test_commits_wait_for_who_is_at_work(self, sink, watched, make_record, monkeypatch):
        """Of nine requests at work three share a commit; nobody waits for requests that wait themselves."""
        monkeypatch.setattr(writer, "_LINGER_SECONDS", 60)  # a busy machine may take this process off its core

        async def work(turns):
            for _ in range(turns):
                time.sleep(0.000_1)  # noqa: ASYNC251 - it stands for work, which keeps the loop
                await asyncio.sleep(0)
            await watched.append(make_record())

        watched.expected = 9
        await asyncio.gather(work(1), work(2), work(3))
        assert sink.commits == 1
        await watched.append(make_record())
        assert sink.commits == 2

    async def test_two_writers_two_chains(self, settings, store, make_record, list_rows):
        """Two processes write one log side by side, each on its own chain."""
        other = await AuditStore.open(settings)
        await asyncio.gather(*((store, other)[number % 2].append(make_record()) for number in range(40)))
        await other.close()
        rows = await list_rows()
        assert ({store.writer_id: 20, other.writer_id: 20}, None) == (
            {writer: [row["writer"] for row in rows].count(writer) for writer in {row["writer"] for row in rows}},
            verify_chain(rows),
        )

    async def test_cancelled_waiter_leaves_its_record(self, watched, sink, make_record, list_rows):
        """Who hangs up while the record is being stored does not withdraw it."""
        sink.gate.clear()
        waiters = []
        for _ in range(2):  # the first is being written, the second waits in the queue
            waiters.append(asyncio.create_task(watched.append(make_record())))
            await asyncio.sleep(0.05)
        for waiter in waiters:
            waiter.cancel()
        await asyncio.gather(*waiters, return_exceptions=True)
        sink.gate.set()
        await watched.require_writable()
        assert [row["outcome"] for row in await list_rows()] == ["partial", "abandoned"]

    async def test_close_writes_what_is_queued(self, settings, make_record, list_rows):
        """A server that stops does not lose what it has not written yet."""
        store = await AuditStore.open(settings)
        futures = [store.submit(make_record()) for _ in range(20)]
        await store.close()
        assert all(future.done() for future in futures)
        assert len(await list_rows()) == 20

    async def test_closed_store_refuses(self, settings, make_record):
        """After it is closed a store takes nothing that it could not keep."""
        store = await AuditStore.open(settings)
        await store.close()
        with pytest.raises(AuditUnavailableError):
            await store.append(make_record())


class TestOutage:
    async def test_full_queue_refuses_at_once(self, watched, sink, make_record):
        """The queue is bounded: beyond it a record is refused without waiting."""
        sink.gate.clear()
        waiting = [watched.submit(make_record())]
        await asyncio.sleep(0.05)
        waiting += [watched.submit(make_record()) for _ in range(8)]
        assert await refused_within(watched, make_record()) < 0.1
        await asyncio.gather(*waiting, return_exceptions=True)

    async def test_lost_confirmation_stores_once(self, watched, sink, make_record, list_rows):
        """A commit whose confirmation is lost with the connection is found again and not repeated."""
        sink.confirmations_to_lose = 1
        await watched.append(make_record())
        await watched.append(make_record())
        rows = await list_rows()
        assert (len(rows), verify_chain(rows)) == (2, None)

    async def test_hopeless_record_goes_alone(self, watched, sink, make_record, list_rows):
        """A record that can never be stored is refused; those that were queued with it are stored."""
        sink.gate.clear()
        first = watched.submit(make_record())
        await asyncio.sleep(0.05)
        bad = watched.submit(make_record(variables={"a": object()}))
        good = watched.submit(make_record())
        sink.gate.set()
        results = await asyncio.gather(first, bad, good, return_exceptions=True)
        assert [result is None for result in results] == [True, False, True]
        rows = await list_rows()
        assert (len(rows), verify_chain(rows)) == (2, None)

    async def test_late_record_tells_the_truth(self, watched, sink, make_record, list_rows):
        """A record that is stored after its answer was refused says that the answer was refused."""
        sink.gate.clear()
        held = asyncio.create_task(refused_within(watched, make_record()))
        await asyncio.sleep(0.05)
        queued = asyncio.create_task(refused_within(watched, make_record()))
        assert max(await asyncio.gather(held, queued)) < TIMEOUT_SECONDS + SLACK_SECONDS
        sink.gate.set()
        await watched.require_writable()
        rows = await list_rows()
        assert (rows[1]["outcome"], rows[1]["reason"]) == ("unavailable", "AUDIT_UNAVAILABLE")


class TestSqliteOutage:
    @pytest.fixture
    def database_url(self, sqlite_url):
        """SQLite alone."""
        return sqlite_url

    async def test_locked(self, settings, store, make_record, list_rows):
        """A log that is locked for long refuses within the bound, and takes records again by itself."""
        with locked(path_of(settings)):
            assert await refused_within(store, make_record()) < TIMEOUT_SECONDS + SLACK_SECONDS
        await recovers(store, make_record())
        rows = await list_rows()
        assert (len(rows), verify_chain(rows)) == (2, None)

    async def test_short_lock_costs_no_answer(self, settings, store, make_record):
        """A lock that is shorter than the wait delays the record and refuses nobody."""
        with locked(path_of(settings)):
            waiter = asyncio.create_task(store.append(make_record()))
            await asyncio.sleep(TIMEOUT_SECONDS / 4)
        await waiter

    async def test_moved_file(self, settings, store, make_record, list_rows):
        """A log that is moved away takes no more records, and goes on when it is put back."""
        path = path_of(settings)
        shutil.move(path, f"{path}.away")
        await refused_within(store, make_record())
        with pytest.raises(AuditUnavailableError):
            await store.require_writable()
        shutil.move(f"{path}.away", path)
        await recovers(store, make_record())
        assert verify_chain(await list_rows()) is None

    async def test_commit_reaches_the_disk(self, settings):
        """The log's connection waits for the disk at each commit."""
        sink = SqliteSink(path_of(settings))
        await sink.connect()
        connection = sink._connection
        modes = await sink._on_thread(
            lambda: [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
        )
        await sink.close()
        assert modes == ["wal", 2]


class TestPostgresOutage:
    @pytest.fixture
    def database_url(self, postgres_url):
        """PostgreSQL alone."""
        return postgres_url

    async def test_stopped(self, store, postgres_cluster, make_record, list_rows):
        """A server that is stopped refuses within the bound; once started it takes records again by itself."""
        await store.append(make_record())
        with postgres_cluster.stopped():
            assert await refused_within(store, make_record()) < TIMEOUT_SECONDS + SLACK_SECONDS
            assert not store.is_healthy
        await recovers(store, make_record())
        assert store.is_healthy
        rows = await list_rows()
        assert (len(rows), verify_chain(rows)) == (3, None)

    async def test_read_only(self, settings, store, postgres_cluster, make_record, list_rows):
        """A database that turned read-only refuses within the bound, and is used again when it is writable."""
        database = settings.database_url.split("/")[3].split("?")[0]
        kick = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        postgres_cluster.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
        postgres_cluster.execute(kick)
        assert await refused_within(store, make_record()) < TIMEOUT_SECONDS + SLACK_SECONDS
        with pytest.raises(AuditUnavailableError):
            await store.require_writable()
        postgres_cluster.execute(f"ALTER DATABASE {database} RESET default_transaction_read_only")
        postgres_cluster.execute(kick)
        await recovers(store, make_record())
        rows = await list_rows()
        assert (len(rows), verify_chain(rows)) == (2, None)

    async def test_frozen(self, store, audit_engine, make_record, list_rows):
        """A table that is locked by somebody refuses within the bound, and every record is stored once afterwards."""
        async with audit_engine.connect() as connection:
            await connection.execute(text("LOCK TABLE audit_records IN ACCESS EXCLUSIVE MODE"))
            assert await refused_within(store, make_record()) < TIMEOUT_SECONDS + SLACK_SECONDS
            await asyncio.sleep(TIMEOUT_SECONDS * 2)
            await connection.rollback()
        await recovers(store, make_record())
        rows = await list_rows()
        assert (len(rows), verify_chain(rows)) == (2, None)
