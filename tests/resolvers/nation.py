"""Some 1,500 agencies in PostgreSQL, with rows of the benchmark's nation: enough that plans are as in service."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4

import asyncpg

from bench.national_rows import SEED as NATION
from bench.national_rows import TABLES, identify, identify_agency, write_prelude
from louver.authz.keys import issue_key

OFFICERS = [3_000, *[300] * 15, *[1] * 1_500]
"""Of each agency; the first is the one that is asked about."""
ROUNDS = 4
"""Trainings of each officer."""
AGENCY = identify_agency(0)
OFFICER = identify("officer", 0, 7)
HOLDERS: dict[str, dict[str, UUID]] = {
    "chief": {},
    "supervisor": {"unit_id": identify("unit", 0, 1)},
    "officer": {"officer_id": OFFICER},
}
"""The roles that ask, and what each stands for: all of the agency, one unit of 76, one officer."""


async def fill_nation(url: str) -> dict[str, str]:
    """Insert everything, made by the server, and return the text of each role's key."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")  # 100,000 references that are right
        await connection.execute(write_prelude(NATION))
        sizes = list(enumerate(OFFICERS))
        await connection.copy_records_to_table("sizes", records=sizes, columns=("number", "officers"))
        for table in TABLES:
            for query in islice(table.queries(), ROUNDS):
                await connection.execute(f"INSERT INTO {table.name} ({', '.join(table.columns)}) {query}")
        keys = {role: await _add_key(connection, role, holds) for role, holds in HOLDERS.items()}
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return keys


async def _add_key(connection: asyncpg.Connection, role: str, holds: dict[str, UUID]) -> str:
    key, now = issue_key(), datetime.now(UTC)
    row = {
        "agency_id": AGENCY, "id": uuid4(), "prefix": key.prefix, "secret_hash": key.secret_hash, "label": role,
        "role": role, "purpose": "plans", "created_at": now, "expires_at": now + timedelta(days=1), **holds,
    }  # fmt: skip
    await connection.copy_records_to_table("api_keys", records=[tuple(row.values())], columns=list(row))
    return key.text
