"""Courses and training records. Hours are hundredths of an hour, so that sums are exact."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from louver.db.base import SourcedRow, same_agency, same_source
from louver.db.codes import CourseCategory, TrainingStatus


class CourseRow(SourcedRow):
    """A course in an agency's catalogue."""

    __tablename__ = "courses"
    __table_args__ = (
        same_source(),
        Index(None, "agency_id", "code", "id"),
        Index(None, "agency_id", "title", "id"),
        Index(None, "agency_id", "id", "title"),  # see OfficerRow
    )

    code: Mapped[str | None]
    post_course_no: Mapped[str | None]
    title: Mapped[str]
    category: Mapped[CourseCategory] = mapped_column(default=CourseCategory.UNKNOWN)
    hours_hundredths: Mapped[int | None]
    sponsor: Mapped[str | None]
    approval_expires_on: Mapped[date | None]


class TrainingRow(SourcedRow):
    """One officer's record of one course."""

    __tablename__ = "trainings"
    __table_args__ = (
        same_agency("officer_id", "officers"),
        same_agency("course_id", "courses"),
        same_source(),
        Index(None, "agency_id", "officer_id", "completed_on", "id"),
        Index(None, "agency_id", "officer_id", "id"),
        Index(None, "agency_id", "course_id", "id"),
        Index(None, "agency_id", "completed_on", "id"),
        Index(None, "agency_id", "status"),
    )

    officer_id: Mapped[UUID]
    course_id: Mapped[UUID | None]
    completed_on: Mapped[date | None]
    hours_hundredths: Mapped[int | None]
    status: Mapped[TrainingStatus] = mapped_column(default=TrainingStatus.UNKNOWN)
    category: Mapped[CourseCategory | None]
    score: Mapped[float | None]
    passed: Mapped[bool | None]
    attempts: Mapped[int | None]
    instructor: Mapped[str | None]
    provider: Mapped[str | None]
    location: Mapped[str | None]
    notes: Mapped[str | None]
    verified_by: Mapped[str | None]
    source: Mapped[str | None]
    import_batch: Mapped[str | None]
    certificate_number: Mapped[str | None]
    certificate_issuer: Mapped[str | None]
    certificate_issued_on: Mapped[date | None]
    certificate_expires_on: Mapped[date | None]
