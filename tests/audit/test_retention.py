"""Retention: at twelve months to the instant what is personal goes, the chain holds, and it is signed what went."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from louver.db.engine import begin_writing
from louver.logging.location import SQLITE_PREFIX, locate_audit
from louver.logging.retention import Removal, is_retained
from louver.logging.retention.days import list_unsettled_days
from louver.logging.retention.turns import LEASE
from louver.logging.reviews import Review, add_review, audit_reviews
from louver.logging.statements import list_statements
from louver.logging.tables import KEPT, PERSONAL, SALT, audit_records
from louver.retention import open_retention
from louver.verification import verify_store
from tests.audit.retaining import NOW, OURS, SECOND, THEIRS, YEAR_AGO, show

LEAP_END = datetime(2027, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)


def read_file(log):
    """Read the bytes of the log's SQLite file, with all that was committed."""
    path = Path(locate_audit(log.settings).removeprefix(SQLITE_PREFIX))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()


async def is_whole(log):
    """Whether every chain holds by what was signed."""
    return not (await verify_store(log.settings, [], [])).breaks


class TestBoundary:
    @pytest.mark.parametrize(
        ("now", "end"),
        [
            (NOW, YEAR_AGO),
            (datetime(2028, 2, 29, 9, tzinfo=UTC), LEAP_END),
            (datetime(2029, 3, 1, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)),
            (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2025, 11, 1, 6, 30, tzinfo=UTC)),
        ],
        ids=["plain", "on-leap-day", "after-leap-day", "clocks-go-back"],
    )
    async def test_6_3_one_second_around(self, log, list_rows, now, end):
        """A second before its twelve months are over a record is whole; at their end, and later, it is erased."""
        await log.fill(end - SECOND, end, end + SECOND)
        await log.retain(now)
        assert (show(await list_rows()), await is_whole(log)) == (["erased", "erased", "whole"], True)

    async def test_6_3_never_shown(self, log, audit_engine):
        """Before any run has come to it, a record whose time is over is shown to nobody."""
        await log.fill(YEAR_AGO - SECOND, YEAR_AGO, YEAR_AGO + SECOND)
        async with audit_engine.connect() as connection:
            found = await connection.scalars(select(audit_records.c.at).where(is_retained(NOW)))
            assert found.all() == [YEAR_AGO + SECOND]

    async def test_6_3_what_stays(self, log, list_rows):
        """Of an erased record day, operation, roles and outcome stay, and nothing that was personal."""
        await log.fill(YEAR_AGO)
        before = (await list_rows())[0]
        await log.retain()
        assert (await list_rows())[0] == {name: before[name] for name in KEPT} | dict.fromkeys((*PERSONAL, SALT))


class TestReviews:
    async def test_who_signed_goes_with_the_rest(self, log, audit_engine):
        """A signature under a week goes when its twelve months are over, and with its agency."""
        async with begin_writing(audit_engine) as connection:
            for agency_id, week, moment in ((OURS, "a", YEAR_AGO), (OURS, "b", NOW), (THEIRS, "c", NOW)):
                await add_review(connection, agency_id, Review(week, moment, "key k7", ""))
        await log.retain()
        assert await list_weeks(audit_engine) == ["b", "c"]
        async with open_retention(log.settings, lambda: NOW) as retention:
            await retention.purge(OURS, (), NOW)
        assert await list_weeks(audit_engine) == ["c"]


async def list_weeks(engine):
    """List what is signed."""
    async with engine.connect() as connection:
        return sorted((await connection.scalars(select(audit_reviews.c.week))).all())


class TestRun:
    async def test_again_changes_nothing(self, log, audit_engine):
        """A second run finds nothing to do, and signs nothing."""
        await log.fill(YEAR_AGO, NOW)
        reports = [await log.retain(), await log.retain()]
        async with audit_engine.connect() as connection:
            assert len(await list_statements(connection)) == 1
        assert [report.counts for report in reports] == [(1, 0), (0, 0)]

    async def test_certificate(self, log, store, audit_engine):
        """What is signed says by which rule, how many, and which records of which chain."""
        await log.fill(*[YEAR_AGO - number * SECOND for number in range(3)], NOW, YEAR_AGO)
        await log.retain()
        async with audit_engine.connect() as connection:
            content = (await list_statements(connection))[0].content
        writer = str(store.writer_id)
        expected = {
            "reason": "retention",
            "cutoff": "2025-11-24T12:00:00Z",
            "erased": {writer: [[1, 3], [5, 5]]},
            "deleted": {},
            "counts": {"erased": 4, "deleted": 0},
        }
        assert {name: content[name] for name in expected} == expected

    async def test_deleted_where_the_agency_chose_so(self, log, list_rows):
        """An agency that chose so has its records deleted; those beside them are anonymised, and the chain holds."""
        await log.choose(Removal.DELETE)
        for agency in (None, THEIRS):
            await log.fill(YEAR_AGO, YEAR_AGO)
            await log.fill(YEAR_AGO, caller={"agency_id": agency})
        await log.fill(NOW)
        report = await log.retain()
        assert (report.counts, show(await list_rows())) == ((2, 4), ["erased", "erased", "whole"])
        assert await is_whole(log)

    async def test_batches(self, log, list_rows, monkeypatch):
        """What is more than a batch goes in several, each signed, with rests for those who are served."""
        monkeypatch.setattr("louver.logging.retention.removals.BATCH_MAX", 2)
        monkeypatch.setattr("louver.logging.retention.runs.BATCH_MAX", 2)
        rests = []

        async def rest(seconds):
            rests.append(seconds)

        await log.hold("PERIOD", records_from=YEAR_AGO - SECOND, records_until=YEAR_AGO)
        await log.fill(*[YEAR_AGO - number * timedelta(hours=9) for number in range(5)], YEAR_AGO - SECOND)
        async with open_retention(log.settings, lambda: NOW) as retention:
            object.__setattr__(retention, "sleep", rest)
            await retention.run(NOW)
        assert (show(await list_rows()), await is_whole(log)) == (["erased"] * 5 + ["whole"], True)
        assert rests

    async def test_dry_run_removes_nothing(self, log, list_rows):
        """A dry run says what the run would come to, and leaves all as it is."""
        await log.choose(Removal.DELETE, THEIRS)
        await log.fill(YEAR_AGO, YEAR_AGO, NOW)
        await log.fill(YEAR_AGO, caller={"agency_id": THEIRS})
        async with open_retention(log.settings) as retention:
            told = await retention.count(NOW)
        assert show(await list_rows()) == ["whole"] * 4
        assert (await log.retain()).as_dict() == told.as_dict()

    async def test_unsigned_is_not_removed(self, log, list_rows):
        """Where the certificate cannot be stored, the records stay."""
        await log.fill(YEAR_AGO)
        async with open_retention(log.settings, lambda: NOW) as retention:

            async def fail(*_):
                raise ConnectionResetError

            object.__setattr__(retention, "certify", fail)
            with pytest.raises(ConnectionResetError):
                await retention.run(NOW)
        assert show(await list_rows()) == ["whole"]
        assert (await log.retain()).counts == (1, 0)


