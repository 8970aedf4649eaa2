"""Operations that an agency has registered, to be asked for by their hash."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from louver.db.base import TenantRow


class StoredOperationRow(TenantRow):
    """A stored operation. Retired ones stay, so that the log's hashes keep their texts."""

    __tablename__ = "stored_operations"
    __table_args__ = (Index(None, "agency_id", "hash", unique=True),)

    hash: Mapped[str]
    """SHA-256 of the text, in hexadecimal."""
    text: Mapped[str]
    names: Mapped[list[str]]
    """Of its named operations."""
    registered_at: Mapped[datetime]
    registered_by: Mapped[str]
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[str | None]
