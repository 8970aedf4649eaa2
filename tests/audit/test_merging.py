"""PostgreSQL's indexes of whose data was read: gathered, merged beside the commits, and right all the while."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from louver.logging import merging
from louver.logging.columns import unpack_ids
from louver.logging.subjects import holds_id
from louver.logging.tables import audit_records

PARTITION = "audit_records_20260309"
PAGE = 1_000
_INDEXES = (
    "SELECT relname, reloptions::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    f" WHERE indrelid = '{PARTITION}'::regclass AND relname LIKE '%\\_ids\\_idx' ORDER BY 1"
)
_LEFT = f"SELECT gin_clean_pending_list('{PARTITION}_officer_ids_idx')"


@pytest.fixture
def database_url(postgres_url):
    """PostgreSQL alone."""
    return postgres_url


@pytest.fixture
def append_page(store, make_record):
    """Store a record of a page of officers, and answer who they are."""

    async def append_page() -> list[UUID]:
        ids = [uuid4() for _ in range(PAGE)]
        await store.append(make_record(officer_ids=b"".join(each.bytes for each in ids), incident_ids=b""))
        return ids

    return append_page


async def merge_ended() -> None:
    """Wait for merges that have begun."""
    running = [task for task in asyncio.all_tasks() if task.get_coro().__qualname__ == "Merger._merge"]
    await asyncio.gather(*running)


async def ask(engine, statement):
    """Run a statement over a connection that the store knows nothing of."""
    async with engine.begin() as connection:
        return (await connection.execute(statement)).all()


async def test_what_is_gathered_is_merged(append_page, audit_engine, monkeypatch):
    """Once there is much of it; what came since waits for more."""
    monkeypatch.setattr(merging, "MERGED_AT_ONCE", 2 * PAGE)
    await append_page()
    await append_page()
    await merge_ended()
    assert await ask(audit_engine, text(_LEFT)) == [(0,)]
    await append_page()
    await merge_ended()
    assert (await ask(audit_engine, text(_LEFT)))[0][0] > 0


@pytest.mark.parametrize("at_once", [1, 1_000_000], ids=["merged", "gathered"])
async def test_found_either_way(append_page, audit_engine, monkeypatch, at_once):
    """Whose data was read is found by the index, merged or not, and nobody else's is."""
    monkeypatch.setattr(merging, "MERGED_AT_ONCE", at_once)
    pages = [await append_page() for _ in range(3)]
    await merge_ended()
    record = audit_records.c
    for page in pages:
        query = select(record.officer_ids).where(holds_id(record.officer_ids, page[PAGE // 2]))
        assert [unpack_ids(ids) for (ids,) in await ask(audit_engine, query)] == [page]
    assert await ask(audit_engine, select(record.day).where(holds_id(record.officer_ids, uuid4()))) == []


async def test_merge_that_fails_costs_no_record(store, append_page, audit_engine, monkeypatch, capsysbinary):
    """It is told on the log stream; the store stays well, and so does the index."""
    monkeypatch.setattr(merging, "MERGED_AT_ONCE", 1)
    monkeypatch.setattr(store._sink._merger, "_dsn", "postgresql://nobody@127.0.0.1:1/none")
    page = await append_page()
    await merge_ended()
    record = audit_records.c
    assert store.is_healthy
    assert len(await ask(audit_engine, select(record.day).where(holds_id(record.officer_ids, page[0])))) == 1
    assert "audit.merge_failed" in capsysbinary.readouterr().out.decode()


async def test_partition_is_made_for_it(append_page, audit_engine):
    """A day's indexes gather enough to merge from, and ids are stored as they are."""
    await append_page()
    options = "{fastupdate=on,gin_pending_list_limit=16384}"
    names = [f"{PARTITION}_{column}_idx" for column in ("incident_ids", "officer_ids")]
    assert await ask(audit_engine, text(_INDEXES)) == [(name, options) for name in names]
    storage = (
        f"SELECT attstorage FROM pg_attribute WHERE attrelid = '{PARTITION}'::regclass AND attname = 'officer_ids'"
    )
    assert await ask(audit_engine, text(storage)) == [(b"e",)]
