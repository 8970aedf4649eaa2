"""Reads what a database says that it will do."""

import json
from collections.abc import Iterator
from typing import Any

import aiosqlite
import asyncpg

from louver.db.lanes_postgres import _SESSION
from tests.server import Sent

Plan = dict[str, Any]


async def explain_postgres(
    url: str, statements: list[Sent], *, is_generic: bool, discouraged: str | None = None
) -> list[Plan]:
    """Plan each statement: for the parameters that it was sent with, or for any, as prepared ones are after a while.

    `discouraged`: a planner's `enable_…` that is off, so that it does so only where it must.
    """
    settings = {**_SESSION, **({discouraged: "off"} if discouraged else {})}
    connection = await asyncpg.connect(url, server_settings=settings, statement_cache_size=0)
    try:
        explain = _explain_prepared if is_generic else _explain_sent
        return [await explain(connection, sent) for sent in statements]
    finally:
        await connection.close()


async def _explain_sent(connection: asyncpg.Connection, sent: Sent) -> Plan:
    return _read(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {sent}", *sent.parameters))


async def _explain_prepared(connection: asyncpg.Connection, sent: Sent) -> Plan:
    values = ", ".join(["NULL"] * len(sent.parameters))  # which a generic plan does not look at
    await connection.execute(f"SET plan_cache_mode = force_generic_plan; PREPARE it AS {sent}")
    plan = _read(await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE it{f'({values})' if values else ''}"))
    await connection.execute("DEALLOCATE it")
    return plan


def _read(text: str) -> Plan:
    plan: Plan = json.loads(text)[0]["Plan"]
    return plan


def walk(plan: Plan) -> Iterator[Plan]:
    """Answer a plan's nodes, itself first."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from walk(below)


async def explain_sqlite(path: str, statements: list[Sent]) -> list[str]:
    """Answer the steps of all statements."""
    async with aiosqlite.connect(path) as connection:
        return [
            step[3]
            for sent in statements
            for step in await connection.execute_fetchall(f"EXPLAIN QUERY PLAN {sent}", sent.parameters)
        ]
