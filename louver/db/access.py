"""Who may come in: people, memberships, keys, support grants, an agency's own roles and policy."""

from datetime import date, datetime
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
    trainings_from: Mapped[date | None]
    """First day of the training cycle that is granted to a state auditor."""
    trainings_to: Mapped[date | None]


class MembershipUnitRow(Base):
    """A unit that a member has beside the first."""

    __tablename__ = "membership_units"
    __table_args__ = (
        same_agency("membership_id", "memberships", ondelete="CASCADE"),
        same_agency("unit_id", "units", ondelete="CASCADE"),
    )

    agency_id: Mapped[UUID] = mapped_column(primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)


class ApiKeyRow(TenantRow):
    """A key: only a hash of its secret is held, and it is found by its prefix."""

    __tablename__ = "api_keys"
    __table_args__ = (
        _of_person(),
        same_agency("unit_id", "units"),
        same_agency("officer_id", "officers"),
        Index(None, "agency_id", "prefix", unique=True),
        Index(None, "prefix", info=FOUND_BEFORE_AGENCY),
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
    trainings_from: Mapped[date | None]
    """First day of the training cycle that is granted to a state auditor; with no cycle, no trainings."""
    trainings_to: Mapped[date | None]
    is_partner: Mapped[bool] = mapped_column(default=False)
    """Somebody outside of the agency: `role` is a template, and the ceilings of partners hold."""
    allowed_addresses: Mapped[list[str] | None]
    """Networks that it may be used from; null: anywhere."""
    rate_per_minute: Mapped[int | None]
    cost_per_minute: Mapped[int | None]
    safelist: Mapped[str | None]
    """What comes of an operation that is not stored; null: nothing."""
    calls: Mapped[int] = mapped_column(default=0)
    """Requests in which it was accepted, up to the last minute."""
    replaces: Mapped[str | None]
    """Prefix of the key that it was rotated from."""
    issued_by: Mapped[str | None]
    issued_by_id: Mapped[UUID | None]
    revoked_by: Mapped[str | None]


class KeyUnitRow(Base):
    """A unit that a key acts for beside the first."""

    __tablename__ = "key_units"
    __table_args__ = (
        same_agency("key_id", "api_keys", ondelete="CASCADE"),
        same_agency("unit_id", "units", ondelete="CASCADE"),
    )

    agency_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)


class SupportGrantRow(TenantRow):
    """An agency's leave for vendor support to look, for a ticket and a time.

    Use of force opens (`includes_uof`) when a second person has approved what the first asked for.
    """

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
    fields: Mapped[list[str] | None]
    """What it opens, as a key's scopes say it; null: everything that the role of support has."""
    uof_asked_at: Mapped[datetime | None]
    uof_approved_at: Mapped[datetime | None]
    uof_approved_by: Mapped[str | None]
    revoked_by: Mapped[str | None]
    granted_at: Mapped[datetime | None]
    granted_by_id: Mapped[UUID | None]
    """The principal; null for rows that no principal made, such as demo data."""
    granted_by_person_id: Mapped[UUID | None]
    officer_ids: Mapped[list[str] | None]
    incident_ids: Mapped[list[str] | None]
    """The only officers and incidents that it opens, as hexadecimal digits; both null: all rows."""


class PolicyLineRow(TenantRow):
    """One line of an agency's own policy, laid over the defaults. Every version has its whole set of lines."""

    __tablename__ = "policy_lines"
    __table_args__ = (Index(None, "agency_id", "version"),)

    sub: Mapped[str]
    obj: Mapped[str]
    act: Mapped[str]
    rows: Mapped[str]
    eft: Mapped[str]
    version: Mapped[int]


class PolicyVersionRow(TenantRow):
    """One version of an agency's own policy: who changed what, when and why, and what came of it."""

    __tablename__ = "policy_versions"
    __table_args__ = (Index(None, "agency_id", "version", unique=True),)

    version: Mapped[int]
    base_version: Mapped[int]
    """The version that it was changed from."""
    restored_version: Mapped[int | None]
    """The earlier version whose lines it took back, if it did."""
    at: Mapped[datetime]
    by: Mapped[str]
    by_id: Mapped[UUID | None]
    reason: Mapped[str]
    digest: Mapped[str]
    """Of the version's lines. Leak: lines that were lost or changed behind our back would be a policy nobody wrote."""
    added: Mapped[str]
    """Lines that the base had not, as JSON."""
    removed: Mapped[str]
    """Lines that only the base had, as JSON."""
    effects: Mapped[str]
    """Cells of the matrix that read otherwise than in the base, as JSON."""


class AgencyRoleRow(TenantRow):
    """A role that an agency made. A retired one keeps its name, so that nobody who still holds it gains anything."""

    __tablename__ = "agency_roles"
    __table_args__ = (Index(None, "agency_id", "name", unique=True),)

    name: Mapped[str]
    template: Mapped[str]
    description: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[str | None]
