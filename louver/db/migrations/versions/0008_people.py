"""How people come in: passwords, second factors, sessions, bad log-ons, known addresses, identity providers."""

import sqlalchemy as sa
from alembic import op

from louver.db.migrations.columns import codes, flag, instant, number, ref, tenant_key, text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _create_credentials()
    _create_recovery_codes()
    _create_providers()
    _create_sessions()
    _create_guards()
    _create_addresses()


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=f"fk_{table}_person_id", ondelete="CASCADE")


def _create_credentials() -> None:
    op.create_table(
        "person_credentials",
        ref("person_id", required=True),
        text("password_hash"),
        flag("is_temporary", required=True),
        instant("temporary_until"),
        instant("password_changed_at"),
        instant("enabled_at"),
        text("totp_secret"),
        instant("totp_confirmed_at"),
        number("totp_last_step"),
        sa.PrimaryKeyConstraint("person_id", name="pk_person_credentials"),
        _of_person("person_credentials"),
    )


def _create_recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        ref("person_id", required=True),
        text("code_hash", required=True),
        sa.PrimaryKeyConstraint("person_id", "code_hash", name="pk_recovery_codes"),
        _of_person("recovery_codes"),
    )


def _create_providers() -> None:
    op.create_table(
        "identity_providers",
        *tenant_key("identity_providers"),
        text("name", required=True),
        text("issuer", required=True),
        text("client_id"),
        text("client_secret"),
        text("audience"),
        codes("algorithms", required=True),
        text("person_claim", required=True),
        text("roles_claim", required=True),
        text("role_map", required=True),
        instant("created_at", required=True),
        instant("disabled_at"),
    )
    op.create_index("ix_identity_providers_name", "identity_providers", ["name"], unique=True)
    op.create_index("ix_identity_providers_issuer", "identity_providers", ["issuer"])


def _create_sessions() -> None:
    op.create_table(
        "person_sessions",
        ref("id", required=True),
        ref("person_id", required=True),
        text("token_hash", required=True),
        text("stage", required=True),
        instant("created_at", required=True),
        instant("last_seen_at", required=True),
        instant("expires_at", required=True),
        ref("agency_id"),
        ref("provider_id"),
        codes("roles"),
        sa.PrimaryKeyConstraint("id", name="pk_person_sessions"),
        _of_person("person_sessions"),
        sa.ForeignKeyConstraint(
            ["agency_id", "provider_id"],
            ["identity_providers.agency_id", "identity_providers.id"],
            name="fk_person_sessions_agency_id_provider_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_person_sessions_token_hash", "person_sessions", ["token_hash"], unique=True)
    op.create_index("ix_person_sessions_person_id", "person_sessions", ["person_id"])
    op.create_index("ix_person_sessions_expires_at", "person_sessions", ["expires_at"])


def _create_guards() -> None:
    op.create_table(
        "logon_guards",
        text("digest", required=True),
        codes("bad_at", required=True),
        instant("last_at", required=True),
        instant("locked_until"),
        sa.PrimaryKeyConstraint("digest", name="pk_logon_guards"),
    )
    op.create_index("ix_logon_guards_last_at", "logon_guards", ["last_at"])


def _create_addresses() -> None:
    op.create_table(
        "known_addresses",
        ref("person_id", required=True),
        text("digest", required=True),
        instant("last_seen_at", required=True),
        sa.PrimaryKeyConstraint("person_id", "digest", name="pk_known_addresses"),
        _of_person("known_addresses"),
    )
