"""Rows of invented officers and staff."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from louver.db.codes import EmploymentStatus, LicenseStatus, RaceEthnicity, Sex
from louver.db.demo.draw import Draw, Row
from louver.db.demo.names import draw_family_name, draw_given_name
from louver.db.demo.plans import AgencyPlan, Staff, UnitPlan

_RANKS: Mapping[Staff, Mapping[str, int]] = {
    Staff.COMMAND: {"Lieutenant": 2, "Sergeant": 1},
    Staff.PATROL: {"Officer": 74, "Corporal": 14, "Sergeant": 12},
    Staff.DETECTIVES: {"Detective": 84, "Sergeant": 16},
    Staff.UNDERCOVER: {"Detective": 88, "Sergeant": 12},
    Staff.SCHOOLS: {"Officer": 90, "Corporal": 10},
    Staff.CIVILIANS: {"Specialist": 80, "Senior Specialist": 20},
}
_ASSIGNMENTS: Mapping[Staff, Mapping[str | None, int]] = {
    Staff.COMMAND: {None: 6, "Public information": 1, "Grants": 1},
    Staff.PATROL: {None: 70, "Field training officer": 12, "Crisis team": 8, "Bicycle patrol": 5, "Recruit": 5},
    Staff.DETECTIVES: {None: 60, "Digital evidence": 15, "Financial crimes": 15, "Cold cases": 10},
    Staff.UNDERCOVER: {None: 50, "Task force": 50},
    Staff.SCHOOLS: {"School resource officer": 100},
    Staff.CIVILIANS: {None: 85, "Records requests": 15},
}
_RACES = {
    RaceEthnicity.WHITE: 58,
    RaceEthnicity.BLACK: 13,
    RaceEthnicity.HISPANIC: 15,
    RaceEthnicity.ASIAN: 6,
    RaceEthnicity.AMERICAN_INDIAN: 2,
    RaceEthnicity.PACIFIC_ISLANDER: 1,
    RaceEthnicity.TWO_OR_MORE: 3,
    RaceEthnicity.UNKNOWN: 2,
}
_LICENSES = {LicenseStatus.ACTIVE: 95, LicenseStatus.INACTIVE: 2, LicenseStatus.EXPIRED: 2, LicenseStatus.SUSPENDED: 1}
_SERVING = {
    EmploymentStatus.ACTIVE: 92,
    EmploymentStatus.LEAVE: 4,
    EmploymentStatus.RESERVE: 4,
}
_LEFT = {EmploymentStatus.RETIRED: 5, EmploymentStatus.RESIGNED: 4, EmploymentStatus.SEPARATED: 1}
_PROBATION_DAYS = 365


def build_officers(plan: AgencyPlan, units: list[Row], today: date) -> list[Row]:
    """Make the officers, unit by unit, and set the first of each unit as its commander."""
    draw = plan.draw("officers")
    badges = iter(draw.sample(range(1000, 9999), plan.officers))
    officers: list[Row] = []
    for (unit, _), row, size in zip(plan.units.walk(), units, _sizes(plan), strict=True):
        members = [_build_officer(draw, plan, unit, next(badges), today) for _ in range(size)]
        for member in members:
            member["unit_id"] = row["id"]
        _appoint(members[0], unit)
        row["commander_id"] = members[0]["id"]
        officers += members
    return officers


def _sizes(plan: AgencyPlan) -> Iterator[int]:
    """Share the staff out among the units by weight, with no one left over and no unit empty."""
    weights = [unit.weight for unit, _ in plan.units.walk()]
    seats = plan.officers - len(weights)
    shared = 0
    for index, weight in enumerate(weights):
        below = sum(weights[index:])
        size = round((seats - shared) * weight / below)
        shared += size
        yield size + 1


def _appoint(officer: Row, unit: UnitPlan) -> None:
    officer |= {
        "rank": unit.led_by,
        "title": unit.led_by,
        "assignment": None,
        "separation_date": None,
        "employment_status": EmploymentStatus.ACTIVE,
        "is_undercover": False,
    }


def _build_officer(draw: Draw, plan: AgencyPlan, unit: UnitPlan, badge: int, today: date) -> Row:
    first_name, last_name = draw_given_name(draw), draw_family_name(draw)
    is_sworn = unit.staff is not Staff.CIVILIANS
    rank = draw.pick(_RANKS[unit.staff])
    return {
        "agency_id": plan.id,
        "id": draw.uuid(),
        "badge_number": str(badge) if is_sworn else None,
        "employee_id": draw.known(f"E{badge:05d}", 0.07 if is_sworn else 0),
        "first_name": first_name,
        "last_name": last_name,
        "title": _title(rank, unit),
        "rank": draw.known(rank, 0.02),
        "training_profile": draw.known(str(unit.staff), 0.03),
        "assignment": draw.pick(_ASSIGNMENTS[unit.staff]),
        "work_email": draw.known(f"{first_name}.{last_name}.{badge}@{plan.domain}".lower(), 0.04),
        "work_phone": draw.known(f"+1 {plan.area_code} 555 {draw.randrange(100, 200):04d} x{badge}", 0.15),
        "race_ethnicity": draw.known(draw.pick(_RACES), 0.03),
        "sex": draw.known(draw.pick({Sex.MALE: 83, Sex.FEMALE: 16, Sex.NON_BINARY: 1}), 0.01),
        "is_undercover": unit.staff is Staff.UNDERCOVER and draw.chance(0.4),
        "is_sworn": is_sworn,
        "pseudonym": f"{draw.getrandbits(64):016x}",
        "source_system": None,
        "source_key": None,
        **_build_license(draw, plan, today, is_sworn=is_sworn),
        **_build_service(draw, today),
    }


def _title(rank: str, unit: UnitPlan) -> str:
    if unit.staff is Staff.CIVILIANS:
        return f"{unit.name} {rank}"
    return f"Police {rank}" if rank in ("Officer", "Corporal") else rank


def _build_license(draw: Draw, plan: AgencyPlan, today: date, *, is_sworn: bool) -> Row:
    number, days_left = draw.randrange(10_000, 99_999), draw.randrange(10, 1095)
    if not is_sworn:
        status, expires_on = LicenseStatus.NOT_REQUIRED, None
    else:
        status = draw.pick(_LICENSES)
        expires_on = today + timedelta(days=-days_left if status is LicenseStatus.EXPIRED else days_left)
    return {
        "post_license_no": f"{plan.state}{number}" if is_sworn else None,
        "license_status": status,
        "license_expires_on": expires_on,
    }


def _build_service(draw: Draw, today: date) -> Row:
    served = int(30 + 9_500 * draw.random() ** 1.6)
    hired = today - timedelta(days=served)
    left, status = None, draw.pick(_SERVING)
    if served < _PROBATION_DAYS:
        status = EmploymentStatus.PROBATIONARY
    elif draw.chance(0.04):
        left = today - timedelta(days=draw.randrange(5, 300))
        status = draw.pick(_LEFT)
    return {"hire_date": hired, "separation_date": left, "employment_status": status}
