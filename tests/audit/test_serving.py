"""What a serving process leaves in its log: from its start to its stop, also of what it refused, also when killed."""

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert

from louver.authz.keys import issue_key
from louver.db.codes import Module
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import AgencyRow, ApiKeyRow
from louver.logging import ValueDigest
from louver.secret import derive_key
from louver.verification import verify_store
from tests.secrecy.kept import open_stream
from tests.server import serving

ANSWERED_ENOUGH = 30
START_SECONDS = 60
QUERY = 'query Roster($first: Int) { officers(first: $first, filter: {rank: {eq: "Whitcombe"}}) { totalCount } }'


@pytest.fixture
async def key(settings):
    """A chief's key of an agency without officers."""
    agency, issued, now = uuid4(), issue_key(), datetime.now(UTC)
    engine = create_engine(settings.database_url)
    async with begin_writing(engine) as connection:
        modules = [Module.TRAINING, Module.UOF]
        row = {"id": agency, "name": "Fallowmere", "ori": "ZZ0000001", "state": "ZZ", "timezone": "UTC"}
        await connection.execute(insert(AgencyRow).values(**row, modules=modules))
        await connection.execute(
            insert(ApiKeyRow).values(
                id=uuid4(),
                agency_id=agency,
                prefix=issued.prefix,
                secret_hash=issued.secret_hash,
                label="dashboard",
                role="chief",
                purpose="dashboard",
                created_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    await engine.dispose()
    return issued.text


@pytest.fixture
async def settings(settings, tmp_path):
    """The server's own: its log is a file beside it."""
    return replace(settings, audit_url=f"sqlite:///{tmp_path}/audit.db")


class TestService:
    @pytest.fixture
    def database_url(self, sqlite_url):
        """One engine: what is recorded does not depend on it."""
        return sqlite_url

    async def test_from_start_to_stop(self, settings, key, tmp_path, list_rows):
        """The start is recorded before anything is answered, the stop after it; a checkpoint covers both."""
        async with serving(settings.database_url, tmp_path) as server:
            await server.post(key, QUERY, {"first": 7})
        assert [row["event"] for row in await list_rows()] == ["service.started", "access.query", "service.stopped"]
        verdict = await verify_store(settings, (), ())
        assert (verdict.records, verdict.statements, verdict.breaks) == (3, 1, [])

    async def test_was_this_asked_for(self, settings, key, tmp_path, list_rows):
        """A value is found by its digest, whether it stood in the document or was sent beside it."""
        async with serving(settings.database_url, tmp_path) as server:
            await server.post(key, QUERY, {"first": 7})
        row, digest = (await list_rows())[1], ValueDigest(derive_key("s" * 32, "log digest"))
        assert row["arguments"] == {"officers": {"filter": [{"rank": {"eq": digest.forms("Whitcombe")[0]}}]}}
        assert row["variables"]["first"] in digest.forms("7")

    @pytest.mark.parametrize(
        ("credential", "body", "event", "reason"),
        [
            (None, {"query": "{viewer{id}}"}, "auth.failed", "CREDENTIAL_MISSING"),
            ("unknown", {"query": "{viewer{id}}"}, "auth.failed", "KEY_UNKNOWN"),
            ("own", {"query": "{officers("}, "access.refused", "BAD_REQUEST"),
            ("own", {"query": "{nothing}"}, "access.refused", "BAD_REQUEST"),
            ("own", {"query": "{officers(first: 100000) {totalCount}}"}, "access.refused", "LIMIT_EXCEEDED"),
            ("own", ["no", "operation"], "access.refused", "BAD_REQUEST"),
        ],
        ids=["no key", "unknown key", "syntax", "unknown field", "limit", "no operation"],
    )
    async def test_refused(self, settings, key, tmp_path, list_rows, credential, body, event, reason):
        """What is refused before anything is read has its record too."""
        async with serving(settings.database_url, tmp_path) as server:
            sent = {"own": key, "unknown": issue_key().text}.get(credential)
            headers = {"authorization": f"Bearer {sent}"} if sent else {}
            await server.client.post("/graphql", json=body, headers=headers)
        row = (await list_rows())[1]
        assert (row["event"], row["outcome"], row["reason"]) == (event, "refused", reason)


class TestKilled:
    @pytest.fixture
    async def settings(self, settings, database_url):
        """The log beside the records, on either engine."""
        return (
            replace(settings, audit_url="") if "sqlite" in database_url else replace(settings, audit_url=database_url)
        )

    async def test_every_answer_has_its_record(self, settings, key, list_rows):
        """Whatever a client has received is in the log, though the server was killed while it answered others."""
        environment = {"LOUVER_DATABASE_URL": settings.database_url, "LOUVER_VAR": str(settings.var)}
        with open_stream(settings.var) as stream:
            server = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "louver", "serve", "--port", "0"),
                stdout=asyncio.subprocess.PIPE,
                stderr=stream,
                env={**os.environ, **environment},
            )
        try:
            line = await asyncio.wait_for(server.stdout.readline(), START_SECONDS)
            answered = await ask_and_kill(line.split()[-1].decode(), key, server)
        finally:
            with contextlib.suppress(ProcessLookupError):
                server.kill()
            await server.wait()
        recorded = {row["request_id"] for row in await list_rows()}
        assert len(answered) >= ANSWERED_ENOUGH
        assert answered - recorded == set()
        assert (await verify_store(settings, (), ())).breaks == []


async def ask_and_kill(url, key, server):
    """Ask on four connections; kill once enough was answered, and tell all answers that came."""
    answered: set[UUID] = set()

    async def ask(client):
        with contextlib.suppress(httpx.TransportError):
            while True:
                response = await client.post(url, json={"query": "{officers{totalCount}}"})
                response.raise_for_status()
                answered.add(UUID(response.headers["x-request-id"]))
                if len(answered) == ANSWERED_ENOUGH:
                    os.kill(server.pid, signal.SIGKILL)

    async with httpx.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=START_SECONDS) as client:
        await asyncio.gather(*(ask(client) for _ in range(4)))
    return answered
