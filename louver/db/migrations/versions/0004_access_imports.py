"""Accounts, keys, grants, policy lines; traces of imports."""

import sqlalchemy as sa
from alembic import op

from louver.db.migrations.columns import codes, flag, instant, number, points_at, ref, tenant_key, text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _create_people()
    _create_memberships()
    _create_api_keys()
    _create_support_grants()
    _create_policy_lines()
    _create_import_runs()
    _create_uncoded_values()


def _create_people() -> None:
    op.create_table(
        "people",
        ref("id", required=True),
        text("email", required=True),
        text("name", required=True),
        text("status", required=True),
        instant("last_login_at"),
        flag("mfa_enabled", required=True),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("email", name="uq_people_email"),
    )


def _create_memberships() -> None:
    op.create_table(
        "memberships",
        *tenant_key("memberships"),
        ref("person_id", required=True),
        codes("roles", required=True),
        ref("unit_id"),
        ref("officer_id"),
        points_at("memberships", "officer_id", "officers"),
        points_at("memberships", "unit_id", "units"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_memberships_person_id"),
    )
    op.create_index("ix_memberships_agency_id_person_id", "memberships", ["agency_id", "person_id"], unique=True)
    op.create_index("ix_memberships_person_id", "memberships", ["person_id"])


def _create_api_keys() -> None:
    op.create_table(
        "api_keys",
        *tenant_key("api_keys"),
        text("prefix", required=True),
        text("secret_hash", required=True),
        text("label", required=True),
        text("role", required=True),
        codes("scopes"),
        text("purpose", required=True),
        ref("person_id"),
        ref("unit_id"),
        ref("officer_id"),
        text("denied_mode"),
        instant("created_at", required=True),
        instant("expires_at"),
        instant("revoked_at"),
        instant("last_used_at"),
        text("last_used_address"),
        points_at("api_keys", "officer_id", "officers"),
        points_at("api_keys", "unit_id", "units"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_api_keys_person_id"),
    )
    op.create_index("ix_api_keys_prefix", "api_keys", ["prefix"], unique=True)


def _create_support_grants() -> None:
    op.create_table(
        "support_grants",
        *tenant_key("support_grants"),
        ref("person_id"),
        text("ticket", required=True),
        text("reason", required=True),
        flag("includes_uof", required=True),
        instant("starts_at", required=True),
        instant("ends_at", required=True),
        instant("revoked_at"),
        text("granted_by", required=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_support_grants_person_id"),
    )
    op.create_index("ix_support_grants_agency_id_ends_at", "support_grants", ["agency_id", "ends_at"])
    op.create_index("ix_support_grants_person_id", "support_grants", ["person_id"])


def _create_policy_lines() -> None:
    op.create_table(
        "policy_lines",
        *tenant_key("policy_lines"),
        text("sub", required=True),
        text("obj", required=True),
        text("act", required=True),
        text("rows", required=True),
        text("eft", required=True),
        number("version", required=True),
    )
    op.create_index("ix_policy_lines_agency_id_version", "policy_lines", ["agency_id", "version"])


def _create_import_runs() -> None:
    op.create_table(
        "import_runs",
        *tenant_key("import_runs"),
        text("mapping", required=True),
        instant("started_at", required=True),
        instant("finished_at"),
        text("status", required=True),
        number("rows_read", required=True),
        number("rows_created", required=True),
        number("rows_updated", required=True),
        number("rows_unchanged", required=True),
        number("rows_rejected", required=True),
    )
    op.create_index("ix_import_runs_agency_id_started_at_id", "import_runs", ["agency_id", "started_at", "id"])


def _create_uncoded_values() -> None:
    op.create_table(
        "uncoded_values",
        *tenant_key("uncoded_values"),
        text("table_name", required=True),
        ref("row_id", required=True),
        text("column_name", required=True),
        text("raw", required=True),
        ref("import_run_id"),
        points_at("uncoded_values", "import_run_id", "import_runs"),
    )
    op.create_index("ix_uncoded_values_agency_id_import_run_id", "uncoded_values", ["agency_id", "import_run_id"])
    op.create_index(
        "ix_uncoded_values_agency_id_table_name_row_id_column_name",
        "uncoded_values",
        ["agency_id", "table_name", "row_id", "column_name"],
    )
