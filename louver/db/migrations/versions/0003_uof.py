"""Use-of-force incidents, involvements and subjects."""

from alembic import op

from louver.db.migrations.columns import (
    codes,
    flag,
    instant,
    number,
    points_at,
    real,
    ref,
    source_key,
    tenant_key,
    text,
)

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _create_uof_incidents()
    _create_uof_involvements()
    _create_uof_subjects()


def _create_uof_incidents() -> None:
    op.create_table(
        "uof_incidents",
        *tenant_key("uof_incidents"),
        text("number", required=True),
        instant("occurred_at", required=True),
        text("status", required=True),
        text("level", required=True),
        text("local_case_no"),
        codes("other_agency_oris"),
        text("location_type"),
        text("contact_reason"),
        text("contact_origin"),
        text("call_type"),
        text("lighting"),
        text("weather"),
        text("address"),
        real("latitude"),
        real("longitude"),
        text("beat"),
        codes("offense_codes"),
        flag("arrest_made"),
        flag("supervisor_present"),
        flag("ambush"),
        flag("officer_approached"),
        number("officers_total"),
        text("summary"),
        flag("video_available"),
        flag("fbi_reportable"),
        instant("submitted_at"),
        instant("published_at"),
        *source_key("uof_incidents"),
    )
    op.create_index("ix_uof_incidents_agency_id_occurred_at_id", "uof_incidents", ["agency_id", "occurred_at", "id"])


def _create_uof_involvements() -> None:
    op.create_table(
        "uof_involvements",
        *tenant_key("uof_involvements"),
        ref("incident_id", required=True),
        ref("officer_id"),
        number("officer_age"),
        text("officer_rank"),
        codes("force_types"),
        flag("firearm_discharged"),
        flag("on_duty"),
        flag("in_uniform"),
        flag("officer_injured"),
        codes("injury_types"),
        codes("treatment"),
        flag("training_current_on_date"),
        *source_key("uof_involvements"),
        points_at("uof_involvements", "incident_id", "uof_incidents", ondelete="CASCADE"),
        points_at("uof_involvements", "officer_id", "officers"),
    )
    op.create_index(
        "ix_uof_involvements_agency_id_incident_id_id", "uof_involvements", ["agency_id", "incident_id", "id"]
    )
    op.create_index(
        "ix_uof_involvements_agency_id_officer_id_incident_id",
        "uof_involvements",
        ["agency_id", "officer_id", "incident_id"],
    )


def _create_uof_subjects() -> None:
    op.create_table(
        "uof_subjects",
        *tenant_key("uof_subjects"),
        ref("incident_id", required=True),
        number("seq", required=True),
        text("sex"),
        text("race_ethnicity"),
        text("age_band"),
        number("age_exact"),
        number("height_in"),
        number("weight_lb"),
        flag("is_juvenile"),
        flag("armed"),
        text("threat_direction"),
        codes("resistance_types"),
        codes("impairment_types"),
        codes("injury_types"),
        flag("died"),
        codes("medical_treatment"),
        *source_key("uof_subjects"),
        points_at("uof_subjects", "incident_id", "uof_incidents", ondelete="CASCADE"),
    )
    op.create_index(
        "ix_uof_subjects_agency_id_incident_id_seq_id", "uof_subjects", ["agency_id", "incident_id", "seq", "id"]
    )
