"""Keep which weeks of the log were signed off."""

from alembic import op
from sqlalchemy import Column, String, Text, Uuid
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_reviews",
        Column("agency_id", Uuid, primary_key=True),
        Column("week", String, primary_key=True),
        Column("signed_at", String(27).with_variant(TIMESTAMP(timezone=True), "postgresql"), nullable=False),
        Column("signed_by", String, nullable=False),
        Column("note", Text, nullable=False),
    )


def downgrade() -> None:
    """Refuse: a signature is not taken back by a migration."""
    raise NotImplementedError("signatures are not dropped by a migration")
