"""The officers and incidents that a support grant is narrowed to."""

from alembic import op

from louver.db.migrations.columns import codes

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    for name in ("officer_ids", "incident_ids"):
        op.add_column("support_grants", codes(name))
