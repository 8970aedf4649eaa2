"""The peer's models over Louver's tables, as an application without Louver would map them: the columns it shows."""

import os
from datetime import date
from uuid import UUID

from sqlalchemy import String, Uuid
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Codes are plain strings here: the peer pays for no conversion."""

    type_annotation_map = {str: String(), UUID: Uuid()}  # noqa: RUF012 - SQLAlchemy's own way to set it


class OfficerModel(Base):
    """An officer."""

    __tablename__ = "officers"

    agency_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    badge_number: Mapped[str | None]
    employee_id: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    title: Mapped[str | None]
    rank: Mapped[str | None]
    hire_date: Mapped[date | None]
    employment_status: Mapped[str | None]
    work_email: Mapped[str | None]
    work_phone: Mapped[str | None]
    race_ethnicity: Mapped[str | None]
    sex: Mapped[str | None]


class CourseModel(Base):
    """A course."""

    __tablename__ = "courses"

    agency_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str | None]
    title: Mapped[str]
    sponsor: Mapped[str | None]


class TrainingModel(Base):
    """A training record."""

    __tablename__ = "trainings"

    agency_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    officer_id: Mapped[UUID]
    course_id: Mapped[UUID | None]
    completed_on: Mapped[date | None]
    hours_hundredths: Mapped[int | None]
    status: Mapped[str | None]
    score: Mapped[float | None]
    passed: Mapped[bool | None]
    instructor: Mapped[str | None]
    provider: Mapped[str | None]
    location: Mapped[str | None]
    certificate_number: Mapped[str | None]


engine = create_async_engine(os.environ["STOCK_DATABASE_URL"], pool_size=10, max_overflow=0)
open_session = async_sessionmaker(engine, expire_on_commit=False)
