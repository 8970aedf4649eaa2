"""Who may come in: people, their memberships, keys, support grants and an agency's own policy lines."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from louver.db.base import Base, TenantRow, same_agency
from louver.db.codes import PersonStatus

FOUND_BEFORE_AGENCY = {"found_before_agency": True}
"""Marks an index that finds the agency of a credential, and so cannot begin with it."""


def _of_person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["person_id"], ["people.id"])


class PersonRow(Base):
    """A person with an account, perhaps in several agencies."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    status: Mapped[PersonStatus] = mapped_column(default=PersonStatus.ACTIVE)
    last_login_at: Mapped[datetime | None]
    mfa_enabled: Mapped[bool] = mapped_column(default=False)


class MembershipRow(TenantRow):
    """A person's roles in one agency, with the unit that a supervisor has and the officer that the person is."""

    __tablename__ = "memberships"
    __table_args__ = (
        _of_person(),
        same_agency("unit_id", "units"),
        same_agency("officer_id", "officers"),
        Index(None, "agency_id", "person_id", unique=True),
        Index(None, "person_id", info=FOUND_BEFORE_AGENCY),
    )

    person_id: Mapped[UUID]
    roles: Mapped[list[str]]
    unit_id: Mapped[UUID | None]
    officer_id: Mapped[UUID | None]


class ApiKeyRow(TenantRow):
    """A key: only a hash of its secret is held, and it is found by its prefix."""

    __tablename__ = "api_keys"
    __table_args__ = (
        _of_person(),
        same_agency("unit_id", "units"),
        same_agency("officer_id", "officers"),
        Index(None, "prefix", unique=True, info=FOUND_BEFORE_AGENCY),
    )

    prefix: Mapped[str]
    secret_hash: Mapped[str]
    label: Mapped[str]
    role: Mapped[str]
    scopes: Mapped[list[str] | None]
    """Null: everything that the role has."""
    purpose: Mapped[str]
    person_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    officer_id: Mapped[UUID | None]
    denied_mode: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_used_address: Mapped[str | None]


class SupportGrantRow(TenantRow):
    """An agency's leave for vendor support to look, for a ticket and a time."""

    __tablename__ = "support_grants"
    __table_args__ = (
        _of_person(),
        Index(None, "agency_id", "ends_at"),
        Index(None, "person_id", info=FOUND_BEFORE_AGENCY),
    )

    person_id: Mapped[UUID | None]
    ticket: Mapped[str]
    reason: Mapped[str]
    includes_uof: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    granted_by: Mapped[str]


class PolicyLineRow(TenantRow):
    """One line of an agency's own policy, laid over the defaults."""

    __tablename__ = "policy_lines"
    __table_args__ = (Index(None, "agency_id", "version"),)

    sub: Mapped[str]
    obj: Mapped[str]
    act: Mapped[str]
    rows: Mapped[str]
    eft: Mapped[str]
    version: Mapped[int]
