"""Rows of invented use-of-force incidents."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from louver.db.codes import ContactOrigin, ContactReason, ForceLevel, IncidentStatus, Lighting, LocationType, Weather
from louver.db.demo.draw import Draw, Row
from louver.db.demo.force import build_involvement, build_subject
from louver.db.demo.names import draw_street_address
from louver.db.demo.plans import AgencyPlan

DAYS = 4 * 365
_LEVELS = {ForceLevel.LEVEL_1: 70, ForceLevel.LEVEL_2: 22, ForceLevel.LEVEL_3: 6, ForceLevel.LEVEL_4: 2}
_PLACES = {
    LocationType.HIGHWAY_STREET: 42,
    LocationType.RESIDENCE: 28,
    LocationType.PARKING: 8,
    LocationType.CONVENIENCE_STORE: 5,
    LocationType.BAR_NIGHTCLUB: 4,
    LocationType.HOSPITAL: 4,
    LocationType.PARK_PLAYGROUND: 3,
    LocationType.SCHOOL: 2,
    LocationType.JAIL_PRISON: 2,
    LocationType.OTHER: 2,
}
_REASONS = {
    ContactReason.UNLAWFUL_ACTIVITY: 48,
    ContactReason.ASSISTANCE: 18,
    ContactReason.TRAFFIC_STOP: 13,
    ContactReason.WARRANT_SERVICE: 9,
    ContactReason.ROUTINE_PATROL: 6,
    ContactReason.PRISONER_TRANSPORT: 3,
    ContactReason.MASS_DEMONSTRATION: 1,
    ContactReason.OTHER: 2,
}
_ORIGINS = {ContactOrigin.DISPATCHED: 64, ContactOrigin.OFFICER_INITIATED: 24, ContactOrigin.CITIZEN_INITIATED: 8}
_CALLS = (
    "Assault",
    "Burglary",
    "Disturbance",
    "Suspicious person",
    "Theft",
    "Traffic",
    "Unwanted person",
    "Welfare check",
)
_OFFENSES = ("120", "13A", "13B", "220", "23C", "290", "35A", "520", "90C", "90D", "90J")
_WEATHERS = {
    Weather.CLEAR: 55,
    Weather.CLOUDY: 22,
    Weather.RAIN: 10,
    Weather.SNOW: 7,
    Weather.FOG: 2,
    Weather.INDOORS: 4,
}
_SUMMARIES = (
    "Subject did not comply with commands and was guided to the ground.",
    "Subject pulled away while being handcuffed. Second officer assisted.",
    "Subject ran, was caught after a short chase and resisted handcuffing.",
    "Subject advanced on officers with closed fists. Commands were repeated before force was used.",
    "Subject was a danger to self. Officers held the arms until medics arrived.",
)
_PUBLISHED_AFTER_DAYS = 120


class Incident(NamedTuple):
    """An incident with its parts."""

    row: Row
    involvements: list[Row]
    subjects: list[Row]


def build_incidents(plan: AgencyPlan, officers: list[Row], until: datetime) -> Iterator[Incident]:
    """Make the incidents, oldest first, each with one to three officers and one or two subjects."""
    draw = plan.draw("uof")
    sworn = [officer for officer in officers if officer["is_sworn"]]
    for number, occurred_at in enumerate(sorted(draw.moment(until, DAYS) for _ in range(plan.incidents)), start=1):
        serving = [officer for officer in sworn if _is_serving(officer, occurred_at.date())]
        row = _build_row(draw, plan, number, occurred_at, until)
        involved = draw.sample(serving, draw.pick({1: 45, 2: 40, 3: 15}))
        involvements = [build_involvement(draw, row, officer) for officer in involved]
        subjects = [build_subject(draw, row, seq) for seq in range(1, draw.pick({1: 90, 2: 10}) + 1)]
        _complete(draw, row, involvements, subjects, until)
        yield Incident(row, involvements, subjects)


def _is_serving(officer: Row, day: date) -> bool:
    left = officer["separation_date"]
    return bool(officer["hire_date"] <= day and (left is None or day <= left))


def _build_row(draw: Draw, plan: AgencyPlan, number: int, occurred_at: datetime, until: datetime) -> Row:
    reason = draw.pick(_REASONS)
    return {
        "agency_id": plan.id,
        "id": draw.uuid(),
        "number": f"UOF-{number:05d}",
        "occurred_at": occurred_at,
        "status": _draw_status(draw, (until - occurred_at).days),
        "level": draw.pick(_LEVELS),
        "local_case_no": draw.known(f"{occurred_at:%y}-{draw.randrange(1, 1_000_000):06d}", 0.1),
        "other_agency_oris": [f"{plan.state}ZZZ0000"] if draw.chance(0.06) else None,
        "contact_reason": draw.known(reason, 0.03),
        "contact_origin": draw.known(draw.pick(_ORIGINS), 0.06),
        "call_type": draw.known(draw.choice(_CALLS), 0.15),
        "offense_codes": draw.sample(_OFFENSES, draw.randrange(1, 3))
        if reason is ContactReason.UNLAWFUL_ACTIVITY
        else None,
        "arrest_made": draw.known(draw.chance(0.72), 0.03),
        "supervisor_present": draw.known(draw.chance(0.25), 0.05),
        "ambush": draw.chance(0.01),
        "officer_approached": draw.known(draw.chance(0.7), 0.08),
        "summary": draw.known(draw.choice(_SUMMARIES), 0.2),
        "video_available": draw.known(draw.chance(0.85), 0.05),
        "source_system": None,
        "source_key": None,
        **_build_place(draw, plan, occurred_at),
    }


def _draw_status(draw: Draw, age_days: int) -> IncidentStatus:
    if age_days < 30:  # noqa: PLR2004  # a month to open the review
        return draw.pick({IncidentStatus.OPEN: 6, IncidentStatus.UNDER_REVIEW: 4})
    if age_days < 90:  # noqa: PLR2004  # three months to finish it
        return draw.pick({IncidentStatus.UNDER_REVIEW: 1, IncidentStatus.CLOSED: 1})
    return draw.pick({IncidentStatus.CLOSED: 94, IncidentStatus.UNDER_REVIEW: 6})


def _build_place(draw: Draw, plan: AgencyPlan, occurred_at: datetime) -> Row:
    latitude, longitude = (round(centre + draw.uniform(-0.06, 0.06), 5) for centre in plan.centre)
    is_mapped = draw.chance(0.88)
    is_day = 13 <= occurred_at.hour <= 23  # noqa: PLR2004  # daylight in North America, in UTC
    return {
        "location_type": draw.known(draw.pick(_PLACES), 0.02),
        "address": draw.known(draw_street_address(draw), 0.05),
        "latitude": latitude if is_mapped else None,
        "longitude": longitude if is_mapped else None,
        "beat": draw.known(f"{draw.choice('HMNO')}{draw.randrange(1, 7)}", 0.07),
        "lighting": draw.known(
            Lighting.DAYLIGHT if is_day else draw.pick({Lighting.DARK_LIT: 6, Lighting.DARK_UNLIT: 3}), 0.1
        ),
        "weather": draw.known(draw.pick(_WEATHERS), 0.1),
    }


def _complete(draw: Draw, row: Row, involvements: list[Row], subjects: list[Row], until: datetime) -> None:
    """Set what follows from the parts: who used force in all, whether it is reported, whether it is published."""
    is_reportable = any(part["firearm_discharged"] for part in involvements) or any(part["died"] for part in subjects)
    submitted_at = row["occurred_at"] + timedelta(days=21)
    published_at = row["occurred_at"] + timedelta(days=_PUBLISHED_AFTER_DAYS)
    is_published = row["status"] is IncidentStatus.CLOSED and published_at < until and draw.chance(0.6)
    row |= {
        "officers_total": len(involvements) + draw.pick({0: 92, 1: 8}),
        "fbi_reportable": is_reportable,
        "submitted_at": submitted_at if is_reportable and submitted_at < until else None,
        "published_at": published_at if is_published else None,
    }
