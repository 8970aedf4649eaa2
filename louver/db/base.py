"""What every table has in common: naming, types by annotation, the tenant's key, the source's key."""

from collections.abc import Iterator
from datetime import date, datetime
from types import GenericAlias
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Date, Double, ForeignKey, ForeignKeyConstraint, MetaData, UniqueConstraint, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from louver.db import codes
from louver.db.types import Code, Codes, Instant, Text

__all__ = ["Base", "Code", "Codes", "Date", "Instant", "SourcedRow", "TenantRow", "Text", "same_agency"]

NAMING = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def _list_coded_types() -> Iterator[tuple[Any, Any]]:
    for name in codes.__all__:
        enum = getattr(codes, name)
        yield enum, Code(enum)
        yield GenericAlias(list, (enum,)), Codes(enum)


class Base(DeclarativeBase):
    """Declares a table; a column's type follows from its annotation."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        float: Double(),
        date: Date(),
        datetime: Instant(),
        UUID: Uuid(),
        list[str]: Codes(),
        **dict(_list_coded_types()),
    }


class TenantRow(Base):
    """A row that belongs to one agency: the agency stands first in its key, so that it can be distributed by agency."""

    __abstract__ = True

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True, sort_order=-20)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-19)


class SourcedRow(TenantRow):
    """A row that an import may have made: its source and key there, by which a second import finds it again."""

    __abstract__ = True

    source_system: Mapped[str | None] = mapped_column(sort_order=20)
    source_key: Mapped[str | None] = mapped_column(sort_order=21)


def same_source() -> UniqueConstraint:
    """Constrain a source's key to one row per agency."""
    return UniqueConstraint("agency_id", "source_system", "source_key")


def same_agency(column: str, table: str, **options: Any) -> ForeignKeyConstraint:
    """Point a column at a row of another table; the agency is part of the key, so never at another agency's row."""
    return ForeignKeyConstraint(["agency_id", column], [f"{table}.agency_id", f"{table}.id"], **options)
