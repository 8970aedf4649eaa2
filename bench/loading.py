"""Puts the records and a key for each role that is asked about into a fresh database."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from dataset import Batch, Dataset

from louver.authz import PolicyLine
from louver.authz.agency_policy import digest_lines
from louver.authz.keys import issue_key
from louver.db.types import as_codes_text, as_instant_text
from louver.settings import Settings
from louver.stores import upgrade_stores

ROLES = ("chief", "training_coordinator")
"""Asked as the first; the second is denied a field that the first sees."""


async def load(url: str, dataset: Dataset, roles: Iterable[str] = ROLES) -> dict[str, str]:
    """Migrate, copy every row, and return the text of each role's key."""
    await upgrade_stores(Settings(database_url=url))
    connection = await asyncpg.connect(url)
    try:
        for batch in dataset.batches():
            await connection.copy_records_to_table(batch.table, records=batch.rows, columns=batch.columns)
        keys = {role: await add_key(connection, dataset.agencies[0], role) for role in roles}
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    return keys


async def load_file(url: str, dataset: Dataset, roles: Iterable[str] = ROLES) -> dict[str, str]:
    """Do the same for an SQLite file, which is made, and like one in use is not analysed."""
    await upgrade_stores(Settings(database_url=url))
    keys = {role: build_key(dataset.agencies[0], role) for role in roles}
    rows = [row for _, row in keys.values()]
    held = Batch("api_keys", (*rows[0],), [(*row.values(),) for row in rows])
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        for batch in (*dataset.batches(), held):
            places = ", ".join("?" * len(batch.columns))
            insert = f"INSERT INTO {batch.table} ({', '.join(batch.columns)}) VALUES ({places})"
            connection.executemany(insert, ([_as_stored(value) for value in row] for row in batch.rows))
    return {role: text for role, (text, _) in keys.items()}


def _as_stored(value: Any) -> Any:
    """Spell a value as our tables do on SQLite; a code goes in as it is, also one that our own enums lack."""
    match value:
        case UUID():
            return value.hex
        case datetime():
            return as_instant_text(value)
        case date():
            return value.isoformat()
        case list():
            return as_codes_text(value)
    return value


async def add_key(connection: asyncpg.Connection, agency_id: UUID, role: str) -> str:
    """Make a key of one role and return its text."""
    text, row = build_key(agency_id, role)
    await connection.copy_records_to_table("api_keys", records=[tuple(row.values())], columns=list(row))
    return text


def build_key(agency_id: UUID, role: str) -> tuple[str, dict[str, Any]]:
    """Make the text of a key and its row."""
    key, now = issue_key(), datetime.now(UTC)
    row = {
        "agency_id": agency_id,
        "id": uuid4(),
        "prefix": key.prefix,
        "secret_hash": key.secret_hash,
        "label": "bench",
        "role": role,
        "purpose": "benchmark",
        "cost_per_minute": 2_000_000_000,  # a load is a whole agency's work in one key
        "created_at": now,
        "expires_at": now + timedelta(days=1),
    }
    return key.text, row


async def publish(connection: asyncpg.Connection, agency_id: UUID, lines: Sequence[PolicyLine]) -> None:
    """Put lines into force as an agency's policy, past the check of how many it may have."""
    columns = ["agency_id", "id", "version", "sub", "obj", "act", "rows", "eft"]
    rows = [(agency_id, uuid4(), 1, line.sub, line.obj, line.act, line.rows, line.eft) for line in lines]
    await connection.copy_records_to_table("policy_lines", records=rows, columns=columns)
    version = {
        "agency_id": agency_id, "id": uuid4(), "version": 1, "base_version": 0, "at": datetime.now(UTC), "by": "bench",
        "reason": "bench", "digest": digest_lines(lines), "added": "[]", "removed": "[]", "effects": "[]",
    }  # fmt: skip
    await connection.copy_records_to_table("policy_versions", records=[tuple(version.values())], columns=list(version))
    await connection.execute("UPDATE agencies SET policy_overlay_version = 1 WHERE id = $1", agency_id)
