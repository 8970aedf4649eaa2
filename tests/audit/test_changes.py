"""No change without its record: whatever ends a request or a command, and whenever the log fails."""

import asyncio
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import orjson
import pytest
from click.testing import CliRunner

from louver.cli import main
from louver.logging.sqlite_sink import SqliteSink
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.keys.conftest import ORDER
from tests.policy.asking import as_mutation
from tests.server import logging_restored, serving
from tests.world.build import identify
from tests.world.store import key_of

ADMIN = key_of("agency_admin")
ALDER = ("--agency", f"agency_{identify('alder').hex}")
HOLD = {"kind": "KEY", "target": ADMIN.prefix, "reason": "r", "endsAt": "2999-01-01T00:00:00Z"}
CHANGES = {"issueKey": ("key.issued", ORDER), "placeAuditHold": ("audit.held", HOLD)}
"""One change of the records' store, and one that lies in the log itself."""
KILL = """
import os, signal
from louver.logging.store import AuditStore
append = AuditStore.append

async def die(store, record):
    if record.event == "key.issued" and record.outcome != "begun":
        os.kill(os.getpid(), signal.SIGKILL)
    await append(store, record)

AuditStore.append = die
"""
"""Loaded by each process at its start: the power fails between a key's commit and its record."""


@pytest.fixture
async def served(own_url, tmp_path):
    """A server that waits for its log half a second."""
    async with serving(own_url, tmp_path, audit_timeout_seconds=0.5) as server:
        yield server


@pytest.fixture
def read_log(tmp_path):
    """Read event, outcome and reason of each record of a change, and of what was refused, oldest first."""

    def read(*columns):
        listed = ", ".join(columns or ("event", "outcome", "reason"))
        with contextlib.closing(sqlite3.connect(tmp_path / "audit.db")) as connection:
            return connection.execute(
                f"SELECT {listed} FROM audit_records WHERE event NOT LIKE 'service.%' ORDER BY rowid"
            ).fetchall()

    return read


async def count_keys(server):
    ((count,),) = await server.service.reader.fetch("SELECT count(*) FROM api_keys WHERE purpose = 'state dashboard'")
    return count


@contextlib.contextmanager
def full(monkeypatch, after):
    """Fill the log's disk after so many commits."""
    write, commits = SqliteSink.write, 0

    async def write_or_fail(sink, records):
        nonlocal commits
        commits += 1
        if commits > after:
            raise sqlite3.OperationalError("database or disk is full")
        await write(sink, records)

    with monkeypatch.context() as patched:
        patched.setattr(SqliteSink, "write", write_or_fail)
        yield


async def send(server, name):
    variables = {"input": CHANGES[name][1]}
    return await server.post(ADMIN.text, as_mutation(name), variables)


