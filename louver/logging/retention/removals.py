"""Removes records, a bounded batch in one transaction, and signs in the same transaction what was removed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.logging.retention.agencies import Removal, list_deleting
from louver.logging.retention.holds import is_held, list_live_holds
from louver.logging.retention.ranges import Place, as_deleted, as_erased, count_records, join_places
from louver.logging.tables import PERSONAL, SALT, audit_records

BATCH_MAX = 200
"""Some milliseconds of work, so that whoever is served meanwhile waits for no longer than that."""
_SQLITE_OPENING = (text("PRAGMA secure_delete = ON"),)
_POSTGRESQL_OPENING = (
    text("SET LOCAL lock_timeout = '5s'"),
    text("SET LOCAL max_parallel_workers_per_gather = 0"),
    text("LOCK TABLE audit_holds IN SHARE ROW EXCLUSIVE MODE"),
)
_record = audit_records.c

Certify = Callable[[AsyncConnection, Mapping[str, Any]], Awaitable[Any]]
"""Signs what was removed, in the transaction that removes it."""


class Counts(NamedTuple):
    """How many records were removed, or would be."""

    erased: int = 0
    deleted: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Add."""
        return Counts(self.erased + other.erased, self.deleted + other.deleted)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be removed and why."""

    due: ColumnElement[bool]
    facts: Mapping[str, Any]
    """What the certificate says of it beside the records."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What stands against removal, and what is to be deleted, as conditions that are never unknown."""

    held: ColumnElement[bool]
    deleted: ColumnElement[bool]

    @classmethod
    async def read(cls, connection: AsyncConnection, default: Removal, now: datetime) -> "Rules":
        """Read them as they are in this transaction."""
        holds = await list_live_holds(connection, now)
        return cls(is_held(holds), await list_deleting(connection, default))

    def removable(self, order: Order) -> ColumnElement[bool]:
        """Answer the condition on records that go."""
        return and_(order.due, _record.salt.is_not(None), not_(self.held))


async def lock_holds(connection: AsyncConnection) -> None:
    """Let no hold be placed, and nobody else remove, until this transaction ends; on SQLite it is the only one anyway.

    Leak: SQLite leaves what is erased in the file, unless it is told to write over it.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in _SQLITE_OPENING if is_sqlite else _POSTGRESQL_OPENING:
        await connection.execute(statement)


async def count_due(connection: AsyncConnection, order: Order, rules: Rules) -> tuple[Counts, int]:
    """Count what would be removed, and what is kept by holds."""
    is_theirs = and_(order.due, _record.salt.is_not(None))
    goes = not_(rules.held)
    erased, deleted, held = (
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
        for condition in (and_(goes, not_(rules.deleted)), and_(goes, rules.deleted), rules.held)
    )
    found = (await connection.execute(select(erased, deleted, held).where(is_theirs))).one()
    return Counts(found[0], found[1]), found[2]


async def find_batch(
    connection: AsyncConnection, order: Order, rules: Rules, after: Place | None = None, day: date | None = None
) -> Sequence[Place]:
    """Find the records that go next: the oldest ones, or of one day those behind a place."""
    batch = select(*_PLACE).where(rules.removable(order)).limit(BATCH_MAX)
    if day is None:
        batch = batch.order_by(_record.at)
    else:
        batch = batch.where(_record.day == day).order_by(_record.writer, _record.sequence)
    if after is not None:
        batch = batch.where(
            tuple_(_record.writer, _record.sequence) > tuple_(literal(after.writer), literal(after.sequence))
        )
    return [Place(*row) for row in (await connection.execute(batch)).all()]


async def remove_batch(
    connection: AsyncConnection, order: Order, rules: Rules, batch: Sequence[Place], certify: Certify
) -> Counts:
    """Remove what is still to be removed of a batch. The caller holds the lock, and read the rules under it."""
    among = and_(_is_among(batch), rules.removable(order))
    nothing: dict[str, Any] = {name: null() for name in (*PERSONAL, SALT)}
    erasing = update(audit_records).where(among, not_(rules.deleted)).values(nothing).returning(*_PLACE)
    deleting = delete(audit_records).where(among, rules.deleted).returning(*_PLACE)
    erased, deleted = [
        join_places(Place(*row) for row in (await connection.execute(statement)).all())
        for statement in (erasing, deleting)
    ]
    said = {"erased": as_erased(erased), "deleted": as_deleted(deleted)}
    counts = Counts(*map(count_records, said.values()))
    if any(counts):
        await certify(connection, {**order.facts, **said, "counts": counts._asdict()})
    return counts


_PLACE = (_record.writer, _record.sequence, _record.day, _record.previous_hash, _record.hash)


def _is_among(batch: Sequence[Place]) -> ColumnElement[bool]:
    """Answer the condition by place. The days stand in it so that PostgreSQL looks into their partitions alone."""
    days, at = {each.day for each in batch}, _record.sequence
    places = (and_(_record.writer == each.writer, at.between(each.first, each.last)) for each in join_places(batch))
    return and_(_record.day.between(min(days), max(days)), or_(*places))
