"""Keep legal holds, what agencies chose to become of old records, and whose turn it is to remove them."""

from alembic import op
from sqlalchemy import JSON, Column, String, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INSTANT = String(27).with_variant(TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_holds",
        Column("id", Uuid, primary_key=True),
        Column("agency_id", Uuid, nullable=False),
        Column("kind", String, nullable=False),
        Column("target", String),
        Column("records_from", _INSTANT),
        Column("records_until", _INSTANT),
        Column("reason", Text, nullable=False),
        Column("placed_at", _INSTANT, nullable=False),
        Column("placed_by", String, nullable=False),
        Column("ends_at", _INSTANT, nullable=False),
        Column("released_at", _INSTANT),
        Column("released_by", String),
    )
    op.create_index("ix_audit_holds_agency_id_ends_at", "audit_holds", ["agency_id", "ends_at"])
    op.create_table(
        "audit_agencies",
        Column("agency_id", Uuid, primary_key=True),
        Column("removal", String),
        Column("purged_at", _INSTANT),
        Column("key_prefixes", JSON().with_variant(JSONB(), "postgresql")),
        Column("cleared_at", _INSTANT),
    )
    op.create_table(
        "audit_turns",
        Column("task", String, primary_key=True),
        Column("holder", Uuid),
        Column("until", _INSTANT),
        Column("done_at", _INSTANT),
    )


def downgrade() -> None:
    """Refuse: a legal hold is not lifted by a migration."""
    raise NotImplementedError("legal holds are not dropped by a migration")
