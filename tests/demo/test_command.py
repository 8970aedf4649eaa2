"""`louver demo`: made once, the same after that, and every key works in its own database."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, update

from louver.authz.keys import matches, parse_key
from louver.cli.demo import ROLES
from louver.db import demo
from louver.db.tables import AgencyRow, ApiKeyRow, SupportGrantRow, TrainingRow

OTHER = {"name": "Fallowmere Police", "ori": "ZZ0000001", "state": "ZZ", "timezone": "UTC", "modules": []}


class TestSecondRun:
    def test_changes_nothing(self, demo_site):
        """A second run leaves every row and the file as they were, and gives the same keys."""
        rows, text = demo_site.read(), demo_site.file.read_text()
        answer = demo_site.run()
        assert answer["outcome"] == "unchanged"
        assert (demo_site.read(), demo_site.file.read_text()) == (rows, text)
        assert answer["agencies"] == json.loads(text)["agencies"]

    def test_reset_makes_the_same_rows(self, own_site):
        """A reset brings lost rows back, and leaves another agency alone."""
        trainings = own_site.read("trainings")["trainings"]
        own_site.within(lambda connection: connection.execute(delete(TrainingRow)))
        own_site.within(lambda connection: connection.execute(insert(AgencyRow).values(**OTHER)))
        assert own_site.run("--reset")["outcome"] == "made"
        rows = own_site.read("agencies", "trainings")
        assert [row["id"] for row in rows["trainings"]] == [row["id"] for row in trainings]
        assert OTHER["name"] in [row["name"] for row in rows["agencies"]]


class TestOwnAgencies:
    def test_demo_stays_out(self, sqlite_site):
        """Nothing invented goes into a database that holds somebody's own agencies."""
        sqlite_site.within(lambda connection: connection.execute(insert(AgencyRow).values(**OTHER)))
        assert sqlite_site.run()["outcome"].startswith("left out")
        assert [row["name"] for row in sqlite_site.read("agencies")["agencies"]] == [OTHER["name"]]
        assert not sqlite_site.file.exists()


class TestKeys:
    def test_one_per_role_and_agency(self, demo_site):
        """Each agency has a working key for each role: for a year, with a purpose, of a person with that role."""
        rows, agencies = demo_site.read("api_keys", "memberships"), json.loads(demo_site.file.read_text())["agencies"]
        stored = {row["prefix"]: row for row in rows["api_keys"]}
        roles = {(row["agency_id"], row["person_id"]): row["roles"] for row in rows["memberships"]}
        assert len(stored) == len(ROLES) * len(demo.PLANS)
        for agency in agencies:
            assert tuple(agency["keys"]) == ROLES
            for role, text in agency["keys"].items():
                presented = parse_key(text)
                row = stored[presented.prefix]
                assert matches(presented, row["secret_hash"])
                assert (f"agency_{row['agency_id'].hex}", row["role"]) == (agency["id"], role)
                assert roles[row["agency_id"], row["person_id"]] == [role]
                assert row["expires_at"] - row["created_at"] == timedelta(days=365)
                assert row["purpose"]

    def test_file_is_the_owners(self, demo_site):
        """Nobody but the owner may read the file of keys."""
        assert demo_site.file.stat().st_mode & 0o777 == 0o600

    def test_shown_whole(self, demo_site):
        """The table has the main agency's keys, unbroken on a narrow terminal, and says where the others are."""
        output, (main, *_) = demo_site.show(), json.loads(demo_site.file.read_text())["agencies"]
        assert all(key in output for key in main["keys"].values())
        assert str(demo_site.file) in output

    @pytest.mark.parametrize("loss", ["no file", "not JSON", "another database's file", "expired", "revoked"])
    def test_lost_keys_are_replaced(self, own_site, loss):
        """When a key of the file does not work here, every role gets a new one and the old ones are gone."""
        old = json.loads(own_site.file.read_text())["agencies"]
        lose(own_site, loss)
        answer = own_site.run()
        prefixes = {parse_key(key).prefix for agency in answer["agencies"] for key in agency["keys"].values()}
        assert answer["outcome"] == "keys renewed"
        assert {row["prefix"] for row in own_site.read("api_keys")["api_keys"]} == prefixes
        assert prefixes.isdisjoint(parse_key(key).prefix for agency in old for key in agency["keys"].values())


def lose(site, loss):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    if loss == "no file":
        site.file.unlink()
    elif loss == "not JSON":
        site.file.write_text("{")
    elif loss == "another database's file":
        site.within(lambda connection: connection.execute(update(ApiKeyRow).values(prefix=ApiKeyRow.prefix + "x")))
    else:
        column = {"expired": "expires_at", "revoked": "revoked_at"}[loss]
        site.within(lambda connection: connection.execute(update(ApiKeyRow).values(**{column: yesterday})))


class TestSupportGrant:
    def test_lasts_two_weeks(self, demo_site):
        """Each agency has granted support two weeks, for use of force only where it has the module."""
        grants = demo_site.read("support_grants")["support_grants"]
        assert {row["ends_at"] - row["starts_at"] for row in grants} == {timedelta(days=14)}
        assert {row["agency_id"]: row["includes_uof"] for row in grants} == {
            plan.id: plan.incidents > 0 for plan in demo.PLANS
        }

    def test_renewed_when_over(self, own_site):
        """A run after the grant's end makes a new one; the keys stay."""
        past = datetime.now(UTC) - timedelta(minutes=1)
        own_site.within(lambda connection: connection.execute(update(SupportGrantRow).values(ends_at=past)))
        assert own_site.run()["outcome"] == "unchanged"
        assert sum(row["ends_at"] > past for row in own_site.read("support_grants")["support_grants"]) == len(
            demo.PLANS
        )

    def test_revoked_stays_revoked(self, own_site):
        """A grant that the agency took back is not given again by the next run."""
        now = datetime.now(UTC)
        own_site.within(lambda connection: connection.execute(update(SupportGrantRow).values(revoked_at=now)))
        own_site.run()
        assert [row["revoked_at"] is None for row in own_site.read("support_grants")["support_grants"]] == [
            False
        ] * len(demo.PLANS)


def test_supervisors_reach_units_below(demo_site):
    """The closure pairs the supervisor's unit with the officer's unit."""
    rows = demo_site.read("api_keys", "officers", "unit_closure")
    pairs = {(row["ancestor_id"], row["unit_id"]) for row in rows["unit_closure"]}
    units = {row["id"]: row["unit_id"] for row in rows["officers"]}
    for plan in demo.PLANS:
        keys = {row["role"]: row for row in rows["api_keys"] if row["agency_id"] == plan.id}
        assert (keys["supervisor"]["unit_id"], units[keys["officer"]["officer_id"]]) in pairs
