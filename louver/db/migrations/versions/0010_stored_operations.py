"""Operations that an agency has registered, to be asked for by their hash."""

from alembic import op

from louver.db.migrations.columns import codes, instant, tenant_key, text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "stored_operations",
        *tenant_key("stored_operations"),
        text("hash", required=True),
        text("text", required=True),
        codes("names", required=True),
        instant("registered_at", required=True),
        text("registered_by", required=True),
        instant("retired_at"),
        text("retired_by"),
    )
    op.create_index("ix_stored_operations_agency_id_hash", "stored_operations", ["agency_id", "hash"], unique=True)
