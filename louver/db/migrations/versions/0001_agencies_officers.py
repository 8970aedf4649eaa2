"""Agencies, units and officers."""

import sqlalchemy as sa
from alembic import op

from louver.db.migrations.columns import codes, day, flag, instant, number, points_at, ref, source_key, tenant_key, text

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_agencies()
    _create_units()
    _create_officers()
    _create_unit_closure()


def _may_add_constraints() -> bool:
    """Units and officers point at each other: SQLite takes a reference to a table to come, PostgreSQL adds it later."""
    return op.get_bind().dialect.name != "sqlite"


def _commander() -> sa.ForeignKeyConstraint:
    return points_at("units", "commander_id", "officers", deferrable=True, initially="DEFERRED")


def _create_agencies() -> None:
    op.create_table(
        "agencies",
        ref("id", required=True),
        text("name", required=True),
        text("ori", required=True),
        text("state", required=True),
        text("timezone", required=True),
        text("contact_name"),
        text("contact_title"),
        text("contact_email"),
        text("contact_phone"),
        codes("modules", required=True),
        text("status", required=True),
        instant("cancelled_at"),
        instant("purge_at"),
        number("small_cell_minimum", required=True),
        number("retention_training_years"),
        number("retention_uof_years"),
        number("policy_overlay_version", required=True),
        sa.CheckConstraint(
            "ori GLOB '[A-Z][A-Z][A-Z0-9][A-Z0-9][A-Z0-9][A-Z0-9][A-Z0-9][A-Z0-9][A-Z0-9]'",
            name=op.f("ck_agencies_ori"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("ori ~ '^[A-Z]{2}[A-Z0-9]{7}$'", name=op.f("ck_agencies_ori")).ddl_if(dialect="postgresql"),
        sa.PrimaryKeyConstraint("id", name="pk_agencies"),
        sa.UniqueConstraint("ori", name="uq_agencies_ori"),
    )


def _create_units() -> None:
    op.create_table(
        "units",
        *tenant_key("units"),
        text("name", required=True),
        ref("parent_id"),
        ref("commander_id"),
        *([] if _may_add_constraints() else [_commander()]),
        points_at("units", "parent_id", "units", deferrable=True, initially="DEFERRED"),
    )
    op.create_index("ix_units_agency_id_commander_id", "units", ["agency_id", "commander_id"])
    op.create_index("ix_units_agency_id_name_id", "units", ["agency_id", "name", "id"])
    op.create_index("ix_units_agency_id_parent_id", "units", ["agency_id", "parent_id"])


def _create_officers() -> None:
    op.create_table(
        "officers",
        *tenant_key("officers"),
        text("badge_number"),
        text("employee_id"),
        text("first_name"),
        text("last_name"),
        text("title"),
        text("rank"),
        text("post_license_no"),
        text("license_status"),
        day("license_expires_on"),
        ref("unit_id"),
        text("training_profile"),
        text("assignment"),
        day("hire_date"),
        day("separation_date"),
        text("employment_status"),
        text("work_email"),
        text("work_phone"),
        text("race_ethnicity"),
        text("sex"),
        flag("is_undercover", required=True),
        flag("is_sworn", required=True),
        text("pseudonym", required=True),
        *source_key("officers"),
        sa.CheckConstraint(
            "coalesce(badge_number, '') <> '' OR coalesce(employee_id, '') <> ''", name=op.f("ck_officers_identified")
        ),
        points_at("officers", "unit_id", "units"),
    )
    op.create_index("ix_officers_agency_id_badge_number", "officers", ["agency_id", "badge_number"])
    op.create_index(
        "ix_officers_agency_id_last_name_first_name_id", "officers", ["agency_id", "last_name", "first_name", "id"]
    )
    op.create_index("ix_officers_agency_id_unit_id_id", "officers", ["agency_id", "unit_id", "id"])
    if _may_add_constraints():
        op.create_foreign_key(
            "fk_units_agency_id_commander_id",
            "units",
            "officers",
            ["agency_id", "commander_id"],
            ["agency_id", "id"],
            deferrable=True,
            initially="DEFERRED",
        )


def _create_unit_closure() -> None:
    op.create_table(
        "unit_closure",
        ref("agency_id", required=True),
        ref("ancestor_id", required=True),
        ref("unit_id", required=True),
        points_at("unit_closure", "ancestor_id", "units", ondelete="CASCADE"),
        points_at("unit_closure", "unit_id", "units", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "ancestor_id", "unit_id", name="pk_unit_closure"),
    )
    op.create_index("ix_unit_closure_agency_id_unit_id", "unit_closure", ["agency_id", "unit_id"])
