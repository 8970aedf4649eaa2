"""Officers and staff."""

import secrets
from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from louver.db.base import SourcedRow, same_agency, same_source
from louver.db.codes import EmploymentStatus, LicenseStatus, RaceEthnicity, Sex


class OfficerRow(SourcedRow):
    """An officer or staff member, known by a badge number or an employee id."""

    __tablename__ = "officers"
    __table_args__ = (
        CheckConstraint("coalesce(badge_number, '') <> '' OR coalesce(employee_id, '') <> ''", name="identified"),
        same_agency("unit_id", "units"),
        same_source(),
        Index(None, "agency_id", "last_name", "first_name", "id"),
        Index(None, "agency_id", "unit_id", "id"),
        # Where somebody is assigned, by id, or PostgreSQL looks for the id among all officers of the agency's.
        Index(None, "agency_id", "id", "unit_id"),
        Index(None, "agency_id", "badge_number"),
    )

    badge_number: Mapped[str | None]
    employee_id: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    title: Mapped[str | None]
    rank: Mapped[str | None]
    post_license_no: Mapped[str | None]
    license_status: Mapped[LicenseStatus | None]
    license_expires_on: Mapped[date | None]
    unit_id: Mapped[UUID | None]
    training_profile: Mapped[str | None]
    assignment: Mapped[str | None]
    hire_date: Mapped[date | None]
    separation_date: Mapped[date | None]
    employment_status: Mapped[EmploymentStatus | None]
    work_email: Mapped[str | None]
    work_phone: Mapped[str | None]
    race_ethnicity: Mapped[RaceEthnicity | None]
    sex: Mapped[Sex | None]
    is_undercover: Mapped[bool] = mapped_column(default=False)
    is_sworn: Mapped[bool] = mapped_column(default=True)
    pseudonym: Mapped[str] = mapped_column(default=lambda: secrets.token_hex(8))
    """Leak: stands in for the officer where the link is masked, so it is random and never derived from a row."""