class TestTurns:
    async def test_one_at_a_time(self, log):
        """While one process removes, another that comes by leaves it at that; afterwards it may."""
        async with open_retention(log.settings, lambda: NOW) as retention:
            async with retention.turns.taking() as is_ours:
                assert (is_ours, await log.retain()) == (True, None)
            assert await log.retain() is not None

    async def test_at_once_remove_once(self, log, audit_engine):
        """Of two that begin together each record is removed, and certified, once."""
        await log.fill(*[YEAR_AGO] * 20)
        await asyncio.gather(log.retain(), log.retain())
        async with audit_engine.connect() as connection:
            removals = [each.content["counts"]["erased"] for each in await list_statements(connection)]
        assert (sum(removals), await is_whole(log)) == (20, True)


class TestSqlite:
    @pytest.fixture
    def database_url(self, sqlite_url):
        """SQLite alone."""
        return sqlite_url

    async def test_a_dead_process_loses_its_turn(self, log, audit_engine):
        """Who died while it was its turn does not keep the others from it for longer than its lease."""
        await log.retain()
        async with audit_engine.begin() as connection:
            gone = {"holder": uuid4().hex, "until": (NOW + LEASE).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
            await connection.execute(text("UPDATE audit_turns SET holder = :holder, until = :until"), gone)
        assert await log.retain(NOW + LEASE - SECOND) is None
        assert await log.retain(NOW + LEASE) is not None

    async def test_nothing_is_left_in_the_file(self, log, store):
        """The bytes of what was erased are written over, not only let go of."""
        await log.fill(*[YEAR_AGO] * 30, address="203.0.113.77", user_agent="whitcombe-4711")
        await log.retain()
        await store.close()
        content = read_file(log)
        assert (b"whitcombe-4711" in content, b"203.0.113.77" in content) == (False, False)


class TestPostgres:
    @pytest.fixture
    def database_url(self, postgres_url):
        """PostgreSQL alone."""
        return postgres_url

    async def test_an_empty_day_is_no_table(self, log, audit_engine):
        """The partition of a day of which nothing is left goes; those of days with something left stay."""
        await log.choose(Removal.DELETE)
        await log.fill(YEAR_AGO, YEAR_AGO - timedelta(days=1), YEAR_AGO - timedelta(days=2))
        await log.fill(YEAR_AGO - timedelta(days=2), caller={"agency_id": THEIRS})
        await log.retain()
        partitions = text("SELECT inhrelid::regclass::text FROM pg_inherits ORDER BY 1")
        async with audit_engine.connect() as connection:
            found = [name for name in (await connection.scalars(partitions)).all() if name.startswith("audit_records_")]
        assert [name for name in found if name[-8:].isdigit()] == ["audit_records_20251122", "audit_records_20251124"]

    async def test_half_detached(self, log, audit_engine):
        """A partition that somebody left half detached stops no run, and is not dropped with a record in it."""
        await log.choose(Removal.DELETE)
        await log.fill(YEAR_AGO - timedelta(days=1))
        async with audit_engine.connect() as reading, audit_engine.connect() as stopped:
            await reading.execute(select(audit_records.c.sequence))
            await stopped.execution_options(isolation_level="AUTOCOMMIT")
            await stopped.execute(text("SET statement_timeout = 100"))
            with pytest.raises(DBAPIError):
                await stopped.execute(
                    text("ALTER TABLE audit_records DETACH PARTITION audit_records_20251123 CONCURRENTLY")
                )
        await log.fill(YEAR_AGO - timedelta(days=2))
        assert (await log.retain()).counts == (0, 1)
        async with audit_engine.connect() as connection:
            assert await list_unsettled_days(connection, YEAR_AGO.date()) == []
            assert await connection.scalar(text("SELECT count(*) FROM audit_records_20251123")) == 1

    async def test_a_day_that_is_done_is_not_looked_at(self, log, audit_engine):
        """A past day of which all is erased is settled; one of which a hold keeps something is looked at again."""
        held, done = YEAR_AGO - timedelta(days=2), YEAR_AGO - timedelta(days=1)
        await log.hold("PERIOD", records_from=held, records_until=held + SECOND)
        await log.fill(held, held + SECOND, done)
        await log.retain()
        async with audit_engine.connect() as connection:
            assert await list_unsettled_days(connection, YEAR_AGO.date()) == [held.date()]
        assert await is_whole(log)
