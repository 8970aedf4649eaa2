"""Every answer has its record, which is durable before the answer leaves and holds no value."""

import asyncio
import contextlib
import sqlite3
import time
from uuid import UUID

import httpx
import pytest

from louver.logging.location import SQLITE_PREFIX, locate_audit

SECRET_VALUE = "Whitcombe-4711"
SLACK_SECONDS = 0.7


@contextlib.contextmanager
def locked(settings):
    """Hold the log's write lock, as a stuck process would."""
    holder = sqlite3.connect(locate_audit(settings).removeprefix(SQLITE_PREFIX), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


async def wait_for_row(list_rows):
    """Wait for the first record: there is no answer that says when it is there."""
    async with asyncio.timeout(5):
        while not (rows := await list_rows()):  # noqa: ASYNC110  # another connection is asked, not us
            await asyncio.sleep(0.05)
    return rows[0]


async def wait_for_answer(server, key):
    """Ask until it is answered."""
    async with asyncio.timeout(10):
        while (await server.post("{answer}", key)).status_code != 200:  # noqa: ASYNC110  # the server is asked, not us
            await asyncio.sleep(0.05)


class TestRecord:
    @pytest.mark.parametrize(
        ("query", "event", "outcome", "reason"),
        [
            ("{answer}", "access.query", "answered", None),
            ("{partial}", "access.denied", "partial", "FIELD_DENIED"),
            ("{invalid}", "access.refused", "refused", "BAD_REQUEST"),
            ("{refused}", "access.denied", "refused", "FIELD_DENIED"),
            ("{crash}", "access.query", "error", "INTERNAL"),
            ("{unprintable}", "access.query", "error", "INTERNAL"),
        ],
    )
    async def test_each_outcome(self, server, key, list_rows, query, event, outcome, reason):
        """Whatever an operation comes to, its record is there when the answer is, and says so."""
        response = await server.post(query, key, headers={"user-agent": "probe/1.0"})
        rows = await list_rows()
        assert [(event, outcome, reason)] == [(row["event"], row["outcome"], row["reason"]) for row in rows]
        assert UUID(response.headers["x-request-id"]) == rows[0]["request_id"]
        assert (len(response.content), "127.0.0.1", "probe/1.0") == (
            rows[0]["bytes_out"],
            rows[0]["address"],
            rows[0]["user_agent"],
        )

    async def test_what_was_read(self, server, key, list_rows):
        """The record names the operation, its coordinates and whose data came back."""
        parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        await server.post("{partial}", key, headers={"traceparent": parent}, body={"variables": {"first": 10}})
        row = (await list_rows())[0]
        expected = {
            "operation_name": "Roster",
            "rows": 1,
            "policy_version": "p1",
            "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
            "coordinates": {
                "returned": ["Officer.rank"],
                "denied": ["Officer.badgeNumber"],
                "masked": [],
                "suppressed": [],
            },
        }
        assert expected == {name: row[name] for name in expected}
        assert len(row["officer_ids"]) == 16
        assert list(row["variables"]) == ["first"]
        assert (len(row["document_hash"]), row["document_hash"] == "d" * 64) == (64, False)

    async def test_operation_name_is_a_name(self, server, key, list_rows):
        """What is sent as `operationName` is kept only if it can be a name in a document."""
        await server.post("{crash}", key, body={"operationName": f"{SECRET_VALUE} {SECRET_VALUE}"})
        await server.post("{crash}", key, body={"operationName": "Roster"})
        assert [row["operation_name"] for row in await list_rows()] == [None, "Roster"]


class TestNoValues:
    async def test_planted_secret(self, capfd, server, key, list_rows):
        """A value in variables, in the answer, in a crash and in the key is in no record and on no log line."""
        variables = {"name": SECRET_VALUE, "deep": [{"x": SECRET_VALUE}], f"{SECRET_VALUE}-key": 1}
        for query in ("{answer}", "{partial}", "{refused}", "{crash}", "{unprintable}"):
            await server.post(query, key, body={"variables": variables})
        await server.post("{answer}", f"{key}{SECRET_VALUE}")
        lines = capfd.readouterr().err
        stored = repr(await list_rows())
        assert len(await list_rows()) == 6
        assert lines.count('"record":{') == 7  # with the server's start
        for kept in (lines, stored):
            assert SECRET_VALUE not in kept
            assert key.split("_")[2] not in kept
            assert "builtins.ValueError" in lines


class TestGoneClient:
    async def test_hang_up_leaves_a_record(self, server, key, gateway, list_rows):
        """A client that hangs up while its operation runs does not erase its trace."""
        with pytest.raises(httpx.ReadTimeout):
            await server.post("{slow}", key, timeout=0.2)
        assert await list_rows() == []
        gateway.released.set()
        row = await wait_for_row(list_rows)
        assert ("access.query", "abandoned", key.split("_")[1]) == (row["event"], row["outcome"], row["key_prefix"])

    async def test_cancelled_operation_leaves_a_record(self, server, key, gateway, list_rows):
        """An operation that is cut short by us is recorded as abandoned."""
        asking = asyncio.create_task(server.post("{slow}", key))
        await gateway.started.wait()
        for task in server.tasks:
            task.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        row = await wait_for_row(list_rows)
        assert ("abandoned", key.split("_")[1]) == (row["outcome"], row["key_prefix"])


class TestLogUnavailable:
    @pytest.fixture
    def database_url(self, sqlite_url):
        """SQLite alone: its log can be locked from here."""
        return sqlite_url

    async def test_nothing_leaves(self, server, key, settings, list_rows):
        """Without a log there is no answer: 503 within the bound, no data; and it recovers by itself."""
        with locked(settings):
            began = time.perf_counter()
            response = await server.post("{answer}", key)
            assert time.perf_counter() - began < settings.audit_timeout_seconds + SLACK_SECONDS
        error = response.json()["errors"][0]
        assert (
            response.status_code,
            error["extensions"]["code"],
            response.headers["retry-after"],
        ) == (503, "AUDIT_UNAVAILABLE", "1")
        assert list(response.json()) == ["errors"]
        assert "Whitcombe" not in response.text
        await wait_for_answer(server, key)
        assert "answered" in [row["outcome"] for row in await list_rows()]

    async def test_many_waiting(self, server, key, settings):
        """Fifty clients at once are all refused within the bound."""
        with locked(settings):
            began = time.perf_counter()
            responses = await asyncio.gather(*(server.post("{answer}", key) for _ in range(50)))
            assert time.perf_counter() - began < settings.audit_timeout_seconds + 2 * SLACK_SECONDS
        assert {503} == {response.status_code for response in responses}


class TestDatabaseUnavailable:
    @pytest.fixture
    def database_url(self, postgres_url):
        """PostgreSQL alone: it can be stopped."""
        return postgres_url

    async def test_stays_up(self, server, key, postgres_cluster, list_rows):
        """Without its database the server says so with a code, and answers again when it is back."""
        assert (await server.post("{answer}", key)).status_code == 200
        with postgres_cluster.stopped():
            response = await server.post("{answer}", key)
            ready = await server.client.get("/readyz")
            alive = await server.client.get("/healthz")
        assert (response.status_code, ready.status_code, alive.status_code) == (503, 503, 200)
        assert response.json()["errors"][0]["extensions"]["code"] in {"DATABASE_UNAVAILABLE", "AUDIT_UNAVAILABLE"}
        assert ready.json() == {
            "database": "DATABASE_UNAVAILABLE",
            "audit": "AUDIT_UNAVAILABLE",
            "policy": "POLICY_STALE",
        }
        await wait_for_answer(server, key)
        async with asyncio.timeout(10):
            while (await server.client.get("/readyz")).status_code != 200:  # noqa: ASYNC110  # the server is asked
                await asyncio.sleep(0.2)
        assert "unavailable" in [row["outcome"] for row in await list_rows()]

    async def test_log_elsewhere(self, settings_apart, key, gateway, postgres_cluster, serve_with):
        """Where the log is another store, the refusal for want of a database is itself recorded."""
        async with serve_with(settings_apart, gateway) as server:
            with postgres_cluster.stopped():
                response = await server.post("{answer}", key)
        error = response.json()["errors"][0]["extensions"]
        assert (response.status_code, error["code"]) == (503, "DATABASE_UNAVAILABLE")
        assert error["requestId"] == response.headers["x-request-id"]
        path = locate_audit(settings_apart).removeprefix(SQLITE_PREFIX)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            stored = connection.execute(
                "SELECT outcome, reason FROM audit_records WHERE event LIKE 'access.%'"
            ).fetchall()
        assert stored == [("unavailable", "DATABASE_UNAVAILABLE")]
