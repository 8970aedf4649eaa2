"""The demo agencies: how large they are, what they hold, and that they are always the same."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from louver.authz import Role
from louver.cli.demo import ROLES
from louver.db import demo
from louver.db.codes import IncidentStatus, Module, SubscriptionStatus
from louver.db.demo.build import build_rows

NOW = datetime(2026, 3, 9, 16, 5, 44, tzinfo=UTC)
LARGE, MIDDLE, SMALL = demo.PLANS
MADE_FROM_TIME = {"import_batch", "local_case_no"}


@cache
def build(plan, now=NOW):
    return {table.__tablename__: rows for table, rows in build_rows(plan, ROLES, now).batches()}


@pytest.fixture(scope="module")
def large():
    return build(LARGE)


def keep_untimed(rows):
    return [
        {name: value for name, value in row.items() if name not in MADE_FROM_TIME and not isinstance(value, date)}
        for row in rows
    ]


class TestSameness:
    def test_same_day_gives_the_same_rows(self):
        """Two builds at one moment are equal in every value."""
        assert build.__wrapped__(SMALL) == build(SMALL)

    def test_another_day_moves_dates_only(self):
        """A build on another day, at another hour, has the same rows but for dates and what is written from them."""
        later = build(SMALL, NOW + timedelta(days=401, hours=7))
        assert {name: keep_untimed(rows) for name, rows in later.items()} == {
            name: keep_untimed(rows) for name, rows in build(SMALL).items()
        }

    def test_engines_hold_equal_rows(self, sqlite_site, postgres_site):
        """SQLite and PostgreSQL give back the same rows for the same build."""
        assert load(sqlite_site) == load(postgres_site)


def load(site):
    async def add(connection):
        for plan in demo.PLANS:
            await demo.add_agency(connection, plan, ROLES, NOW)

    site.within(add)
    return site.read()


class TestSize:
    def test_officers(self):
        """The agencies have 900, 180 and 40 officers, and a training history that a laptop loads in seconds."""
        built = [build(plan) for plan in demo.PLANS]
        assert [len(rows["officers"]) for rows in built] == [900, 180, 40]
        assert 35_000 < sum(len(rows["trainings"]) for rows in built) < 45_000

    def test_incidents_follow_the_module(self):
        """Only agencies with the module have incidents: 600, none, 28."""
        assert [len(build(plan)["uof_incidents"]) for plan in demo.PLANS] == [600, 0, 28]
        assert [Module.UOF in plan.modules for plan in demo.PLANS] == [True, False, True]

    def test_trainings_per_officer_and_year(self, large):
        """A sworn officer who served all four years has 10 to 14 trainings a year on average."""
        begin = NOW.date() - timedelta(days=4 * 365)
        veterans = {
            row["id"]
            for row in large["officers"]
            if row["is_sworn"] and row["hire_date"] < begin and row["separation_date"] is None
        }
        count = sum(row["officer_id"] in veterans for row in large["trainings"])
        assert 10 <= count / len(veterans) / 4 <= 14


class TestContent:
    def test_cancelled_agency(self):
        """The small agency was cancelled 30 days ago, is purged 90 days after that, and has no later record."""
        rows = build(SMALL)
        agency = rows["agencies"][0]
        assert agency["status"] is SubscriptionStatus.CANCELLED
        assert agency["cancelled_at"] == NOW - timedelta(days=30)
        assert agency["purge_at"] == agency["cancelled_at"] + timedelta(days=90)
        assert max(row["completed_on"] for row in rows["trainings"] if row["completed_on"]) <= (
            agency["cancelled_at"].date()
        )
        assert max(row["occurred_at"] for row in rows["uof_incidents"]) < agency["cancelled_at"]

    def test_every_column_is_filled(self, large):
        """Every column holds a value somewhere, but for the keys of an import and the contract's end."""
        unfilled = {
            f"{table}.{column}"
            for table, rows in large.items()
            for column in rows[0]
            if all(row[column] is None for row in rows) and not column.startswith("source_")
        }
        assert unfilled == {"agencies.cancelled_at", "agencies.purge_at"}

    def test_real_gaps(self, large):
        """Values that are missing in real files are missing here: ranks, ages, places, links to an officer."""
        for table, column in (
            ("uof_involvements", "officer_id"),
            ("uof_involvements", "officer_rank"),
            ("uof_subjects", "age_exact"),
            ("uof_incidents", "latitude"),
            ("trainings", "course_id"),
            ("officers", "race_ethnicity"),
        ):
            assert any(row[column] is None for row in large[table]), column

    def test_parts_of_an_incident(self, large):
        """Every incident has one to three officers and one or two subjects, and counts at least its officers."""
        involved = Counter(row["incident_id"] for row in large["uof_involvements"])
        subjects = Counter(row["incident_id"] for row in large["uof_subjects"])
        ids = {row["id"] for row in large["uof_incidents"]}
        assert set(involved) == set(subjects) == ids
        assert (set(involved.values()), set(subjects.values())) == ({1, 2, 3}, {1, 2})
        assert all(row["officers_total"] >= involved[row["id"]] for row in large["uof_incidents"])

    def test_published_incidents_are_closed(self, large):
        """Some incidents are published, all of those are closed, and not all closed ones are published."""
        published = [row for row in large["uof_incidents"] if row["published_at"]]
        closed = [row for row in large["uof_incidents"] if row["status"] is IncidentStatus.CLOSED]
        assert 0 < len(published) < len(closed)
        assert all(row["status"] is IncidentStatus.CLOSED for row in published)

    def test_undercover_officers(self, large):
        """A few officers are undercover, and some of them used force."""
        undercover = {row["id"] for row in large["officers"] if row["is_undercover"]}
        assert 3 <= len(undercover) <= 20
        assert undercover & {row["officer_id"] for row in large["uof_involvements"]}

    def test_nobody_is_real(self, large):
        """Addresses are of `.example` domains and telephone numbers of the block kept for fiction."""
        for row in large["officers"]:
            assert (row["work_email"] or "@larkspurfalls.example").endswith("@larkspurfalls.example")
            assert (row["work_phone"] or " 555 01").startswith("+1 218 555 01") or row["work_phone"] is None


