"""The log's tables. Their own metadata: the log may live in another database than the records it is about.

A record has two parts. What is kept says what happened and holds the chain together; what is personal says to whom, by
whom, when and from where. The second can be erased and the chain still holds, because the first covers it by a salted
commitment only.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
)

from louver.logging.columns import Instant, Json, PackedIds
from louver.logging.partitions import SUBJECTS

REVISION = "0005"
"""The migration that this code writes for; the store refuses to open any other."""
VERSION_TABLE = "audit_alembic_version"

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"})

_kept = (
    Column("writer", Uuid, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),  # of `at` in UTC: what PostgreSQL divides the table by
    Column("schema_version", SmallInteger, nullable=False),
    Column("event", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", String),
    Column("roles", Json, nullable=False),
    Column("operation_name", String),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("previous_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)
_personal = (
    Column("at", Instant),
    Column("principal_id", Uuid),
    Column("principal_kind", String),
    Column("key_prefix", String),
    Column("agency_id", Uuid),
    Column("agency_ids", PackedIds),
    Column("on_behalf_of", String),
    Column("purpose", String),
    Column("address", String),
    Column("user_agent", String),
    Column("host", String),
    Column("document_hash", String),
    Column("saved_operation_id", String),
    Column("variables", Json),
    Column("arguments", Json),
    Column("coordinates", Json),
    Column("officer_ids", PackedIds),
    Column("incident_ids", PackedIds),
    Column("rows", Integer),
    Column("bytes_in", BigInteger),
    Column("bytes_out", BigInteger),
    Column("duration_us", BigInteger),
    Column("cost", BigInteger),
    Column("policy_version", String),
    Column("request_id", Uuid),
    Column("trace_id", String),
    Column("replica", String),
    Column("details", Json),
)
KEPT = tuple(str(column.name) for column in _kept)
"""What stays of an erased record."""
PERSONAL = tuple(str(column.name) for column in _personal)
"""What goes when a record is erased, and with it `salt`: without that nobody can try values against the commitment."""
SALT = "salt"

audit_records = Table(
    "audit_records",
    metadata,
    *_kept,
    *_personal,
    Column(SALT, LargeBinary(16)),
    Index(None, "at", postgresql_using="brin"),  # records arrive in time order: a block range is all it takes
    Index(None, "agency_id", "at"),
    Index(None, "principal_id", "at"),
    postgresql_partition_by="RANGE (day)",
)
SUBJECT_INDEXES = tuple(
    Index(
        None,
        audit_records.c[name],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "on", "gin_pending_list_limit": 1024},
    ).ddl_if(dialect="postgresql")
    for name in SUBJECTS
)
"""Each of a page's thousand ids is one entry. They are gathered, so that a commit does not wait for a thousand: more of
them in the partitions' own indexes, which `partitions` makes, than is said here."""

audit_statements = Table(
    "audit_statements",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("key_id", String, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
)
"""What the service has signed about the log: checkpoints of its chains, and what was removed from it."""
