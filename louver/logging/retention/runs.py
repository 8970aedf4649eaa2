"""A run of the retention: everything that is due, in bounded batches with rests, by one process at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from louver.logging.retention.agencies import Removal, list_parts, list_uncleared, note_cleared, note_purge
from louver.logging.retention.days import finish_detaching, free_day, list_unsettled_days, settle_day
from louver.logging.retention.holds import forget_holds
from louver.logging.retention.periods import find_cutoff, is_over
from louver.logging.retention.ranges import Place
from louver.logging.retention.removals import (
    BATCH_MAX,
    Certify,
    Counts,
    Order,
    Rules,
    count_due,
    find_batch,
    lock_holds,
    remove_batch,
)
from louver.logging.retention.turns import Turns
from louver.logging.reviews import audit_reviews, forget_reviews

REST = 9.0
"""How many times as long as a batch took to rest after it: those who are served have nine tenths of the time."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to."""

    cutoff: datetime
    counts: Counts
    held: int
    """Records whose time is over and that a hold keeps."""

    def as_dict(self) -> dict[str, Any]:
        """Render for the log and for programs."""
        return {"cutoff": as_text(self.cutoff), **self.counts._asdict(), "held": self.held}


def as_text(moment: datetime) -> str:
    """Render an instant as records say it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def order_old(now: datetime) -> Order:
    """Order what is over by the calendar."""
    return Order(is_over(now), {"reason": "retention", "cutoff": as_text(find_cutoff(now))})


def list_orders(agency_id: UUID, key_prefixes: Sequence[str]) -> list[Order]:
    """Order what names an agency that was purged."""
    facts = {"reason": "purge", "agency_id": str(agency_id)}
    return [Order(part, facts) for part in list_parts(agency_id, key_prefixes)]


@dataclass(frozen=True, slots=True)
class Retention:
    """Removes. Everything about one log."""

    turns: Turns
    certify: Certify
    default: Removal
    rest: float = REST
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)

    async def run(self, now: datetime) -> Report | None:
        """Remove what is due; None where another process is at it."""
        async with self.turns.taking() as is_ours:
            if not is_ours:
                return None
            counts = await self._remove_old(now)
            for agency_id, prefixes in await self._list_uncleared():
                counts = counts.plus(await self._clear(agency_id, prefixes, now))
            async with self.turns.write() as connection:
                await forget_holds(connection, now)
                await forget_reviews(connection, audit_reviews.c.signed_at <= find_cutoff(now))
                await self.turns.note_done(connection)
            return Report(find_cutoff(now), counts, (await self._count([order_old(now)], now))[1])

    async def count(self, now: datetime) -> Report:
        """Say what a run would remove, and remove nothing."""
        orders = [order_old(now)]
        for agency_id, prefixes in await self._list_uncleared():
            orders += list_orders(agency_id, prefixes)
        return Report(find_cutoff(now), *await self._count(orders, now))

    async def purge(self, agency_id: UUID, key_prefixes: Sequence[str], now: datetime) -> Report:
        """Remove at once what names an agency. What a hold keeps goes with the first run after the hold.

        Waits for nobody's turn: batches that meet wait for each other, and remove nothing twice.
        """
        async with self.turns.write() as connection:
            await note_purge(connection, agency_id, key_prefixes, now)
            await forget_reviews(connection, audit_reviews.c.agency_id == agency_id)
        counts = await self._clear(agency_id, key_prefixes, now)
        held = (await self._count(list_orders(agency_id, key_prefixes), now))[1]
        return Report(find_cutoff(now), counts, held)

    async def _clear(self, agency_id: UUID, key_prefixes: Sequence[str], now: datetime) -> Counts:
        counts, orders = Counts(), list_orders(agency_id, key_prefixes)
        for order in orders:
            counts = counts.plus(await self._remove_rows(order, now))
        left, held = await self._count(orders, now)
        if not any(left) and not held:
            async with self.turns.write() as connection:
                await note_cleared(connection, agency_id, now)
        return counts

    async def _remove_old(self, now: datetime) -> Counts:
        order, today = order_old(now), find_cutoff(now).date()
        async with self.turns.read() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await finish_detaching(connection)
                days: list[date | None] = [*await list_unsettled_days(connection, today)]
            else:
                days = [None]
        counts = Counts()
        for day in days:
            removed = await self._remove_rows(order, now, day)
            if day is not None:
                await self._tidy(day, is_past=day < today, is_changed=any(removed))
            counts = counts.plus(removed)
        return counts

    async def _tidy(self, day: date, *, is_past: bool, is_changed: bool) -> None:
        async with self.turns.read() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            if is_changed:
                await free_day(connection, day)
            if is_past:
                await settle_day(connection, day)

    async def _remove_rows(self, order: Order, now: datetime, day: date | None = None) -> Counts:
        counts, after = Counts(), None
        while True:
            started = time.perf_counter()
            async with self.turns.read() as connection:
                rules = await Rules.read(connection, self.default, now)
                batch = await find_batch(connection, order, rules, after, day)
            if not batch:
                return counts
            counts = counts.plus(await self._remove_batch(order, batch, now))
            after = batch[-1] if day else None
            if len(batch) < BATCH_MAX:
                return counts
            await self.sleep((time.perf_counter() - started) * self.rest)

    async def _remove_batch(self, order: Order, batch: Sequence[Place], now: datetime) -> Counts:
        async with self.turns.write() as connection:
            await lock_holds(connection)
            await self.turns.renew(connection)
            rules = await Rules.read(connection, self.default, now)
            return await remove_batch(connection, order, rules, batch, self.certify)

    async def _count(self, orders: Sequence[Order], now: datetime) -> tuple[Counts, int]:
        counts, held = Counts(), 0
        async with self.turns.read() as connection:
            rules = await Rules.read(connection, self.default, now)
            for order in orders:
                more, kept = await count_due(connection, order, rules)
                counts, held = counts.plus(more), held + kept
        return counts, held

    async def _list_uncleared(self) -> list[tuple[UUID, Sequence[str]]]:
        async with self.turns.read() as connection:
            return await list_uncleared(connection)
