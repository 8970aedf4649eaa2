"""PostgreSQL's partitions of the log: one a day, so that a day can go without slowing those that stay."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

SUBJECTS = ("officer_ids", "incident_ids")
"""Columns with many entries a record in their indexes."""
_GATHERED_KB = 16_384
"""How long a list of entries that are not merged yet may get; `merging` empties it before. Searched whole, in 3 ms."""
_LOCK = 0x4C6F75766461
"""Names the advisory lock: of several processes at midnight one makes the partition and the others find it made."""


def partition_of(day: date) -> str:
    """Name the partition of a day."""
    return f"audit_records_{day:%Y%m%d}"


async def require_days(connection: Any, days: Iterable[date]) -> None:
    """Make the partitions that are missing, over a connection of asyncpg's.

    Made apart and then attached: making it in place would wait for everybody who reads the log, and let nobody write
    meanwhile.
    """
    for day in sorted(days):
        name = partition_of(day)
        async with connection.transaction():
            await connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
            if await connection.fetchval("SELECT to_regclass($1)", name) is None:
                await connection.execute(
                    f"CREATE TABLE {name} (LIKE audit_records INCLUDING DEFAULTS INCLUDING STORAGE)"
                )
                for column in SUBJECTS:
                    await connection.execute(
                        f"CREATE INDEX {name}_{column}_idx ON {name} USING gin ({column})"
                        f" WITH (fastupdate = on, gin_pending_list_limit = {_GATHERED_KB})"
                    )
                await connection.execute(
                    f"ALTER TABLE audit_records ATTACH PARTITION {name}"
                    f" FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
                )
