"""Traces of imports: the runs, and source values that had no code."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from louver.db.base import TenantRow, same_agency
from louver.db.codes import ImportStatus


class ImportRunRow(TenantRow):
    """One run of an import, as it touched one agency."""

    __tablename__ = "import_runs"
    __table_args__ = (Index(None, "agency_id", "started_at", "id"),)

    mapping: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    status: Mapped[ImportStatus] = mapped_column(default=ImportStatus.RUNNING)
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_created: Mapped[int] = mapped_column(default=0)
    rows_updated: Mapped[int] = mapped_column(default=0)
    rows_unchanged: Mapped[int] = mapped_column(default=0)
    rows_rejected: Mapped[int] = mapped_column(default=0)


class ImportFileRow(TenantRow):
    """A file that a run read, with the digest that tells it from any other."""

    __tablename__ = "import_files"
    __table_args__ = (
        same_agency("import_run_id", "import_runs"),
        Index(None, "agency_id", "import_run_id"),
    )

    import_run_id: Mapped[UUID]
    name: Mapped[str]
    sha256: Mapped[str]
    rows_read: Mapped[int]


class UncodedValueRow(TenantRow):
    """A source's text that has no code, or no column, of ours: kept as it was written, beside the row.

    Where the column is ours it holds OTHER, UNKNOWN or nothing; a column that is not ours has the source's name.
    """

    __tablename__ = "uncoded_values"
    __table_args__ = (
        same_agency("import_run_id", "import_runs"),
        Index(None, "agency_id", "table_name", "row_id", "column_name"),
        Index(None, "agency_id", "import_run_id"),
    )

    table_name: Mapped[str]
    row_id: Mapped[UUID]
    column_name: Mapped[str]
    raw: Mapped[str]
    import_run_id: Mapped[UUID | None]
