"""PostgreSQL's partitions of the log: one a day, so that a day can go without slowing those that stay."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

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
                await connection.execute(
                    f"ALTER TABLE audit_records ATTACH PARTITION {name}"
                    f" FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
                )
