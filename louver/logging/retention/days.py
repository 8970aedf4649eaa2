"""PostgreSQL's days: which have something to remove, and what removal leaves of their partitions.

Records are removed from them row by row, like everywhere: TRUNCATE would take them from under a verification that is
reading them.
"""

from contextlib import suppress
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.logging.partitions import partition_of
from louver.logging.tables import audit_records

_record = audit_records.c
_PARTITIONS = """
    SELECT part.relname FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid
    WHERE inhparent = 'audit_records'::regclass
"""
_PENDING_SQL = text(f"{_PARTITIONS} AND inhdetachpending")
_UNSETTLED_SQL = text(
    f"{_PARTITIONS} AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = part.oid AND conname = 'settled')"
)
_SETTLE = "ADD CONSTRAINT settled CHECK (salt IS NULL)"
"""Says that all of a day is erased. PostgreSQL then leaves the day out of every look for what is not."""


async def finish_detaching(connection: AsyncConnection) -> None:
    """Finish what a process that was stopped began: while one partition is half detached no other can be.

    Outside of any transaction.
    """
    for pending in (await connection.scalars(_PENDING_SQL)).all():
        await _drop(connection, pending, "FINALIZE")


async def list_unsettled_days(connection: AsyncConnection, until: date) -> list[date]:
    """List the days in which something may be whole, the oldest first."""
    names = (await connection.scalars(_UNSETTLED_SQL)).all()
    days = (datetime.strptime(name[-8:], "%Y%m%d").date() for name in names)  # noqa: DTZ007 - a day has no zone
    return sorted(day for day in days if day <= until)


async def free_day(connection: AsyncConnection, day: date) -> None:
    """Free the places of what was erased. Outside of any transaction.

    Leak: an erased record stands in the file as it was until its place is freed.
    """
    await connection.execute(text(f"VACUUM (ANALYZE, SKIP_LOCKED) {partition_of(day)}"))


async def settle_day(connection: AsyncConnection, day: date) -> None:
    """Take a past day's partition away if it is empty, or settle it if all is erased. Outside of any transaction."""
    name = partition_of(day)
    if not await _has(connection, day):
        await _drop(connection, name, "CONCURRENTLY")  # waits for readers, blocks none
        return
    if not await _has(connection, day, is_whole=True):
        await connection.execute(text("SET lock_timeout = '1s'"))
        with suppress(DBAPIError):  # somebody reads it, as a verification does: the next run tries again
            await connection.execute(text(f"ALTER TABLE {name} {_SETTLE}"))


async def _has(connection: AsyncConnection, day: date, *, is_whole: bool = False) -> bool:
    found = select(_record.sequence).where(_record.day == day)
    if is_whole:
        found = found.where(_record.salt.is_not(None))
    return bool(await connection.scalar(select(found.exists())))


async def _drop(connection: AsyncConnection, partition: str, how: str) -> None:
    await connection.execute(text(f"ALTER TABLE audit_records DETACH PARTITION {partition} {how}"))
    if not await connection.scalar(text(f"SELECT EXISTS (SELECT FROM {partition})")):  # noqa: S608 - a name of ours
        await connection.execute(text(f"DROP TABLE {partition}"))
