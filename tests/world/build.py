"""The test world: four agencies with all their records, as plain Python rows that tests compute answers from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from louver.db.base import Base
from louver.db.codes import IncidentStatus, Module, SubscriptionStatus, TrainingStatus
from louver.db.tables import (
    AgencyRow,
    CourseRow,
    OfficerRow,
    TrainingRow,
    UnitRow,
    UofIncidentRow,
    UofInvolvementRow,
    UofSubjectRow,
)
from tests.world.fill import NULL_EVERY, Row, fill

NAMESPACE = UUID("6f6e6c79-2066-6f72-2074-657374730a0a")
ROWS: dict[str, type[Base]] = {
    "Agency": AgencyRow,
    "Unit": UnitRow,
    "Officer": OfficerRow,
    "Course": CourseRow,
    "Training": TrainingRow,
    "UofIncident": UofIncidentRow,
    "UofInvolvement": UofInvolvementRow,
    "UofSubject": UofSubjectRow,
}
UNITS = {"command": None, "patrol": "command", "north": "patrol", "south": "patrol", "cid": "command", "fraud": "cid"}
"""A tree of three levels: unit and parent."""
BOTH = [Module.TRAINING, Module.UOF]

SERGEANT, PATROL_OFFICER, UNDERCOVER, CIVILIAN, HIDDEN_DETECTIVE = range(5)
"""The officers that tests speak of, by position."""
PLACES = {SERGEANT: "patrol", PATROL_OFFICER: "north", UNDERCOVER: "south", CIVILIAN: "north", HIDDEN_DETECTIVE: "cid"}
BADGES = (None, "7", "42", "317", "4711", "20458", "AB-9001")
SUMMARY = "He said his name was Whitcombe-4711, number 900-{:02}-{}"
"""A narrative, with a name and what looks like a social security number in it."""
GUARDED = ("first_name", "last_name", "work_email")
"""The columns that would give an undercover officer away."""
STATUSES = (
    IncidentStatus.CLOSED,
    IncidentStatus.CLOSED,
    IncidentStatus.OPEN,
    IncidentStatus.CLOSED,
    IncidentStatus.UNDER_REVIEW,
    IncidentStatus.CLOSED,
    IncidentStatus.CLOSED,
    IncidentStatus.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows an agency has."""

    officers: int
    courses: int
    trainings: int
    incidents: int


@dataclass(slots=True)
class World:
    """All rows by type, in the order in which they can be inserted."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in ROWS})
    _by_id: dict[str, dict[UUID, Row]] = field(default_factory=dict, repr=False)

    def find(self, type_name: str, row_id: UUID | None) -> Row | None:
        """Find a row by id."""
        if type_name not in self._by_id:
            self._by_id[type_name] = {row["id"]: row for row in self.rows[type_name]}
        return self._by_id[type_name].get(row_id) if row_id else None

    def of_agency(self, type_name: str, agency: str) -> list[Row]:
        """List an agency's rows."""
        agency_id = identify(agency)
        return [row for row in self.rows[type_name] if row["id" if type_name == "Agency" else "agency_id"] == agency_id]


def identify(*parts: Any) -> UUID:
    """Make the id of a row from its names: always the same, and never guessed from another's."""
    return uuid5(NAMESPACE, "/".join(map(str, parts)))


def build_world() -> World:
    """Build all agencies."""
    world = World()
    small = Size(officers=7, courses=3, trainings=9, incidents=5)
    _add_agency(world, "alder", 1, Size(officers=26, courses=7, trainings=61, incidents=33), modules=BOTH)
    _add_agency(world, "birch", 2, small, modules=BOTH)
    _add_agency(world, "cedar", 3, small, modules=[Module.TRAINING])
    _add_agency(
        world,
        "dogwood",
        4,
        small,
        modules=BOTH,
        status=SubscriptionStatus.CANCELLED,
        cancelled_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        purge_at=datetime(2026, 5, 30, 12, tzinfo=UTC),
    )
    return world


