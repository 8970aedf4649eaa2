"""An invented agency, all rows of it, in the order in which they are inserted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from louver.db.base import Base
from louver.db.demo.access import Standing, build_access
from louver.db.demo.agencies import build_agency, build_units
from louver.db.demo.draw import Row
from louver.db.demo.officers import build_officers
from louver.db.demo.plans import AgencyPlan
from louver.db.demo.trainings import build_courses, build_trainings
from louver.db.demo.uof import build_incidents
from louver.db.tables import (
    AgencyRow,
    CourseRow,
    MembershipRow,
    OfficerRow,
    PersonRow,
    TrainingRow,
    UnitRow,
    UofIncidentRow,
    UofInvolvementRow,
    UofSubjectRow,
)


@dataclass(slots=True)
class AgencyRows:
    """What is inserted, table by table."""

    agency: Row
    units: list[Row]
    officers: list[Row]
    courses: list[Row]
    trainings: list[Row]
    incidents: list[Row] = field(default_factory=list)
    involvements: list[Row] = field(default_factory=list)
    subjects: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)

    def batches(self) -> Iterator[tuple[type[Base], list[Row]]]:
        """List tables and rows; what is pointed at comes before what points."""
        yield AgencyRow, [self.agency]
        yield UnitRow, self.units
        yield OfficerRow, self.officers
        yield CourseRow, self.courses
        yield TrainingRow, self.trainings
        yield UofIncidentRow, self.incidents
        yield UofInvolvementRow, self.involvements
        yield UofSubjectRow, self.subjects
        yield PersonRow, self.people
        yield MembershipRow, self.memberships


def build_rows(plan: AgencyPlan, roles: tuple[str, ...], now: datetime) -> AgencyRows:
    """Make every row of an agency but its keys and grants, which are made anew when they end."""
    until = plan.recorded_until(now)
    units = build_units(plan)
    officers = build_officers(plan, units, until.date())
    courses = build_courses(plan, until.date())
    trainings = list(build_trainings(plan, courses, officers, until.date()))
    rows = AgencyRows(build_agency(plan, now), units, officers, courses, trainings)
    for incident in build_incidents(plan, officers, until):
        rows.incidents.append(incident.row)
        rows.involvements += incident.involvements
        rows.subjects += incident.subjects
    rows.people, rows.memberships = build_access(plan, roles, _choose_standings(plan, rows), until)
    return rows


def _choose_standings(plan: AgencyPlan, rows: AgencyRows) -> dict[str, Standing]:
    """Choose whom chief, supervisor and officer stand for: people with something to see."""
    involved = Counter(row["officer_id"] for row in rows.involvements)
    supervised = _choose_unit(plan, rows, involved)
    return {
        "chief": Standing(rows.officers[0]),
        "supervisor": Standing(_find(rows.officers, supervised["commander_id"]), supervised["id"]),
        "officer": Standing(_choose_officer(rows, involved, {supervised["id"]})),
    }


def _choose_unit(plan: AgencyPlan, rows: AgencyRows, involved: Counter[UUID | None]) -> Row:
    """Choose the lowest kind of unit with units below; if there is one, one whose commander has used force."""
    leads = [
        row
        for (unit, _), row in zip(plan.units.walk(), rows.units, strict=True)
        if unit.below and not any(lower.below for lower in unit.below)
    ]
    return max(leads, key=lambda row: bool(involved[row["commander_id"]]))


def _choose_officer(rows: AgencyRows, involved: Counter[UUID | None], supervised: set[UUID]) -> Row:
    """Choose an officer below the supervisor, still serving, who has used force and been trained most."""
    below = {row["id"] for row in rows.units if row["parent_id"] in supervised}
    trained = Counter(row["officer_id"] for row in rows.trainings)
    serving = [row for row in rows.officers if row["unit_id"] in below and row["separation_date"] is None]
    return max(serving, key=lambda row: (involved[row["id"]], trained[row["id"]]))


def _find(rows: list[Row], row_id: UUID) -> Row:
    return next(row for row in rows if row["id"] == row_id)
