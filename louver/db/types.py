"""Column types that mean the same on SQLite and PostgreSQL."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ARRAY, Dialect, String
from sqlalchemy.types import TIMESTAMP, TypeDecorator, TypeEngine

from louver.db.codes import CodedEnum

Text = String().with_variant(String(collation="C"), "postgresql")
"""Text in byte order on both engines, so that a page is cut at the same place on both."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; on SQLite fixed-width ISO text, so that its byte order is its time order."""

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type."""
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else TIMESTAMP(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Convert to UTC; a datetime without a zone has no place in time and is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        moment = value.astimezone(UTC)
        return as_instant_text(moment) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the base's name
        """Read as an aware datetime in UTC."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


def as_instant_text(moment: datetime) -> str:
    """Render an aware datetime as `2024-03-09T16:05:00.000000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


class Code(TypeDecorator[CodedEnum]):
    """One coded value, stored as its code."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[CodedEnum]) -> None:
        self.enum = enum
        super().__init__()

    def process_bind_param(self, value: CodedEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # the base's name
        """Store the code; anything that is not a member's code is refused."""
        return None if value is None else str(self.enum.from_code(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> CodedEnum | None:  # noqa: ARG002  # the base's name
        """Read the member."""
        return None if value is None else self.enum.from_code(value)


class Codes(TypeDecorator[list[Any]]):
    """Several coded values: an array on PostgreSQL, compact JSON text on SQLite. `None`: an open list of codes."""

    impl = ARRAY(Text)
    cache_ok = True

    def __init__(self, enum: type[CodedEnum] | None = None) -> None:
        self.enum = enum
        super().__init__()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type."""
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(Text))

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """Store the codes in the order given."""
        if value is None:
            return None
        codes = [str(self.enum.from_code(code) if self.enum else code) for code in value]
        return as_codes_text(codes) if dialect.name == "sqlite" else codes

    def process_result_value(self, value: Any, dialect: Dialect) -> list[Any] | None:  # noqa: ARG002  # the base's name
        """Read the members, or the texts of an open list."""
        if value is None:
            return None
        codes = json.loads(value) if isinstance(value, str) else value
        return [self.enum.from_code(code) for code in codes] if self.enum else list(codes)


def as_codes_text(codes: Sequence[str]) -> str:
    """Render codes as `["01","10"]`."""
    return json.dumps([str(code) for code in codes], separators=(",", ":"))
