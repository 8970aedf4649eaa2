"""The table of access records. Its own metadata: the log may live in another database than the records it is about."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

REVISION = "0001"
"""The migration that this code writes for; the store refuses to open any other."""
VERSION_TABLE = "audit_alembic_version"

INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; on SQLite as text of fixed width, whose order is the order in time."""

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the engine's own type where it has one."""
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else TIMESTAMP(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Encode."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).strftime(INSTANT_FORMAT)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the base's name
        """Decode, in UTC whatever the session's zone: the chain's hash covers the text of it."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


_Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"})

audit_records = Table(
    "audit_records",
    metadata,
    Column("writer", Uuid, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("schema_version", SmallInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("event", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", String),
    Column("principal_id", Uuid),
    Column("principal_kind", String),
    Column("roles", _Json, nullable=False),
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
    Column("variables", _Json),
    Column("coordinates", _Json),
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
    Index(None, "at", postgresql_using="brin"),  # records arrive in time order: a block range is all it takes
    Index(None, "agency_id", "at"),
    Index(None, "principal_id", "at"),
)
