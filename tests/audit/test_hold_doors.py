"""Legal holds through their two doors: over GraphQL, and at the command line with `louver audit`."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from louver.cli import main
from louver.db.engine import create_engine
from louver.logging import AuditStore
from louver.logging.retention import HoldKind
from louver.logging.retention.holds import list_holds
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.audit.retaining import NOW, THEIRS, Log, show
from tests.policy.asking import change, changed, list_records, look, refused
from tests.server import logging_restored
from tests.world.build import identify
from tests.world.store import key_of

LATER = "2999-01-01T00:00:00Z"
SPAN = {"recordsFrom": "2020-01-01T00:00:00Z", "recordsUntil": LATER}
PERSON = f"person_{'1' * 32}"


async def place(server, holder="agency_admin", /, **order):
    given = {"kind": "PERSON", "target": PERSON, "reason": " case 7 ", "endsAt": LATER}
    return await change(server, "placeAuditHold", holder, **(given | order))


class TestGraphql:
    async def test_placed_listed_released(self, own_served, tmp_path):
        """A hold is placed, seen by counsel, and released; the log says who did which."""
        hold = (await place(own_served))["data"]["placeAuditHold"]
        key = f"key {key_of('agency_admin').prefix}"
        expected = {"kind": "PERSON", "target": PERSON, "reason": "case 7", "placedBy": key, "isLive": True}
        assert {name: hold[name] for name in expected} == expected
        assert await look(own_served, "auditHolds", "legal") == [hold]
        released = await changed(own_served, "releaseAuditHold", holdId=hold["id"])
        assert (released["isLive"], released["releasedBy"]) == (False, key)
        again = await changed(own_served, "releaseAuditHold", holdId=hold["id"])
        assert again == released
        records = [each for each in await list_records(tmp_path) if each["event"].startswith("audit.")]
        assert [each["event"] for each in records] == ["audit.held", "audit.released", "audit.released"]
        assert {tuple(each["coordinates"]["returned"]) for each in records} == {
            ("AuditRetention", f"AuditRetention/{hold['id']}")
        }

    async def test_choice(self, own_served):
        """An agency chooses what becomes of its records; until it does, that is the installation's to say."""
        assert await look(own_served, "auditRetention") == {"removal": None}
        assert await changed(own_served, "chooseAuditRemoval", removal="DELETE") == {"removal": "DELETE"}
        assert await look(own_served, "auditRetention", "auditor") == {"removal": "DELETE"}

    async def test_agencies_are_apart(self, own_served, tmp_path):
        """No administrator sees or releases a hold of another agency, nor holds with a key of another's."""
        engine = create_engine(f"sqlite:///{tmp_path}/audit.db")
        theirs = await Log(None, None, engine, None).hold(HoldKind.PERSON, "1" * 32, agency_id=THEIRS)
        assert await look(own_served, "auditHolds") == []
        for name in (f"audithold_{theirs.id.hex}", "audithold_" + "2" * 32, "nonsense"):
            error = await refused(own_served, "releaseAuditHold", holdId=name)
            assert error["message"] == "There is no such legal hold."
        async with engine.connect() as connection:
            assert await list_holds(connection, THEIRS, 9, NOW) == [theirs]
        await engine.dispose()
        for prefix in (key_of("foreign chief").prefix, "unknown", "' OR 1=1"):
            body = await place(own_served, kind="KEY", target=prefix)
            assert body["errors"][0]["message"] == "The agency has no such key."

    @pytest.mark.parametrize(
        ("order", "message"),
        [
            ({"reason": "  "}, "The reason is blank or too long."),
            ({"reason": "r" * 501}, "The reason is blank or too long."),
            ({"endsAt": "2020-01-01T00:00:00Z"}, "It would be over already."),
            ({"endsAt": "2999-01-01T00:00:00"}, "A moment needs a time zone."),
            ({"target": "officer_" + "1" * 32}, "The target is not the id of what is held."),
            ({"target": None}, "The target is not the id of what is held."),
            (
                {"kind": "PERIOD", "recordsFrom": "2020-01-01T00:00:00Z", "recordsUntil": LATER},
                "A period names nothing else.",
            ),
            ({"kind": "PERIOD", "target": None, "recordsFrom": LATER}, "The period has no begin or no end."),
            ({"recordsFrom": LATER, "recordsUntil": LATER}, "The period ends before it begins."),
        ],
    )
    async def test_refused_in_words(self, served, order, message):
        """What makes no sense is refused, and says why."""
        error = (await place(served, **order))["errors"][0]
        assert (error["message"], error["extensions"]["code"]) == (message, "BAD_REQUEST")
        assert await look(served, "auditHolds") == []

    async def test_not_without_end(self, own_served, monkeypatch):
        """An agency has so many holds at a time, and no more."""
        monkeypatch.setattr("louver.resolvers.audit_holds.LIVE_MAX", 2)
        codes = [(await place(own_served)).get("errors", [{}])[0].get("extensions", {}).get("code") for _ in range(3)]
        assert codes == [None, None, "LIMIT_EXCEEDED"]


