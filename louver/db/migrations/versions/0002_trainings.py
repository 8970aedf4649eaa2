"""Courses and training records."""

from alembic import op

from louver.db.migrations.columns import day, flag, number, points_at, real, ref, source_key, tenant_key, text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _create_courses()
    _create_trainings()


def _create_courses() -> None:
    op.create_table(
        "courses",
        *tenant_key("courses"),
        text("code"),
        text("post_course_no"),
        text("title", required=True),
        text("category", required=True),
        number("hours_hundredths"),
        text("sponsor"),
        day("approval_expires_on"),
        *source_key("courses"),
    )
    op.create_index("ix_courses_agency_id_code_id", "courses", ["agency_id", "code", "id"])
    op.create_index("ix_courses_agency_id_title_id", "courses", ["agency_id", "title", "id"])


def _create_trainings() -> None:
    op.create_table(
        "trainings",
        *tenant_key("trainings"),
        ref("officer_id", required=True),
        ref("course_id"),
        day("completed_on"),
        number("hours_hundredths"),
        text("status", required=True),
        text("category"),
        real("score"),
        flag("passed"),
        number("attempts"),
        text("instructor"),
        text("provider"),
        text("location"),
        text("notes"),
        text("verified_by"),
        text("source"),
        text("import_batch"),
        text("certificate_number"),
        text("certificate_issuer"),
        day("certificate_issued_on"),
        day("certificate_expires_on"),
        *source_key("trainings"),
        points_at("trainings", "course_id", "courses"),
        points_at("trainings", "officer_id", "officers"),
    )
    op.create_index("ix_trainings_agency_id_completed_on_id", "trainings", ["agency_id", "completed_on", "id"])
    op.create_index("ix_trainings_agency_id_course_id_id", "trainings", ["agency_id", "course_id", "id"])
    op.create_index(
        "ix_trainings_agency_id_officer_id_completed_on_id",
        "trainings",
        ["agency_id", "officer_id", "completed_on", "id"],
    )
    op.create_index("ix_trainings_agency_id_officer_id_id", "trainings", ["agency_id", "officer_id", "id"])
    op.create_index("ix_trainings_agency_id_status", "trainings", ["agency_id", "status"])
