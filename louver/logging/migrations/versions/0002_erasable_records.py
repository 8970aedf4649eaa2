"""Divide records into what is kept and what can be erased, and PostgreSQL's table by day; make signed statements.

Records of the first schema are under another hash. They stay as they are, in a table beside this one, where there are
any; nothing reads them.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.types import JSON

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OLD_INDEXES = ("at", "agency_id_at", "principal_id_at")
_JSON = JSON().with_variant(JSONB(), "postgresql")
_INSTANT = String(27).with_variant(TIMESTAMP(timezone=True), "postgresql")
_IDS = LargeBinary().with_variant(ARRAY(Uuid()), "postgresql")


def upgrade() -> None:
    connection = op.get_bind()
    is_postgresql = connection.dialect.name == "postgresql"
    _put_aside(connection)
    op.create_table(
        "audit_records",
        Column("writer", Uuid, primary_key=True),
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
        Column("day", Date, primary_key=True),
        Column("schema_version", SmallInteger, nullable=False),
        Column("event", String, nullable=False),
        Column("outcome", String, nullable=False),
        Column("reason", String),
        Column("roles", _JSON, nullable=False),
        Column("operation_name", String),
        Column("commitment", LargeBinary(32), nullable=False),
        Column("previous_hash", LargeBinary(32), nullable=False),
        Column("hash", LargeBinary(32), nullable=False),
        Column("at", _INSTANT),
        Column("principal_id", Uuid),
        Column("principal_kind", String),
        Column("key_prefix", String),
        Column("agency_id", Uuid),
        Column("agency_ids", _IDS),
        Column("on_behalf_of", String),
        Column("purpose", String),
        Column("address", String),
        Column("user_agent", String),
        Column("host", String),
        Column("document_hash", String),
        Column("saved_operation_id", String),
        Column("variables", _JSON),
        Column("arguments", _JSON),
        Column("coordinates", _JSON),
        Column("officer_ids", _IDS),
        Column("incident_ids", _IDS),
        Column("rows", Integer),
        Column("bytes_in", BigInteger),
        Column("bytes_out", BigInteger),
        Column("duration_us", BigInteger),
        Column("cost", BigInteger),
        Column("policy_version", String),
        Column("request_id", Uuid),
        Column("trace_id", String),
        Column("replica", String),
        Column("details", _JSON),
        Column("salt", LargeBinary(16)),
        postgresql_partition_by="RANGE (day)",
    )
    op.create_index("ix_audit_records_at", "audit_records", ["at"], postgresql_using="brin")
    op.create_index("ix_audit_records_agency_id_at", "audit_records", ["agency_id", "at"])
    op.create_index("ix_audit_records_principal_id_at", "audit_records", ["principal_id", "at"])
    if is_postgresql:
        for name in ("officer_ids", "incident_ids"):
            op.create_index(
                f"ix_audit_records_{name}",
                "audit_records",
                [name],
                postgresql_using="gin",
                postgresql_with={"fastupdate": "on", "gin_pending_list_limit": 1024},
            )
    op.create_table(
        "audit_statements",
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("kind", String, nullable=False),
        Column("at", _INSTANT, nullable=False),
        Column("body", Text, nullable=False),
        Column("key_id", String, nullable=False),
        Column("signature", LargeBinary(64), nullable=False),
    )


def _put_aside(connection: Connection) -> None:
    for name in _OLD_INDEXES:
        op.drop_index(f"ix_audit_records_{name}", "audit_records")
    if connection.execute(text("SELECT count(*) FROM audit_records")).scalar():
        op.rename_table("audit_records", "audit_records_1")
        if connection.dialect.name == "postgresql":
            op.execute("ALTER INDEX pk_audit_records RENAME TO pk_audit_records_1")
    else:
        op.drop_table("audit_records")


def downgrade() -> None:
    """Refuse: dropping the log is not a migration."""
    raise NotImplementedError("access records are not dropped by a migration")
