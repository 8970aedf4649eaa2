"""The column types of the log, which read the same on both engines: the chain's hashes cover what they say."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Dialect, LargeBinary, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
ID_BYTES = 16

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


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


class PackedIds(TypeDecorator[bytes]):
    """Ids one after another, 16 bytes each, so that a page of a thousand is one record.

    On PostgreSQL an array, which an index can look into; in Python and on SQLite the bytes.
    """

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the engine's own type where it has one."""
        return dialect.type_descriptor(LargeBinary() if dialect.name == "sqlite" else ARRAY(Uuid()))

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:
        """Encode."""
        return value if value is None or dialect.name == "sqlite" else unpack_ids(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """Decode."""
        return value if value is None or dialect.name == "sqlite" else pack_ids(value)


def unpack_ids(packed: bytes) -> list[UUID]:
    """Take packed ids apart."""
    return [UUID(bytes=packed[start : start + ID_BYTES]) for start in range(0, len(packed), ID_BYTES)]


def pack_ids(ids: Sequence[UUID]) -> bytes:
    """Pack ids in their order."""
    return b"".join([each.bytes for each in ids])