class TestCommands:
    @pytest.fixture
    def settings(self, own_url, tmp_path):
        """Settings over the world."""
        settings = Settings(database_url=own_url, audit_url=f"sqlite:///{tmp_path}/audit.db", var=tmp_path)
        asyncio.run(upgrade_stores(settings))
        return settings

    @pytest.fixture
    def engine_name(self):
        """SQLite alone: these are doors, and what is behind them is tried on both."""
        return "sqlite"

    @pytest.fixture
    def louver(self, settings):
        """Run a command with the key of a holder."""

        def run(*arguments, holder="agency_admin", code=0):
            environment = {
                "LOUVER_DATABASE_URL": settings.database_url,
                "LOUVER_AUDIT_URL": settings.audit_url,
                "LOUVER_VAR": str(settings.var),
                "LOUVER_KEY": key_of(holder).text,
            }
            with logging_restored():
                done = CliRunner(catch_exceptions=False).invoke(main, ["audit", *arguments], env=environment)
            assert done.exit_code == code, done.output
            return done

        return run

    @pytest.fixture
    def filled(self, settings, make_record):
        """Store two records of an agency, one of which is too old."""

        def fill(agency_id):
            async def work():
                store = await AuditStore.open(settings)
                moments = datetime.now(UTC) - timedelta(days=400), datetime.now(UTC)
                await Log(settings, store, None, make_record).fill(*moments, caller={"agency_id": agency_id})
                await store.close()

            asyncio.run(work())

        return fill

    def test_hold(self, louver, tmp_path):
        """A hold is placed, listed and released by command; who may not is refused."""
        order = ("hold", "add", "--person", PERSON, "--reason", "r", "--until", "2999-01-01")
        held = json.loads(louver(*order, "--json").stdout)
        assert (held["target"], held["ends_at"]) == (PERSON, LATER)
        assert held["id"] in louver("hold", "list", holder="legal").stdout
        louver("hold", "release", held["id"], holder="legal", code=2)
        assert "over" in louver("hold", "release", held["id"]).stdout
        louver(*order, "--key", "k", code=2)
        events = [each["event"] for each in asyncio.run(list_records(tmp_path))]
        assert events == ["audit.held", "access.query", "access.denied", "audit.released"]

    def test_retain(self, louver, filled, tmp_path):
        """By hand a run is tried, made and recorded, as the agency chose."""
        filled(identify("alder"))
        louver("removal", "delete")
        told = louver("retain", "--dry-run").stdout
        assert told.startswith("0 records would be anonymised and 1 deleted; 0 are held")
        assert json.loads(louver("retain", "--json").stdout)["deleted"] == 1
        louver("verify")
        records = asyncio.run(list_records(tmp_path))
        assert [each["event"] for each in records] == [
            "access.query",
            "policy.changed",
            "audit.retained",
            "audit.verified",
        ]

    def test_purge(self, louver, filled, tmp_path):
        """When an agency is purged no record names anybody of it; that it was purged is recorded."""
        gone = identify("dogwood")
        filled(gone)
        louver("purge", f"agency_{gone.hex}", code=1)
        louver("purge", f"agency_{identify('alder').hex}", "--yes", code=2)
        assert louver("purge", f"agency_{gone.hex}", "--yes").stdout.startswith("2 records were anonymised")
        louver("verify")
        *records, verified = asyncio.run(list_records(tmp_path))
        assert (show(records), records[-1]["details"]["agency"]) == (["erased", "erased", "whole"], str(gone))
        assert (verified["event"], verified["details"]["isWhole"]) == ("audit.verified", True)
