"""A course's title, a unit's name and an officer's unit are found by id, and not among all of an agency's."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_index("ix_officers_agency_id_id_unit_id", "officers", ["agency_id", "id", "unit_id"])
    op.create_index("ix_courses_agency_id_id_title", "courses", ["agency_id", "id", "title"])
    op.create_index("ix_units_agency_id_id_name", "units", ["agency_id", "id", "name"])