def _add_agency(world: World, name: str, position: int, size: Size, **given: Any) -> None:
    standing = {
        "status": SubscriptionStatus.ACTIVE,
        "cancelled_at": None,
        "purge_at": None,
        "small_cell_minimum": 5,
        "policy_overlay_version": 0,  # no lines of its own: any other version would have to be in the store
    }
    world.rows["Agency"].append(
        fill(
            AgencyRow.__table__,
            position,
            id=identify(name),
            ori=f"MN027{position:04}",
            state="MN",
            **(standing | given),
        )
    )
    tables = {
        "Unit": _units(name),
        "Officer": _officers(name, size),
        "Course": _courses(name, size),
        "Training": _trainings(name, size),
        "UofIncident": _incidents(name, size),
        "UofInvolvement": _involvements(name, size),
        "UofSubject": _subjects(name, size),
    }
    for type_name, rows in tables.items():
        world.rows[type_name] += [{**row, "agency_id": identify(name)} for row in rows]


def _units(agency: str) -> Iterator[Row]:
    commanders = {"patrol": SERGEANT, "cid": HIDDEN_DETECTIVE}
    for position, (unit, parent) in enumerate(UNITS.items()):
        yield fill(
            UnitRow.__table__,
            position,
            id=identify(agency, "unit", unit),
            name=unit,
            parent_id=parent and identify(agency, "unit", parent),
            commander_id=identify(agency, "officer", commanders[unit]) if unit in commanders else None,
        )


def _officers(agency: str, size: Size) -> Iterator[Row]:
    units = [*UNITS, None, "north", "north"]
    for position in range(size.officers):
        unit = PLACES.get(position, units[position % len(units)])
        badge = BADGES[position % len(BADGES)]
        is_undercover = position in (UNDERCOVER, HIDDEN_DETECTIVE)
        named = {name: f"{name}-of-hidden-{position}" for name in GUARDED} if is_undercover else {}
        row = fill(
            OfficerRow.__table__,
            position,
            id=identify(agency, "officer", position),
            unit_id=unit and identify(agency, "unit", unit),
            badge_number=badge and f"{badge}{position if len(badge) > 3 else ''}",
            is_undercover=is_undercover,
            is_sworn=position % 4 != CIVILIAN,
            pseudonym=f"ref-{agency}-{position}",
            **named,
        )
        yield row if row["badge_number"] or row["employee_id"] else row | {"employee_id": f"E{position}"}


def _courses(agency: str, size: Size) -> Iterator[Row]:
    for position in range(size.courses):
        yield fill(CourseRow.__table__, position, id=identify(agency, "course", position))


def _trainings(agency: str, size: Size) -> Iterator[Row]:
    statuses = list(TrainingStatus)
    for position in range(size.trainings):
        yield fill(
            TrainingRow.__table__,
            position,
            id=identify(agency, "training", position),
            officer_id=identify(agency, "officer", position % min(11, size.officers)),
            course_id=identify(agency, "course", position % size.courses) if position % 8 else None,
            status=statuses[position % 3 if position % 4 else position // 4 % len(statuses)],
        )


def _incidents(agency: str, size: Size) -> Iterator[Row]:
    for position in range(size.incidents):
        status = STATUSES[position % len(STATUSES)]
        # Open ones too: a date of publication alone is not enough.
        published_at = None if position % 2 else datetime(2026, 2, 1 + position % 27, 9, 30, tzinfo=UTC)
        yield fill(
            UofIncidentRow.__table__,
            position,
            id=identify(agency, "incident", position),
            number=f"U-{position:03}",
            status=status,
            published_at=published_at,
            summary=SUMMARY.format(position, 4000 + position) if position % NULL_EVERY else None,
        )


def _involvements(agency: str, size: Size) -> Iterator[Row]:
    for incident in range(size.incidents):
        officers: list[int | None] = [incident * 5 % size.officers, (incident * 3 + 1) % size.officers]
        if incident % 6 == 5:
            officers.append(None)
        for place, officer in enumerate(dict.fromkeys(officers)):
            yield fill(
                UofInvolvementRow.__table__,
                incident * 3 + place,
                id=identify(agency, "involvement", incident, place),
                incident_id=identify(agency, "incident", incident),
                officer_id=None if officer is None else identify(agency, "officer", officer),
            )


def _subjects(agency: str, size: Size) -> Iterator[Row]:
    for incident in range(size.incidents):
        for seq in range(1, 2 + incident % 3):
            yield fill(
                UofSubjectRow.__table__,
                incident * 2 + seq,
                id=identify(agency, "subject", incident, seq),
                incident_id=identify(agency, "incident", incident),
                seq=seq,
            )
