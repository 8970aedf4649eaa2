"""The use of keys: when, from where and how often, written beside the requests and not in them."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, select

from louver.db.engine import create_engine
from louver.db.tables import ApiKeyRow
from louver.errors import DatabaseUnavailableError
from louver.uses import FLUSH_SECONDS, KeyUses
from tests.server import serving
from tests.world.build import identify
from tests.world.store import HOLDERS, key_of

QUERY = "{ viewer { label } }"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
async def store(own_url):
    """An engine on the world, and what of a key's use is in it."""
    engine = create_engine(own_url)

    async def read(name):
        columns = (ApiKeyRow.calls, ApiKeyRow.last_used_at, ApiKeyRow.last_used_address)
        async with engine.connect() as connection:
            found = await connection.execute(select(*columns).where(ApiKeyRow.id == identify("key", name)))
            return tuple(found.one())

    yield engine, read
    await engine.dispose()


def named(name):
    return HOLDERS[name].agency_id, identify("key", name)


async def test_7_3_written_at_the_end(own_url, store, tmp_path):
    """When a server stops, each key's calls, last use and address are in the store; refused ones are no use."""
    _, read = store
    async with serving(own_url, tmp_path) as server:
        for name in ("chief", "chief", "hr", "expired chief"):
            await server.post(key_of(name).text, QUERY)
        assert await read("chief") == (0, None, None)
    calls, at, address = await read("chief")
    assert (calls, address, datetime.now(UTC) - at < timedelta(minutes=5)) == (2, "127.0.0.1", True)
    assert (await read("hr"))[0] == 1
    assert await read("expired chief") == (0, None, None)


async def test_one_statement_for_all(store):
    """However many keys there are to write, it is one UPDATE, up to some hundreds."""
    engine, read = store
    uses, statements = KeyUses(engine), []
    for name in HOLDERS:
        uses.note(*named(name), NOON, "192.0.2.1")
    for _ in range(150):
        uses.note(uuid4(), uuid4(), NOON, None)
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    await uses.flush()
    assert len([each for each in statements if each.startswith("UPDATE")]) == 1
    assert {await read(name) for name in HOLDERS} == {(1, NOON, "192.0.2.1")}
    await uses.flush()
    assert len([each for each in statements if each.startswith("UPDATE")]) == 1


async def test_processes_add_up(store):
    """Calls of two processes add up, and the later use stays, whichever is written last."""
    engine, read = store
    late, early = KeyUses(engine), KeyUses(engine)
    late.note(*named("chief"), NOON + timedelta(seconds=1), "2001:db8::1")
    for _ in range(2):
        early.note(*named("chief"), NOON, "192.0.2.1")
    await late.flush()
    await early.flush()
    assert await read("chief") == (3, NOON + timedelta(seconds=1), "2001:db8::1")


async def test_written_again_after_an_outage(store):
    """What a failing store did not take is written the next time, with what came in between."""
    engine, read = store
    uses = KeyUses(engine, flush_seconds=0.01)
    working, uses._engine = engine, create_engine("sqlite:////nowhere/louver.db")
    uses.note(*named("chief"), NOON, "192.0.2.1")
    with pytest.raises(DatabaseUnavailableError):
        await uses.flush()
    uses.note(*named("chief"), NOON + timedelta(seconds=1), "192.0.2.2")
    uses.start()
    await asyncio.sleep(0.05)
    assert not uses._task.done()
    uses._engine = working
    await uses.close()
    assert await read("chief") == (2, NOON + timedelta(seconds=1), "192.0.2.2")


async def test_no_request_fails_with_it(own_desk):
    """A use that cannot be written fails no request, and does not keep the server from stopping."""
    uses = own_desk.service.endpoint._identify.__self__._keys._uses
    uses._engine = create_engine("sqlite:////nowhere/louver.db")
    for _ in range(2):
        assert (await own_desk.post(key_of("chief").text, QUERY)).status_code == 200
        with pytest.raises(DatabaseUnavailableError):
            await uses.flush()


async def test_7_3_no_older_than_a_minute(store):
    """What is shown of a key's last use is no older than a minute: it is written twice as often, while it serves."""
    assert FLUSH_SECONDS <= 30
    engine, read = store
    uses = KeyUses(engine, flush_seconds=0.01)
    uses.note(*named("chief"), NOON, "192.0.2.1")
    uses.start()
    async with asyncio.timeout(10):
        while await read("chief") != (1, NOON, "192.0.2.1"):  # noqa: ASYNC110 - another task writes it
            await asyncio.sleep(0.01)
    await uses.close()
