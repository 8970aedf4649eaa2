"""An operation that runs too long is refused, and what it asked of the database stops there."""

import asyncio
import contextlib

import pytest
from sqlalchemy import select, text

from louver.db.engine import create_engine
from louver.logging.tables import audit_records
from tests.world.store import key_of

KEY = key_of("chief").text
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
LISTS = "query Slow { officers { nodes { id trainings { nodes { id } } } } courses { nodes { id } } }"
POINT = 'query Slow { officer(id: "%s") { lastName } }'


@contextlib.asynccontextmanager
async def locked(url):
    """Hold tables so that reading them waits, and give what tells which statements wait."""
    engine = create_engine(url)
    async with engine.connect() as holder, engine.connect() as watcher:
        await holder.execute(text("LOCK TABLE officers, courses IN ACCESS EXCLUSIVE MODE"))

        async def count_waiting():
            waiting = (
                "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted AND datname"
            )
            found = (await watcher.execute(text(f"{waiting} = current_database()"))).scalar()
            await watcher.rollback()
            return found

        yield count_waiting
        await holder.rollback()
    await engine.dispose()


async def read_last_record(folder):
    """The newest access record."""
    engine = create_engine(f"sqlite:///{folder}/audit.db")
    async with engine.connect() as connection:
        rows = await connection.execute(select(audit_records).order_by(audit_records.c.sequence.desc()).limit(1))
        row = rows.mappings().one()
    await engine.dispose()
    return row


async def until(question, *, is_so):
    """Ask the database until it says so: it has no event to wait for."""
    async with asyncio.timeout(5):
        while bool(await question()) is not is_so:  # noqa: ASYNC110  # another process is asked
            await asyncio.sleep(0.02)


def require_timeout(body):
    (error,) = body["errors"]
    assert "data" not in body
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert (error["extensions"]["limit"], error["extensions"]["maximum"]) == ("seconds", 0.5)


@pytest.mark.parametrize("query", [LISTS, POINT], ids=["lists", "point"])
@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_postgres_statement_is_cancelled(serve_with, own_url, tmp_path, query):
    """When the answer says that time is up, no statement waits in PostgreSQL any more, and the record says why."""
    async with serve_with(operation_timeout_seconds=0.5, url=own_url) as server:
        rows = await server.ask(KEY, "{ officers(first: 1) { nodes { id } } }")
        officer = rows["data"]["officers"]["nodes"][0]["id"]
        async with locked(own_url) as count_waiting:
            asking = asyncio.create_task(server.ask(KEY, query.replace("%s", officer)))
            await until(count_waiting, is_so=True)
            require_timeout(await asking)
            await until(count_waiting, is_so=False)
        record = await read_last_record(tmp_path)
        assert (record["outcome"], record["reason"], record["operation_name"]) == ("refused", "LIMIT_EXCEEDED", "Slow")
        assert "errors" not in await server.ask(KEY, query.replace("%s", officer))


@pytest.mark.parametrize("query", [LISTS, POINT], ids=["lists", "point"])
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_sqlite_statement_is_interrupted(serve_with, query):
    """A statement without end is interrupted, and the next operation is answered."""
    async with serve_with(operation_timeout_seconds=0.5) as server:
        rows = await server.ask(KEY, "{ officers(first: 1) { nodes { id } } }")
        query = query.replace("%s", rows["data"]["officers"]["nodes"][0]["id"])
        reader, fetch = server.service.reader, server.service.reader.fetch

        async def run_endlessly(sql, parameters=()):
            is_ours = "FROM api_keys" not in sql
            return await fetch(ENDLESS) if is_ours else await fetch(sql, parameters)

        reader.fetch = run_endlessly
        require_timeout(await server.ask(KEY, query))
        del reader.fetch
        assert "errors" not in await server.ask(KEY, query)
        async with asyncio.timeout(5):
            await asyncio.gather(*reader._closing)  # each connection closes once its statement has stopped
