"""How people come in: passwords and second factors, sessions, bad log-ons, known addresses, identity providers."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from louver.db.access import FOUND_BEFORE_AGENCY
from louver.db.base import Base, TenantRow


def _of_person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE")


class PersonCredentialRow(Base):
    """What a person proves to be the one with."""

    __tablename__ = "person_credentials"
    __table_args__ = (_of_person(),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    password_hash: Mapped[str | None]
    is_temporary: Mapped[bool] = mapped_column(default=False)
    """Somebody else chose the password: it opens nothing but the way to a new one."""
    temporary_until: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]
    enabled_at: Mapped[datetime | None]
    """When the account was opened, or opened again: idle days count from here if there was no log-in since."""
    totp_secret: Mapped[str | None]
    """Sealed. Leak: whoever reads the store must not be able to make codes."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]


class RecoveryCodeRow(Base):
    """A code that stands in for the second factor, once; deleted when it is used."""

    __tablename__ = "recovery_codes"
    __table_args__ = (_of_person(),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(primary_key=True)


class PersonSessionRow(Base):
    """A session: found by the hash of its token, looked at anew with each request."""

    __tablename__ = "person_sessions"
    __table_args__ = (
        _of_person(),
        ForeignKeyConstraint(
            ["agency_id", "provider_id"], ["identity_providers.agency_id", "identity_providers.id"], ondelete="CASCADE"
        ),
        Index(None, "token_hash", unique=True),
        Index(None, "person_id"),
        Index(None, "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID]
    token_hash: Mapped[str]
    stage: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    agency_id: Mapped[UUID | None]
    """Of the identity provider that vouched for the person, if one did: the session is for that agency alone."""
    provider_id: Mapped[UUID | None]
    roles: Mapped[list[str] | None]
    """What the provider's claims came to at log-in; null: the roles of the memberships."""


class LogonGuardRow(Base):
    """Bad log-ons of late under one name, whether or not anybody has that name; the name is held as a keyed digest."""

    __tablename__ = "logon_guards"
    __table_args__ = (Index(None, "last_at"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    bad_at: Mapped[list[str]]
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class KnownAddressRow(Base):
    """A network address that a person logged in from, as a keyed digest: enough to tell a new one."""

    __tablename__ = "known_addresses"
    __table_args__ = (_of_person(),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    last_seen_at: Mapped[datetime]


class IdentityProviderRow(TenantRow):
    """An agency's own identity provider, and what its claims mean here."""

    __tablename__ = "identity_providers"
    __table_args__ = (
        Index(None, "name", unique=True, info=FOUND_BEFORE_AGENCY),
        Index(None, "issuer", info=FOUND_BEFORE_AGENCY),
    )

    name: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str | None]
    """For log-in; null: bearer tokens only."""
    client_secret: Mapped[str | None]
    """Where the secret is, as `env:NAME` or `file:/path`; never the secret itself."""
    audience: Mapped[str | None]
    """For bearer tokens; null: log-in only."""
    algorithms: Mapped[list[str]]
    person_claim: Mapped[str]
    roles_claim: Mapped[str]
    role_map: Mapped[str]
    """Claim value to roles, as JSON."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
