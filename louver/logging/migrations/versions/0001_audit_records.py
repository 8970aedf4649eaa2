"""Create the table of access records."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, Integer, LargeBinary, SmallInteger, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = JSON().with_variant(JSONB(), "postgresql")
    instant = String(27).with_variant(TIMESTAMP(timezone=True), "postgresql")
    op.create_table(
        "audit_records",
        Column("writer", Uuid, primary_key=True),
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
        Column("schema_version", SmallInteger, nullable=False),
        Column("at", instant, nullable=False),
        Column("event", String, nullable=False),
        Column("outcome", String, nullable=False),
        Column("reason", String),
        Column("principal_id", Uuid),
        Column("principal_kind", String),
        Column("roles", json, nullable=False),
        Column("key_prefix", String),
        Column("agency_id", Uuid),
        Column("on_behalf_of", String),
        Column("purpose", String, nullable=False),
        Column("address", String),
        Column("user_agent", String),
        Column("host", String),
        Column("operation_name", String),
        Column("document_hash", String),
        Column("saved_operation_id", String),
        Column("variables", json),
        Column("coordinates", json),
        Column("officer_ids", LargeBinary, nullable=False),
        Column("incident_ids", LargeBinary, nullable=False),
        Column("rows", Integer, nullable=False),
        Column("bytes_in", BigInteger, nullable=False),
        Column("bytes_out", BigInteger, nullable=False),
        Column("duration_us", BigInteger, nullable=False),
        Column("cost", BigInteger),
        Column("policy_version", String),
        Column("request_id", Uuid, nullable=False),
        Column("trace_id", String),
        Column("replica", String, nullable=False),
        Column("previous_hash", LargeBinary(32), nullable=False),
        Column("hash", LargeBinary(32), nullable=False),
    )
    op.create_index("ix_audit_records_at", "audit_records", ["at"], postgresql_using="brin")
    op.create_index("ix_audit_records_agency_id_at", "audit_records", ["agency_id", "at"])
    op.create_index("ix_audit_records_principal_id_at", "audit_records", ["principal_id", "at"])


def downgrade() -> None:
    """Refuse: dropping the log is not a migration."""
    raise NotImplementedError("access records are not dropped by a migration")
