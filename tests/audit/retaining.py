"""Old records, holds on them, and runs of the retention at an instant of the test's choice."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.engine import begin_writing
from louver.logging import AuditStore, Caller
from louver.logging.retention import Hold, HoldKind, Removal, Report
from louver.logging.retention.agencies import set_removal
from louver.logging.retention.holds import add_hold
from louver.logging.tables import SALT
from louver.retention import open_retention
from louver.settings import Settings

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
YEAR_AGO = datetime(2025, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OURS, THEIRS = UUID(int=1), UUID(int=2)


class Log:
    """A log that is a year old."""

    def __init__(self, settings: Settings, store: AuditStore, engine: AsyncEngine, make_record: Any) -> None:
        self.settings = settings
        self.store = store
        self.engine = engine
        self._make_record = make_record

    async def fill(self, *moments: datetime, caller: dict[str, Any] | None = None, **fields: Any) -> None:
        """Store records of these instants, by a caller of our agency's that is like no other."""
        for moment in moments:
            asks = {"principal_id": uuid4(), "agency_id": OURS, "purpose": "dashboard", "key_prefix": uuid4().hex[:12]}
            await self.store.append(
                self._make_record(at=moment, caller=Caller(roles=("chief",), **(asks | (caller or {}))), **fields)
            )

    async def retain(self, now: datetime = NOW) -> Report | None:
        """Run the retention."""
        async with open_retention(self.settings, lambda: now) as retention:
            return await retention.run(now)

    async def hold(self, kind: HoldKind, target: str | None = None, **fields: Any) -> Hold:
        """Place a hold of our agency's."""
        given = {"reason": "case 7", "placed_at": NOW, "placed_by": "key k7", "ends_at": NOW + timedelta(days=30)}
        hold = Hold(id=uuid4(), kind=kind, target=target, **({"agency_id": OURS} | given | fields))
        async with begin_writing(self.engine) as connection:
            await add_hold(connection, hold)
        return hold

    async def choose(self, removal: Removal, agency_id: UUID = OURS) -> None:
        """Have an agency choose."""
        async with begin_writing(self.engine) as connection:
            await set_removal(connection, agency_id, removal)


def show(rows: Any) -> list[str]:
    """Say of each record whether it is whole."""
    return ["erased" if row[SALT] is None else "whole" for row in rows]
