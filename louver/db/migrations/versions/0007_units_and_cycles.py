"""Several units for one key or member, and the training cycle that an agency grants to a state auditor."""

import sqlalchemy as sa
from alembic import op

from louver.db.migrations.columns import day, points_at, ref

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for table in ("memberships", "api_keys"):
        op.add_column(table, day("trainings_from"))
        op.add_column(table, day("trainings_to"))
    _create_units_of("membership_units", "membership_id", "memberships")
    _create_units_of("key_units", "key_id", "api_keys")


def _create_units_of(name: str, holder_id: str, holders: str) -> None:
    op.create_table(
        name,
        ref("agency_id", required=True),
        ref(holder_id, required=True),
        ref("unit_id", required=True),
        points_at(name, holder_id, holders, ondelete="CASCADE"),
        points_at(name, "unit_id", "units", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", holder_id, "unit_id", name=f"pk_{name}"),
    )
