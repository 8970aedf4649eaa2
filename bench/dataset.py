"""The synthetic records: ten agencies, drawn from one seed, so that every run reads the same rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

AGENCIES = 10
OFFICERS = 4_000
OFFICERS_OF_FIRST = 1_200
COURSES = 400
TRAININGS = 80_000
INCIDENTS = 4_000

_FIRST = ("Ada", "Boyd", "Cleo", "Dane", "Edith", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Lorenz")
_LAST = ("Ashdown", "Birchall", "Calloway", "Dunmore", "Eastlake", "Farrow", "Greyson", "Hollis", "Inwood", "Jessop")
_RANKS = ("Officer", "Officer", "Officer", "Corporal", "Sergeant", "Lieutenant", "Captain")
_STATES = ("ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "PROBATIONARY", "LEAVE", "RETIRED")
_RESULTS = ("PASSED", "PASSED", "COMPLETED", "COMPLETED", "INSTRUCTED", "FAILED", "INCOMPLETE")
_TOPICS = ("De-escalation", "Firearms", "First aid", "Emergency driving", "Report writing", "Law update")
_FIRST_DAY = date(2016, 1, 1)
_DAYS = 3_500


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one table, ready for COPY."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Dataset:
    """All rows. `agencies` and `officers` tell the ids; the first agency is the one that is asked about."""

    def __init__(self, seed: int = 20_260_301) -> None:
        self._random = Random(seed)
        self.agencies = [self._uuid() for _ in range(AGENCIES)]
        self.officers = {agency: [self._uuid() for _ in range(size)] for agency, size in self._sizes()}
        self._courses = {agency: [self._uuid() for _ in range(COURSES // AGENCIES)] for agency in self.agencies}
        self._units = {agency: [self._uuid() for _ in range(8)] for agency in self.agencies}
        self._incidents = {agency: [self._uuid() for _ in range(INCIDENTS // AGENCIES)] for agency in self.agencies}

    def batches(self) -> Iterator[Batch]:
        """Every table's rows, referred ones first."""
        yield self._agency_rows()
        yield self._unit_rows()
        yield self._closure_rows()
        yield self._officer_rows()
        yield self._course_rows()
        yield self._training_rows()
        yield self._incident_rows()
        yield self._involvement_rows()

    def _sizes(self) -> Iterator[tuple[UUID, int]]:
        share, rest = divmod(OFFICERS - OFFICERS_OF_FIRST, AGENCIES - 1)
        for index, agency in enumerate(self.agencies):
            yield agency, OFFICERS_OF_FIRST if index == 0 else share + (index <= rest)

    def _agency_rows(self) -> Batch:
        names = ("id", "name", "ori", "state", "timezone", "modules", "status", "small_cell_minimum")
        rows = [
            (agency, f"Bench {number}", f"ZZ{number:07}", "ZZ", "UTC", ["TRAINING", "UOF"], "ACTIVE", 5)
            for number, agency in enumerate(self.agencies)
        ]
        return Batch("agencies", (*names, "policy_overlay_version"), [(*row, 0) for row in rows])

    def _unit_rows(self) -> Batch:
        rows = [
            (agency, unit, f"Unit {number}")
            for agency, units in self._units.items()
            for number, unit in enumerate(units)
        ]
        return Batch("units", ("agency_id", "id", "name"), rows)

    def _closure_rows(self) -> Batch:
        rows = [(agency, unit, unit) for agency, units in self._units.items() for unit in units]
        return Batch("unit_closure", ("agency_id", "ancestor_id", "unit_id"), rows)

    def _officer_rows(self) -> Batch:
        columns = (
            "agency_id id badge_number employee_id first_name last_name title rank unit_id hire_date"
            " employment_status work_email work_phone race_ethnicity sex is_undercover is_sworn pseudonym"
        )
        rows = [
            self._officer(agency, officer, number)
            for agency, officers in self.officers.items()
            for number, officer in enumerate(officers)
        ]
        return Batch("officers", tuple(columns.split()), rows)

    def _officer(self, agency: UUID, officer: UUID, number: int) -> tuple[Any, ...]:
        pick = self._random.choice
        first, last, rank = pick(_FIRST), pick(_LAST), pick(_RANKS)
        return (
            *(agency, officer, f"B{number:05}", f"E-{number:06}", first, last),
            *(f"Patrol {rank}", rank, pick(self._units[agency]), self._day(), pick(_STATES)),
            *(f"{first}.{last}.{number}@bench.example".lower(), f"555-01{number % 100:02}", pick("WBHA"), pick("MF")),
            *(False, True, f"{self._random.getrandbits(64):016x}"),
        )

    def _course_rows(self) -> Batch:
        columns = ("agency_id", "id", "code", "title", "category", "hours_hundredths", "sponsor")
        rows = [
            (agency, course, f"C-{number:03}", f"{self._random.choice(_TOPICS)} {number}", "UNKNOWN", 800, "Academy")
            for agency, courses in self._courses.items()
            for number, course in enumerate(courses)
        ]
        return Batch("courses", columns, rows)

    def _training_rows(self) -> Batch:
        columns = (
            "agency_id id officer_id course_id completed_on hours_hundredths status score passed instructor"
            " provider location certificate_number"
        )
        rows = [
            self._training(agency, officer)
            for agency, officers in self.officers.items()
            for officer in officers
            for _ in range(TRAININGS // OFFICERS)
        ]
        return Batch("trainings", tuple(columns.split()), rows)

    def _training(self, agency: UUID, officer: UUID) -> tuple[Any, ...]:
        draw = self._random
        status, score = draw.choice(_RESULTS), draw.randrange(400, 1_000) / 10
        return (
            *(agency, self._uuid(), officer, draw.choice(self._courses[agency]), self._day()),
            *(draw.randrange(100, 4_000, 25), status, score, score >= 70, draw.choice(_LAST)),
            *("State academy", "Range 2", f"CERT-{draw.randrange(10**8):08}"),
        )

    def _incident_rows(self) -> Batch:
        columns = ("agency_id", "id", "number", "occurred_at", "status", "level", "beat", "summary")
        rows = [
            (agency, incident, f"U-{number:05}", self._moment(), "CLOSED", "LEVEL_2", f"{number % 30}", "Made up.")
            for agency, incidents in self._incidents.items()
            for number, incident in enumerate(incidents)
        ]
        return Batch("uof_incidents", columns, rows)

    def _involvement_rows(self) -> Batch:
        columns = ("agency_id", "id", "incident_id", "officer_id", "officer_age", "force_types", "on_duty")
        rows = [
            (agency, self._uuid(), incident, self._random.choice(self.officers[agency]), 34, ["01"], True)
            for agency, incidents in self._incidents.items()
            for incident in incidents
            for _ in range(2)
        ]
        return Batch("uof_involvements", columns, rows)

    def _uuid(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _day(self) -> date:
        return _FIRST_DAY + timedelta(days=self._random.randrange(_DAYS))

    def _moment(self) -> datetime:
        return datetime(2016, 1, 1, tzinfo=UTC) + timedelta(minutes=self._random.randrange(_DAYS * 1_440))
