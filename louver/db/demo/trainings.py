"""Rows of an invented agency's courses and four years of training records."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from louver.db.codes import CourseCategory, TrainingStatus
from louver.db.demo.catalogue import COURSES, CoursePlan
from louver.db.demo.draw import Draw, Row
from louver.db.demo.names import draw_full_name
from louver.db.demo.plans import AgencyPlan

YEARS = 4
_DAYS_PER_YEAR = 365
_STATUSES = {
    TrainingStatus.PASSED: 80,
    TrainingStatus.COMPLETED: 12,
    TrainingStatus.INSTRUCTED: 2,
    TrainingStatus.FAILED: 2,
    TrainingStatus.INCOMPLETE: 2,
    TrainingStatus.WITHDRAWN: 1,
    TrainingStatus.UNKNOWN: 1,
}
_SPONSORS = ("Northmoor Peace Officer Academy", "Umberwick Community College", "Tri-River Training Consortium")
_LOCATIONS = ("Academy, room 2", "Indoor range", "Online", "Regional driving track", "Training center")
_NOTES = (
    "Make-up session for a missed date.",
    "Certificate copy requested from the sponsor.",
    "Attended the second half only; remainder to follow.",
    "Needs the night-fire course before the next qualification.",
)
_RECENT_DAYS = 14


class Taught(NamedTuple):
    """A course as this agency gives it."""

    plan: CoursePlan
    row: Row
    instructors: tuple[str, str]


def build_courses(plan: AgencyPlan, today: date) -> list[Row]:
    """Make the catalogue, in the order of `COURSES`."""
    draw = plan.draw("courses")
    return [
        {
            "agency_id": plan.id,
            "id": draw.uuid(),
            "code": course.code,
            "post_course_no": draw.known(f"{draw.randrange(10_000, 20_000)}-{draw.randrange(10, 100):04d}", 0.15),
            "title": course.title,
            "category": course.category,
            "hours_hundredths": course.hours_hundredths,
            "sponsor": draw.known(draw.choice(_SPONSORS), 0.1),
            "approval_expires_on": draw.known(today + timedelta(days=draw.randrange(-60, 1000)), 0.2),
            "source_system": None,
            "source_key": None,
        }
        for course in COURSES
    ]


def build_trainings(plan: AgencyPlan, courses: list[Row], officers: list[Row], today: date) -> Iterator[Row]:
    """Make the training records: what everyone takes yearly, and a rotation of the rest."""
    draw = plan.draw("trainings")
    taught = [
        Taught(course, row, (draw_full_name(draw), draw_full_name(draw)))
        for course, row in zip(COURSES, courses, strict=True)
    ]
    for officer in officers:
        last = officer["separation_date"] or today
        for year in range(YEARS):
            begin = today - timedelta(days=_DAYS_PER_YEAR * (year + 1) - 1)
            for course in _choose_courses(draw, plan, taught, is_sworn=officer["is_sworn"]):
                completed_on = begin + timedelta(days=draw.randrange(_DAYS_PER_YEAR))
                if officer["hire_date"] <= completed_on <= last:
                    yield _build_training(draw, officer, course, completed_on, today)


def _choose_courses(draw: Draw, plan: AgencyPlan, taught: list[Taught], *, is_sworn: bool) -> list[Taught]:
    open_to = taught if is_sworn else [course for course in taught if course.plan.is_for_civilians]
    yearly = [course for course in open_to if course.plan.is_yearly and draw.chance(0.95)]
    others = [course for course in open_to if not course.plan.is_yearly]
    wanted = plan.trainings_per_year - len(yearly) + draw.randrange(-1, 3)
    return yearly + draw.sample(others, max(0, min(len(others), wanted if is_sworn else 4)))


def _build_training(draw: Draw, officer: Row, taught: Taught, completed_on: date, today: date) -> Row:
    plan, course, instructors = taught
    status = draw.pick(_STATUSES)
    if (today - completed_on).days < _RECENT_DAYS and draw.chance(0.5):
        status = TrainingStatus.IN_PROGRESS
    is_imported = draw.chance(0.3)
    return {
        "agency_id": officer["agency_id"],
        "id": draw.uuid(),
        "officer_id": officer["id"],
        "course_id": draw.known(course["id"], 0.01),
        "completed_on": None if status is TrainingStatus.IN_PROGRESS else completed_on,
        "hours_hundredths": _draw_hours(draw, plan, status),
        "status": status,
        "category": draw.known(plan.category, 0.02) or CourseCategory.UNKNOWN,
        "instructor": draw.known(draw.choice(instructors), 0.2),
        "provider": course["sponsor"] or "Own academy",
        "location": draw.known(draw.choice(_LOCATIONS), 0.25),
        "notes": draw.choice(_NOTES) if draw.chance(0.04) else None,
        "verified_by": draw.known("Training coordinator", 0.3),
        "source": "sponsor's file" if is_imported else "agency entry",
        "import_batch": f"{completed_on:%Y-%m}" if is_imported else None,
        "source_system": None,
        "source_key": None,
        **_build_examination(draw, plan, status),
        **_build_certificate(draw, plan, course, status, completed_on),
    }


def _draw_hours(draw: Draw, plan: CoursePlan, status: TrainingStatus) -> int | None:
    """Most attend for as long as the course takes; some for a part, some with the drive, some unrecorded."""
    if status is TrainingStatus.UNKNOWN:
        return None
    if status in (TrainingStatus.INCOMPLETE, TrainingStatus.WITHDRAWN):
        return plan.hours_hundredths // 2
    return plan.hours_hundredths + draw.pick({0: 90, 25: 4, 50: 3, 72: 1, 100: 2})


def _build_examination(draw: Draw, plan: CoursePlan, status: TrainingStatus) -> Row:
    if not plan.is_examined or status not in (TrainingStatus.PASSED, TrainingStatus.FAILED):
        return {"score": None, "passed": True if status is TrainingStatus.PASSED else None, "attempts": None}
    has_passed = status is TrainingStatus.PASSED
    score = draw.randrange(140, 201) / 2 if has_passed else draw.randrange(70, 140) / 2
    return {"score": draw.known(score, 0.1), "passed": has_passed, "attempts": draw.pick({1: 90, 2: 9, 3: 1})}


def _build_certificate(draw: Draw, plan: CoursePlan, course: Row, status: TrainingStatus, completed_on: date) -> Row:
    if plan.valid_months is None or not status.is_earning:
        return dict.fromkeys(_CERTIFICATE)
    return dict(
        zip(
            _CERTIFICATE,
            (
                draw.known(f"{plan.code}-{draw.randrange(100_000, 1_000_000)}", 0.05),
                course["sponsor"],
                completed_on,
                completed_on + timedelta(days=plan.valid_months * _DAYS_PER_YEAR // 12),
            ),
            strict=True,
        )
    )


_CERTIFICATE = ("certificate_number", "certificate_issuer", "certificate_issued_on", "certificate_expires_on")
