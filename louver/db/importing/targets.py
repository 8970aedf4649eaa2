"""What a mapping may fill: the fields of the importable tables, by the names that mappings call them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Column, Date, Double, Integer, String, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from louver.db.codes import CodedEnum, Module
from louver.db.tables import Base
from louver.db.types import Code, Codes, Instant

MODULES = {
    "courses": Module.TRAINING,
    "trainings": Module.TRAINING,
    "uof_incidents": Module.UOF,
    "uof_involvements": Module.UOF,
    "uof_subjects": Module.UOF,
}
"""The module that an agency must subscribe to before rows of a table are put in."""
ONE_OF = {"officers": ("badge_number", "employee_id")}
"""Fields of which a row needs at least one."""
_OURS = frozenset({"agency_id", "id", "source_system", "source_key", "pseudonym", "import_batch"})
"""Columns that are never the source's to fill."""
_HOURS = "hours_hundredths"


class Shape(StrEnum):
    """What a field's text is read as."""

    TEXT = "text"
    WHOLE = "whole number"
    DECIMAL = "decimal number"
    TRUTH = "true or false"
    DAY = "date"
    INSTANT = "time"
    HOURS = "hours"
    CODE = "code"
    CODES = "codes"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a mapping may fill. `hours` is written in hours and stored in hundredths."""

    name: str
    column: Column[Any]
    shape: Shape
    codes: type[CodedEnum] | None = None

    @property
    def is_list(self) -> bool:
        """Whether it holds several values."""
        return self.shape in (Shape.CODES, Shape.TEXTS)

    @property
    def default(self) -> Any:
        """What it holds where nothing is known; None if it may then be empty, or may not be unknown at all."""
        default = self.column.default
        return default.arg if isinstance(default, ScalarElementColumnDefault) else None

    @property
    def is_required(self) -> bool:
        """Whether a row cannot be without it."""
        return not self.column.nullable and self.default is None


_SHAPES: tuple[tuple[type, Shape], ...] = (
    (Instant, Shape.INSTANT),
    (Date, Shape.DAY),
    (Boolean, Shape.TRUTH),
    (Integer, Shape.WHOLE),
    (Double, Shape.DECIMAL),
    (String, Shape.TEXT),
)


def _build_target(column: Column[Any]) -> Target:
    kind = column.type
    if column.name == _HOURS:
        return Target("hours", column, Shape.HOURS)
    if isinstance(kind, Code):
        return Target(column.name, column, Shape.CODE, kind.enum)
    if isinstance(kind, Codes):
        return Target(column.name, column, Shape.CODES if kind.enum else Shape.TEXTS, kind.enum)
    return Target(column.name, column, next(shape for base, shape in _SHAPES if isinstance(kind, base)))


def _list_targets(table: Table) -> Iterator[Target]:
    for column in table.columns:
        if column.name not in _OURS and not column.foreign_keys:
            yield _build_target(column)


def _list_links(table: Table) -> Iterator[tuple[str, str]]:
    for constraint in table.foreign_key_constraints:
        if constraint.referred_table.name in TABLES:
            yield next(name for name in constraint.column_keys if name != "agency_id"), constraint.referred_table.name


TABLES = {table.name: table for table in Base.metadata.sorted_tables if "source_key" in table.columns}
"""The importable tables; what is pointed at comes before what points."""
TARGETS = {name: {target.name: target for target in _list_targets(table)} for name, table in TABLES.items()}
LINKS = {name: dict(_list_links(table)) for name, table in TABLES.items()}
"""Table → column → the table that it points at."""
