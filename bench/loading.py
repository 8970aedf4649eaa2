"""Puts the records and a key for each role that is asked about into a fresh database."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
from dataset import Dataset

from louver.authz.keys import issue_key
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


async def add_key(connection: asyncpg.Connection, agency_id: UUID, role: str) -> str:
    """Make a key of one role and return its text."""
    key, now = issue_key(), datetime.now(UTC)
    row = {
        "agency_id": agency_id,
        "id": uuid4(),
        "prefix": key.prefix,
        "secret_hash": key.secret_hash,
        "label": "bench",
        "role": role,
        "purpose": "benchmark",
        "created_at": now,
        "expires_at": now + timedelta(days=1),
    }
    await connection.copy_records_to_table("api_keys", records=[tuple(row.values())], columns=list(row))
    return key.text
