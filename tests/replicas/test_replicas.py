"""Queries read from a replica that is near enough; what decides about them never does."""

import asyncio
import contextlib
import time
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from louver.errors import MisconfiguredError
from louver.replicas import open_reads
from louver.settings import Settings
from tests.replicas.conftest import Standby
from tests.server import Server, serving
from tests.world.build import PATROL_OFFICER, identify
from tests.world.store import key_of

OFFICER = identify("alder", "officer", PATROL_OFFICER)
NAMED = f'{{ officer(id: "officer_{OFFICER.hex}") {{ lastName }} }}'
PUBLISH = "mutation($input: PublishPolicyInput!) { publishPolicy(input: $input) { version } }"
LINE = {"role": "chief", "object": "Officer.lastName", "act": "view", "effect": "deny"}
HIDE = {"baseVersion": 0, "reason": "test", "add": [LINE]}
FAR_SECONDS, NEAR_SECONDS = 60.0, 0.5
PATIENCE_SECONDS = 20.0
KEY = key_of("chief").text


@pytest.fixture
def database(postgres_cluster, world_database):
    """The name of a database with the world, of which the replica has a copy before long."""
    with postgres_cluster.copied(world_database) as url:
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
def serve(database, postgres_cluster, standby, tmp_path):
    """What serves the primary with the replica, or with the URLs named."""

    @contextlib.asynccontextmanager
    async def serve(lag_seconds, *urls):
        more = {"replica_urls": ",".join(urls or (standby.url(database),)), "replica_lag_seconds": lag_seconds}
        async with serving(postgres_cluster.url(database), tmp_path, **more) as server:
            yield server

    return serve


@pytest.fixture
async def primary(database, postgres_cluster):
    """A connection to the primary."""
    async with connecting(postgres_cluster.url(database)) as connection:
        yield connection


@contextlib.asynccontextmanager
async def connecting(url):
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def paused(standby: Standby, database: str):
    """Keep the replica from going on for the length of a `with`."""
    async with connecting(standby.url(database)) as connection:
        await connection.execute("SELECT pg_wal_replay_pause()")
        while await connection.fetchval("SELECT pg_get_wal_replay_pause_state()") != "paused":  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
        try:
            yield
        finally:
            await connection.execute("SELECT pg_wal_replay_resume()")


async def rename(primary) -> str:
    """Give the officer another name, and return it."""
    name = f"Name{uuid4().hex[:8]}"
    query = "UPDATE officers SET last_name = $1 WHERE agency_id = $2 AND id = $3"
    await primary.execute(query, name, identify("alder"), OFFICER)
    return name


async def read(server: Server) -> tuple[str, bool]:
    """Answer the officer's name, and whether the primary was asked for it."""
    with server.recording() as statements:
        body = await server.ask(KEY, NAMED)
    assert "errors" not in body
    return body["data"]["officer"]["lastName"], bool(statements)


async def wait_until(server: Server, *, is_primary: bool, name: str | None = None) -> None:
    """Read until it is the primary that answers, or a replica, and with the name if one is wanted."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = await read(server)
        if found[1] is is_primary and name in {None, found[0]}:
            return
        assert time.monotonic() < until, found
        await asyncio.sleep(0.05)


async def test_records_are_read_from_the_replica(serve, primary):
    """What plans read is read there, and becomes new there."""
    async with serve(FAR_SECONDS) as server:
        await wait_until(server, is_primary=False, name=await rename(primary))


async def test_who_asks_is_read_from_the_primary(serve, primary, standby, database):
    """A revoked key is out and a new policy in force at once, while a replica still has the rows of before."""
    async with serve(FAR_SECONDS) as server:
        await wait_until(server, is_primary=False)
        before, _ = await read(server)
        async with paused(standby, database):
            await rename(primary)
            assert await read(server) == (before, False)
            body = await server.ask(key_of("agency_admin").text, PUBLISH, {"input": HIDE})
            assert body["data"]["publishPolicy"]["version"] == 1
            assert (await server.ask(KEY, NAMED))["errors"][0]["extensions"]["code"] == "FIELD_DENIED"
            await primary.execute("UPDATE api_keys SET revoked_at = now() WHERE prefix = $1", key_of("legal").prefix)
            assert (await server.post(key_of("legal").text, NAMED)).status_code == 401


async def test_replica_that_lags_is_left_out(serve, primary, standby, database):
    """A replica that does not go on is not read any more, and is again when it has caught up."""
    async with serve(NEAR_SECONDS) as server:
        await wait_until(server, is_primary=False)
        async with paused(standby, database):
            name = await rename(primary)
            await wait_until(server, is_primary=True, name=name)
        await wait_until(server, is_primary=False, name=name)


async def test_replica_that_stops_fails_nobody(serve, standby):
    """Queries go on while a replica goes and comes back."""
    async with serve(NEAR_SECONDS) as server:
        await wait_until(server, is_primary=False)
        asking = asyncio.create_task(ask_on(server))
        await asyncio.to_thread(standby.stop)
        await wait_until(server, is_primary=True)
        await asyncio.to_thread(standby.start)
        await wait_until(server, is_primary=False)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


async def ask_on(server: Server) -> None:
    """Ask without a pause; fails with the first answer that is none."""
    while True:
        body = await server.ask(KEY, NAMED)
        assert "errors" not in body, body


async def test_other_database_is_left_out(serve, postgres_cluster, standby, database):
    """What is no replica, or one of another database, is not read, however near it is."""
    async with serve(FAR_SECONDS, postgres_cluster.url(database), standby.url("postgres")) as server:
        await asyncio.sleep(NEAR_SECONDS)
        assert (await read(server))[1]


@pytest.mark.parametrize(
    "given",
    [
        {"replica_urls": "postgresql://elsewhere/louver"},
        {"replica_urls": "sqlite:///copy.db", "database_url": "postgresql://elsewhere/louver"},
        {"replica_urls": "postgresql://a/b", "database_url": "postgresql://a/b", "replica_lag_seconds": 0.0},
    ],
    ids=["of SQLite", "on SQLite", "no lag"],
)
async def test_refused(given, tmp_path):
    """Replicas that cannot be read from are refused at the start."""
    async with contextlib.AsyncExitStack() as stack:
        with pytest.raises(MisconfiguredError):
            await open_reads(Settings(var=tmp_path, **given), object(), stack, lambda url: url)
