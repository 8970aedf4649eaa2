"""What was spent of budgets, where several processes share one database."""

import sqlalchemy as sa
from alembic import op

from louver.db.migrations.columns import TEXT

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # Counters of the last minute: they are worth neither a write-ahead log nor a place on a standby.
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "budget_windows",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "slot", name="pk_budget_windows"),
        prefixes=["UNLOGGED"] if is_postgresql else [],
    )
