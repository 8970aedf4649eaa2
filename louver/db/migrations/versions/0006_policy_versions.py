"""Versions of an agency's own policy, its own roles, and what a support grant opens."""

from alembic import op

from louver.db.migrations.columns import codes, instant, number, ref, tenant_key, text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _create_policy_versions()
    _create_agency_roles()
    _extend_support_grants()


def _create_policy_versions() -> None:
    op.create_table(
        "policy_versions",
        *tenant_key("policy_versions"),
        number("version", required=True),
        number("base_version", required=True),
        number("restored_version"),
        instant("at", required=True),
        text("by", required=True),
        ref("by_id"),
        text("reason", required=True),
        text("digest", required=True),
        text("added", required=True),
        text("removed", required=True),
        text("effects", required=True),
    )
    op.create_index("ix_policy_versions_agency_id_version", "policy_versions", ["agency_id", "version"], unique=True)


def _create_agency_roles() -> None:
    op.create_table(
        "agency_roles",
        *tenant_key("agency_roles"),
        text("name", required=True),
        text("template", required=True),
        text("description", required=True),
        instant("created_at", required=True),
        text("created_by", required=True),
        instant("retired_at"),
        text("retired_by"),
    )
    op.create_index("ix_agency_roles_agency_id_name", "agency_roles", ["agency_id", "name"], unique=True)


def _extend_support_grants() -> None:
    for column in (
        codes("fields"),
        instant("uof_asked_at"),
        instant("uof_approved_at"),
        text("uof_approved_by"),
        text("revoked_by"),
        instant("granted_at"),
        ref("granted_by_id"),
        ref("granted_by_person_id"),
    ):
        op.add_column("support_grants", column)
