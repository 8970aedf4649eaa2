"""Legal holds: what they name stays beyond twelve months, until they end; and what purging does about them."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from louver.db.engine import begin_writing
from louver.logging.columns import pack_ids
from louver.logging.retention import HoldKind
from louver.logging.retention.holds import is_held, list_holds, release_hold
from louver.logging.tables import audit_records
from louver.retention import open_retention
from louver.verification import verify_store
from tests.audit.retaining import NOW, OURS, SECOND, THEIRS, YEAR_AGO, show

PERSON, OFFICER, INCIDENT = UUID(int=11), UUID(int=12), UUID(int=13)
KEY = "k7Qm2nVx0a1B"


def several(*ids):
    return pack_ids(sorted([*ids, UUID(int=7), UUID(int=99)]))


SEVERAL = {"agency_id": None, "agency_ids": several(OURS)}


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "target", "caller", "fields"),
        [
            (HoldKind.PERSON, PERSON.hex, {"principal_id": PERSON}, {}),
            (HoldKind.PERSON, PERSON.hex, {"on_behalf_of": f"person_{PERSON.hex}"}, {}),
            (HoldKind.OFFICER, OFFICER.hex, {}, {"officer_ids": several(OFFICER)}),
            (HoldKind.INCIDENT, INCIDENT.hex, {}, {"incident_ids": several(INCIDENT)}),
            (HoldKind.KEY, KEY, {"key_prefix": KEY}, {}),
            (HoldKind.KEY, KEY, {"key_prefix": KEY, "agency_id": None}, {}),
            (
                HoldKind.OFFICER,
                OFFICER.hex,
                {"agency_id": None, "agency_ids": several(OURS)},
                {"officer_ids": several(OFFICER)},
            ),
        ],
        ids=["person", "person-by-key", "officer", "incident", "key", "key-failure", "several-agencies"],
    )
    async def test_stays_until_released(self, log, audit_engine, list_rows, kind, target, caller, fields):
        """What a hold names stays when all beside it goes; once it is released, that goes as well."""
        await log.fill(YEAR_AGO, caller=caller, **fields)
        await log.fill(YEAR_AGO)
        await log.fill(YEAR_AGO, caller=caller | {"agency_id": THEIRS, "agency_ids": b""}, **fields)
        hold = await log.hold(kind, target)
        report = await log.retain()
        assert (show(await list_rows()), report.held) == (["whole", "erased", "erased"], 1)
        async with begin_writing(audit_engine) as connection:
            assert await release_hold(connection, OURS, hold.id, "key k7", NOW)
        assert ((await log.retain()).counts, show(await list_rows())) == ((1, 0), ["erased"] * 3)
        assert not (await verify_store(log.settings, [], [])).breaks

    async def test_period(self, log, list_rows):
        """A hold on a period keeps what happened from its first instant on, and before its last."""
        begin, end = YEAR_AGO - timedelta(days=2), YEAR_AGO - timedelta(days=1)
        await log.fill(begin - SECOND, begin, end - SECOND, end)
        await log.hold(HoldKind.PERIOD, records_from=begin, records_until=end)
        await log.retain()
        assert show(await list_rows()) == ["erased", "whole", "whole", "erased"]

    async def test_ends_by_itself(self, log, list_rows):
        """A hold keeps nothing from its end on."""
        await log.fill(YEAR_AGO, caller={"key_prefix": KEY})
        hold = await log.hold(HoldKind.KEY, KEY)
        await log.retain(hold.ends_at - SECOND)
        assert show(await list_rows()) == ["whole"]
        await log.retain(hold.ends_at)
        assert show(await list_rows()) == ["erased"]

    async def test_many(self, log, audit_engine):
        """Holds by the thousand, of all agencies together, are one condition that both engines take."""
        await log.fill(YEAR_AGO, caller={"key_prefix": "k1099"})
        await log.fill(YEAR_AGO)
        hold = await log.hold(HoldKind.KEY, KEY)
        holds = [replace(hold, target=f"k{number}") for number in range(1_100)]
        async with audit_engine.connect() as connection:
            found = await connection.scalars(select(audit_records.c.key_prefix).where(is_held(holds)))
            assert found.all() == ["k1099"]


class TestStore:
    async def test_another_agency_cannot_release(self, log, audit_engine):
        """A hold is released by its own agency alone, and once."""
        hold = await log.hold(HoldKind.KEY, KEY)
        async with begin_writing(audit_engine) as connection:
            tried = [await release_hold(connection, agency, hold.id, "k", NOW) for agency in (THEIRS, OURS, OURS)]
            assert tried == [False, True, False]

    async def test_forgotten_after_twelve_months(self, log, audit_engine):
        """A hold that ended twelve months ago is not shown any more, and then not there."""
        later = await log.hold(HoldKind.KEY, KEY, ends_at=YEAR_AGO + SECOND)
        await log.hold(HoldKind.KEY, KEY, ends_at=YEAR_AGO)
        await log.hold(HoldKind.KEY, KEY, released_at=YEAR_AGO)
        async with audit_engine.connect() as connection:
            assert [each.id for each in await list_holds(connection, OURS, 9, NOW)] == [later.id]
        await log.retain()
        async with audit_engine.connect() as connection:
            assert [each.id for each in await list_holds(connection, OURS, 9, YEAR_AGO)] == [later.id]


class TestPurge:
    @pytest.fixture
    async def purge(self, log):
        """Purge our agency, which had one key."""

        async def purge():
            async with open_retention(log.settings) as retention:
                return await retention.purge(OURS, [KEY], NOW)

        return purge

    async def test_6_2_at_once(self, log, list_rows, purge):
        """However young they are, no record names anybody of a purged agency; those of others stay as they are."""
        await log.fill(NOW)
        await log.fill(NOW, caller={"agency_id": None, "agency_ids": several(OURS)})
        await log.fill(NOW, caller={"agency_id": None, "key_prefix": KEY})
        await log.fill(NOW, caller={"agency_id": THEIRS})
        await log.fill(NOW, caller={"agency_id": None})
        report = await purge()
        assert (report.counts, show(await list_rows())) == ((3, 0), ["erased"] * 3 + ["whole"] * 2)
        assert (await purge()).counts == (0, 0)
        assert not (await verify_store(log.settings, [], [])).breaks

    async def test_held_goes_after_the_hold(self, log, list_rows, purge):
        """What a hold keeps survives even a purge, and goes with the first run after the hold."""
        await log.fill(NOW, caller={"key_prefix": KEY})
        await log.fill(NOW, caller={"key_prefix": KEY, "agency_id": None})
        hold = await log.hold(HoldKind.KEY, KEY)
        assert ((await purge()).held, show(await list_rows())) == (2, ["whole", "whole"])
        await log.retain(hold.ends_at - SECOND)
        assert show(await list_rows()) == ["whole", "whole"]
        await log.retain(hold.ends_at)
        assert show(await list_rows()) == ["erased", "erased"]