class TestCutShort:
    @pytest.mark.parametrize("name", CHANGES)
    async def test_after_the_commit(self, served, read_log, name):
        """A request that is cut short between its change and its answer is on record as that change."""
        service, committed = served.service, asyncio.Event()
        metered = service.endpoint._gateway
        execute = metered._gateway.execute

        async def execute_and_hang(*arguments, **options):
            await execute(*arguments, **options)
            committed.set()
            await asyncio.Event().wait()

        metered._gateway.execute = execute_and_hang
        body = {"query": as_mutation(name), "variables": {"input": CHANGES[name][1]}}

        async def receive():
            return {"type": "http.request", "body": orjson.dumps(body)}

        headers = [(b"authorization", f"Bearer {ADMIN.text}".encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "headers": headers, "client": ("127.0.0.1", 1), "query_string": b""}
        request = asyncio.create_task(service.endpoint(scope, receive, None))
        await committed.wait()
        request.cancel()
        await asyncio.wait([request])
        await service.store.require_writable()  # what was queued before is written before
        event = CHANGES[name][0]
        assert read_log("event", "outcome") == [(event, "begun"), (event, "abandoned")]

    async def test_refused(self, served, read_log):
        """What begins and is refused is on record as refused, and nothing as changed."""
        order = {"input": {**ORDER, "days": 10_000}}
        assert "errors" in (await served.post(ADMIN.text, as_mutation("issueKey"), order)).json()
        assert read_log("event", "outcome")[-1] == ("access.refused", "refused")


class TestLogFails:
    @pytest.mark.parametrize("name", CHANGES)
    async def test_after_the_commit(self, served, read_log, monkeypatch, name):
        """A log that fails right after a change has it: as begun, and when it takes records again as not answered."""
        event = CHANGES[name][0]
        with full(monkeypatch, after=1):
            response = await send(served, name)
            assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (
                503,
                "AUDIT_UNAVAILABLE",
            )
            assert read_log("event", "outcome") == [(event, "begun")]
        async with asyncio.timeout(10):
            await served.service.store.require_writable()
        assert read_log()[1:] == [(event, "unavailable", "AUDIT_UNAVAILABLE")]

    async def test_before(self, served, read_log, monkeypatch):
        """A log that fails before has nothing begin: nothing is changed, and later the try is on record as refused."""
        with full(monkeypatch, after=0):
            assert (await send(served, "issueKey")).status_code == 503
            assert await count_keys(served) == 0
        async with asyncio.timeout(10):
            await served.service.store.require_writable()
        assert [(event, outcome) for event, outcome, _ in read_log()] == [
            ("access.refused", "unavailable"),
            ("access.query", "unavailable"),
        ]


class TestBegun:
    async def test_names_its_end(self, served, read_log):
        """What begins says who wants what, and names the record of its end; each has an id of its own."""
        response = await send(served, "issueKey")
        columns = ("event", "outcome", "key_prefix", "operation_name", "at", "json_extract(coordinates, '$.returned')")
        begun, ended = read_log(*columns, "json_extract(details, '$.ended_by')")
        assert begun[:5] == ("key.issued", "begun", ADMIN.prefix, "Change", ended[4])
        assert ended[:4] == ("key.issued", "answered", ADMIN.prefix, "Change")
        assert (begun[5], begun[6]) == ('["ApiKey"]', response.headers["x-request-id"])
        first, second = read_log("request_id")
        assert first != second


class TestKilled:
    @pytest.fixture
    def own_url(self, copy_world):
        """PostgreSQL alone: two processes write to it."""
        with copy_world("postgresql") as url:
            yield url

    @pytest.fixture
    def address(self, own_url, tmp_path):
        """A server of two workers that die between the commit of a key and its record."""
        (tmp_path / "sitecustomize.py").write_text(KILL)
        log = f"sqlite:///{tmp_path}/audit.db"
        asyncio.run(upgrade_stores(Settings(database_url=own_url, audit_url=log, var=tmp_path)))
        ours = {"DATABASE_URL": own_url, "AUDIT_URL": log, "VAR": str(tmp_path), "SECRET": "s" * 32}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOUVER_")}
        environment |= {f"LOUVER_{name}": value for name, value in ours.items()}
        environment["PYTHONPATH"] = f"{tmp_path}:{Path.cwd()}"
        command = [sys.executable, "-m", "louver", "serve", "--port", "0", "--workers", "2"]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            try:
                found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
                httpx.get(f"{found}/readyz", timeout=30)
                yield found
            finally:
                process.terminate()
                process.communicate(timeout=30)

    def test_between_commit_and_record(self, address, read_log):
        """A process that is killed between a change and its record leaves the one that says that it began."""
        body = {"query": as_mutation("issueKey"), "variables": {"input": ORDER}}
        headers = {"authorization": f"Bearer {ADMIN.text}"}
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{address}/graphql", json=body, headers=headers, timeout=30)
        query = {"query": "{ apiKeys(first: 1) { purpose } }"}
        listed = httpx.post(f"{address}/graphql", json=query, headers=headers, timeout=30).json()
        assert listed["data"] == {"apiKeys": [{"purpose": "state dashboard"}]}
        assert ("key.issued", "begun", ADMIN.prefix) in read_log("event", "outcome", "key_prefix")


class TestCommand:
    @pytest.fixture
    def own_url(self, copy_world):
        """SQLite alone: commands pass the same places on both."""
        with copy_world("sqlite") as url:
            yield url

    @pytest.fixture
    def louver(self, own_url, tmp_path):
        """Run a command with the administrator's key, or with none as the operator."""
        log = f"sqlite:///{tmp_path}/audit.db"
        asyncio.run(upgrade_stores(Settings(database_url=own_url, audit_url=log, var=tmp_path)))
        ours = {"DATABASE_URL": own_url, "AUDIT_URL": log, "VAR": str(tmp_path), "SECRET": "s" * 32}
        environment = {f"LOUVER_{name}": value for name, value in ours.items()} | {
            "LOUVER_AUDIT_TIMEOUT_SECONDS": "0.5"
        }

        def run(*arguments, key=ADMIN.text):
            with logging_restored():
                return CliRunner().invoke(main, arguments, env=environment | {"LOUVER_KEY": key})

        return run

    @pytest.mark.parametrize(("key", "options"), [(ADMIN.text, ()), ("", ALDER)], ids=["own", "operator"])
    @pytest.mark.parametrize(("after", "made", "told"), [(0, 0, []), (1, 1, [("key.issued", "begun")])])
    def test_log_fails(self, louver, read_log, monkeypatch, key, options, after, made, told):
        """A command whose log is down changes nothing; one whose log fails after its change has it as begun."""
        before = len(json.loads(louver("key", "list", "--json", key="").stdout))
        with full(monkeypatch, after):
            done = louver("key", "create", "--role", "chief", "--purpose", "p", *options, key=key)
        assert (done.exit_code != 0, "AUDIT_UNAVAILABLE" in done.stderr) == (True, True)
        assert len(json.loads(louver("key", "list", "--json", key="").stdout)) == before + made
        assert read_log("event", "outcome") == told

    def test_operator_refused(self, louver, read_log):
        """What the operator tries in vain is on record, too."""
        assert (
            louver("key", "create", "--role", "chief", "--purpose", "p", "--agency", "nowhere", key="").exit_code != 0
        )
        assert read_log() == [("access.refused", "refused", "BAD_REQUEST")]