class TestStandings:
    @pytest.mark.parametrize("plan", demo.PLANS, ids=lambda plan: plan.state)
    def test_supervisor_has_units_below(self, plan):
        """The supervisor leads a unit that has units below."""
        rows, supervisor = build(plan), membership(plan, Role.SUPERVISOR)
        unit = next(row for row in rows["units"] if row["id"] == supervisor["unit_id"])
        assert unit["commander_id"] == supervisor["officer_id"]
        assert any(row["parent_id"] == unit["id"] for row in rows["units"])

    @pytest.mark.parametrize("plan", demo.PLANS, ids=lambda plan: plan.state)
    def test_officer_has_records(self, plan):
        """The officer has trainings, serves below the supervisor and, where there are incidents, used force."""
        rows, own_id = build(plan), membership(plan, Role.OFFICER)["officer_id"]
        officer = next(row for row in rows["officers"] if row["id"] == own_id)
        unit = next(row for row in rows["units"] if row["id"] == officer["unit_id"])
        assert unit["parent_id"] == membership(plan, Role.SUPERVISOR)["unit_id"]
        assert any(row["officer_id"] == own_id for row in rows["trainings"])
        assert any(row["officer_id"] == own_id for row in rows["uof_involvements"]) == bool(plan.incidents)

    def test_supervisor_used_force(self, large):
        """The main agency's supervisor is involved in an incident, which the role must then not reach."""
        own_id = membership(LARGE, Role.SUPERVISOR)["officer_id"]
        assert any(row["officer_id"] == own_id for row in large["uof_involvements"])


def membership(plan, role):
    return next(row for row in build(plan)["memberships"] if row["roles"] == [role])
