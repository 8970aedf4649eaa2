"""Every column type returns what was stored, on both engines, and refuses what it cannot hold."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.base import Code, Codes, Date, Instant, Text
from louver.db.codes import ForceType, LocationType
from louver.db.engine import begin_writing
from louver.db.reader import Reader
from louver.db.types import as_instant_text

SAMPLES = Table(
    "samples",
    MetaData(),
    Column("text", Text),
    Column("instant", Instant()),
    Column("day", Date()),
    Column("code", Code(LocationType)),
    Column("codes", Codes(ForceType)),
    Column("open_codes", Codes()),
)
CHICAGO_WINTER = timezone(timedelta(hours=-6))
MOMENT = datetime(2024, 3, 9, 10, 5, 0, 1, tzinfo=CHICAGO_WINTER)

MOMENTS = st.builds(
    datetime.fromtimestamp,
    st.floats(-6e10, 2e11, allow_nan=False),
    st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)

RoundTrip = Callable[..., Awaitable[list[Any]]]


@pytest.fixture
async def round_trip(engine: AsyncEngine) -> RoundTrip:
    """Store values in one column and read them back in the column's own order."""
    async with begin_writing(engine) as connection:
        await connection.run_sync(SAMPLES.create)

    async def store_and_read(name: str, *values: Any) -> list[Any]:
        column = SAMPLES.c[name]
        async with begin_writing(engine) as connection:
            await connection.execute(insert(SAMPLES), [{name: value} for value in values])
            return list(await connection.scalars(select(column).order_by(column)))

    return store_and_read


class TestEveryType:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("text", "Ó'Néill; DROP TABLE officers --"),
            ("text", ""),
            ("instant", MOMENT.astimezone(UTC)),
            ("day", date(1969, 2, 28)),
            ("code", LocationType.HIGHWAY_STREET),
            ("codes", [ForceType.TAKE_DOWN, ForceType.POINTED_FIREARM]),
            ("codes", []),
            ("open_codes", ["MN0271100", 'a "quoted", {odd} one']),
            *[(column.name, None) for column in SAMPLES.c],
        ],
    )
    async def test_returns_what_was_stored(self, round_trip: RoundTrip, name: str, value: Any) -> None:
        """A value read back equals the value stored, null included."""
        assert await round_trip(name, value) == [value]

    async def test_orders_text_by_bytes(self, round_trip: RoundTrip) -> None:
        """Text is in byte order on both engines, whatever the locale."""
        values = ["a", "B", "é", "Z", "_", "aa"]
        assert await round_trip("text", *values) == sorted(values, key=str.encode)


class TestInstant:
    async def test_reads_in_utc(self, round_trip: RoundTrip) -> None:
        """A moment given in another zone comes back as the same moment in UTC."""
        [moment] = await round_trip("instant", MOMENT)
        assert (moment, moment.utcoffset()) == (MOMENT, timedelta(0))

    async def test_refuses_a_naive_datetime(self, round_trip: RoundTrip) -> None:
        """A datetime without a zone is refused before it reaches the database."""
        with pytest.raises(StatementError, match="time zone"):
            await round_trip("instant", MOMENT.replace(tzinfo=None))

    async def test_orders_by_time(self, round_trip: RoundTrip) -> None:
        """The stored order is the order in time, also for years of fewer digits and moments without a fraction."""
        moments = [
            MOMENT,
            MOMENT.replace(microsecond=0),
            datetime(987, 1, 1, tzinfo=UTC),
            datetime(2024, 3, 9, tzinfo=UTC),
        ]
        assert await round_trip("instant", *moments) == sorted(moments)

    @given(MOMENTS, MOMENTS)
    def test_has_text_in_order_of_time(self, first: datetime, second: datetime) -> None:
        """The text form has one width and sorts as the moments do."""
        assert (first < second) == (as_instant_text(first) < as_instant_text(second))
        assert len(as_instant_text(first)) == len("2024-03-09T16:05:00.000001Z")


class TestCode:
    async def test_refuses_a_code_that_does_not_exist(self, round_trip: RoundTrip) -> None:
        """A text that is no code is refused before it reaches the database."""
        with pytest.raises(StatementError, match="LocationType has no such code"):
            await round_trip("code", "Street")

    async def test_refuses_a_list_with_one(self, round_trip: RoundTrip) -> None:
        """So is a list that holds one."""
        with pytest.raises(StatementError, match="ForceType has no such code"):
            await round_trip("codes", ["01", "Struck"])


class TestStoredForm:
    async def test_is_what_the_read_path_reads(self, round_trip: RoundTrip, reader: Reader) -> None:
        """Drivers see ISO text and JSON on SQLite, instants and arrays on PostgreSQL, and plain codes on both."""
        await round_trip("instant", None)
        await round_trip("code", LocationType.HIGHWAY_STREET)
        await round_trip("codes", [ForceType.RESTRAINING_HOLD, ForceType.CED_DISCHARGED])
        await round_trip("instant", MOMENT)
        rows = await reader.fetch("SELECT max(instant), max(code), max(codes) FROM samples")
        expected = {
            "sqlite": ("2024-03-09T16:05:00.000001Z", "13", '["01","10"]'),
            "postgresql": (MOMENT, "13", ["01", "10"]),
        }
        assert tuple(rows[0]) == expected[reader.dialect]

    async def test_of_an_id_is_a_uuid_or_its_hex(
        self, add_agency: Callable[[], Awaitable[UUID]], reader: Reader
    ) -> None:
        """Ids are 32 hex digits on SQLite and uuid on PostgreSQL."""
        identity = await add_agency()
        [[stored]] = await reader.fetch("SELECT id FROM agencies")
        assert stored == (identity.hex if reader.dialect == "sqlite" else identity)
