"""Puts the records and a key for each role that is asked about into a fresh database."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
from dataset import Dataset

from louver.authz import PolicyLine
from louver.authz.agency_policy import digest_lines
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
        "cost_per_minute": 2_000_000_000,  # a load is a whole agency's work in one key
        "created_at": now,
        "expires_at": now + timedelta(days=1),
    }
    await connection.copy_records_to_table("api_keys", records=[tuple(row.values())], columns=list(row))
    return key.text


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
