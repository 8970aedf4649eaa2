"""What was spent of budgets, shared by all processes on one database: counters, one row for each window."""

import math
import time
from typing import Any

from sqlalchemy import BigInteger, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.orm import Mapped, mapped_column

from louver.db.base import Base
from louver.db.engine import begin_writing


class BudgetWindowRow(Base):
    """One window of one budget. On PostgreSQL the table is unlogged: after a crash everybody starts with all of it."""

    __tablename__ = "budget_windows"

    key: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Number of the window since 1970."""
    used: Mapped[int] = mapped_column(BigInteger)


_LOCK = 0x4C6F75766562
_READ = text("SELECT slot, used FROM budget_windows WHERE key = :key AND slot >= :previous")
_SPEND = text("""
INSERT INTO budget_windows (key, slot, used)
SELECT CAST(:key AS VARCHAR), CAST(:slot AS BIGINT), CAST(:amount AS BIGINT)
WHERE CAST(:amount AS BIGINT) <= CAST(:ceiling AS BIGINT)
ON CONFLICT (key, slot) DO UPDATE SET used = budget_windows.used + excluded.used
WHERE budget_windows.used + excluded.used <= CAST(:ceiling AS BIGINT)
RETURNING used
""")
_FORGET = text("DELETE FROM budget_windows WHERE key = :key AND slot < :previous")


class SqlWindows:
    """A store of sliding windows, after the protocol of the `limits` package."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(self) -> None:
        """Make the table in a database that holds nothing else; a database of records has it by migration."""
        async with begin_writing(self._engine) as connection:
            if self._engine.dialect.name == "postgresql":  # where processes that start together would make it twice
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            table: Any = BudgetWindowRow.__table__
            await connection.run_sync(lambda sync: table.create(sync, checkfirst=True))

    async def close(self) -> None:
        """Close its connections."""
        await self._engine.dispose()

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Spend an amount, unless more than the limit would be spent then.

        Raises:
            DatabaseUnavailableError: the database did not answer.
        """
        slot, passed = divmod(time.time(), expiry)
        async with begin_writing(self._engine) as connection:
            spent = await self._read(connection, key, int(slot))
            ceiling = limit - math.floor(spent.get(int(slot) - 1, 0) * (1 - passed / expiry))
            values = {"key": key, "slot": int(slot), "amount": amount, "ceiling": ceiling}
            used: int | None = (await connection.execute(_SPEND, values)).scalar()
            if used == amount:  # the first of this window
                await connection.execute(_FORGET, {"key": key, "previous": int(slot) - 1})
        return used is not None

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Tell what was spent in the previous window and in this one, and how long each counts.

        Raises:
            DatabaseUnavailableError: the database did not answer.
        """
        slot, passed = divmod(time.time(), expiry)
        async with begin_writing(self._engine) as connection:
            spent = await self._read(connection, key, int(slot))
        lasts = expiry - passed
        return spent.get(int(slot) - 1, 0), lasts, spent.get(int(slot), 0), lasts + expiry

    async def _read(self, connection: AsyncConnection, key: str, slot: int) -> dict[int, int]:
        rows = await connection.execute(_READ, {"key": key, "previous": slot - 1})
        return {row.slot: row.used for row in rows}
