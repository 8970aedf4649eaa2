"""One row's selection: which columns go into the SQL, which joins, and the source of what becomes of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, FromClause

from louver.errors import LimitExceededError
from louver.resolvers.arguments import Shape
from louver.resolvers.catalogue import Catalogue, Column, Entity, Relation
from louver.resolvers.cost import LINK, ROW, Cost, add_costs
from louver.resolvers.filters import Refusal
from louver.resolvers.notes import Denial, Notes, Path, Restriction
from louver.resolvers.rendering import Namespace, render_source
from louver.resolvers.selection import Field
from louver.resolvers.viewpoint import Access, Viewpoint

if TYPE_CHECKING:
    from louver.resolvers.levels import Level

IS_EVERY_ITEM = "@"
JOINS_MAX = 50
"""In one statement; SQLite joins no more than 64 tables."""


@dataclass(slots=True)
class PlanContext:
    """What the parts of one plan share while it is built."""

    viewpoint: Viewpoint
    shapes: Sequence[Shape]
    notes: Notes
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def catalogue(self) -> Catalogue:
        """All entities."""
        return self.viewpoint.catalogue

    @property
    def dialect(self) -> str:
        """The engine's name."""
        return self.viewpoint.speech.name


BuildLevel = Callable[[PlanContext, Entity, Relation, Field, Path], "Level | None"]


class RowBuilder:
    """Collects the columns, joins and child levels of one statement.

    Leak: a column gets in only through `Viewpoint.visible` or as a key that the statement itself is reached by.
    `parent_column`: where the key of the parent stands, for rows below another; in their statement, one column stands
    before those that are collected.
    """

    def __init__(
        self, context: PlanContext, row: FromClause, build_level: BuildLevel, parent_column: str | None = None
    ) -> None:
        self.columns: list[ColumnElement[Any]] = []
        self.joins: list[tuple[FromClause, ColumnElement[bool]]] = []
        """Rows of which each has one at most, and where: in their order."""
        self.children: list[tuple[Level, int]] = []
        self.subjects: list[tuple[str, int]] = []
        self.parent_subject: str | None = None
        """What kind of person or event the parent is, where the rows are about it."""
        self.namespace: Namespace = {}
        self._row = row
        self._parent_column = parent_column
        self._context = context
        self._build_level = build_level
        self._positions: dict[tuple[int, str], int] = {}

    @property
    def source(self) -> FromClause:
        """The rows with all that they are joined to."""
        return reduce(lambda source, join: source.outerjoin(*join), self.joins, self._row)

    @property
    def cost(self) -> Cost:
        """What one row costs, with all that is below it."""
        return add_costs((level.cost for level, _ in self.children), ROW + LINK * len(self.joins))

    def add(self, row: FromClause, name: str, expression: ColumnElement[Any]) -> int:
        """Select an expression once, and tell its position in the result."""
        key = (id(row), name)
        if key not in self._positions:
            position = self._positions[key] = len(self.columns) + (self._parent_column is not None)
            self.columns.append(expression.label(f"v{position}"))
        return self._positions[key]

    def add_key(self, row: FromClause, name: str) -> int:
        """Select a key column."""
        return self.add(row, name, row.c[name])

    def node(self, entity: Entity, row: FromClause, fields: Sequence[Field], path: Path) -> str:
        """Write the source of one object."""
        self._note_subjects(entity, row)
        items = [f"{field.key!r}: {self._item(entity, row, field, (*path, field.key))}" for field in fields]
        return "{" + ", ".join(items) + "}"

    def _note_subjects(self, entity: Entity, row: FromClause) -> None:
        for kind, name in entity.subjects.items():
            if row is self._row and name == self._parent_column:
                self.parent_subject = kind
                continue
            entry = (kind, self.add_key(row, name))
            if entry not in self.subjects:
                self.subjects.append(entry)

    def _item(self, entity: Entity, row: FromClause, field: Field, path: Path) -> str:
        if field.name == "__typename":
            return repr(entity.name)
        if field.name in entity.columns:
            return self._column(entity, row, entity.columns[field.name], path)
        relation = entity.relations[field.name]
        return (self._to_many if relation.many else self._to_one)(entity, row, relation, field, path)

    def _column(self, entity: Entity, row: FromClause, column: Column, path: Path) -> str:
        context, coordinate = self._context, entity.coordinate(column.name)
        visible = context.viewpoint.visible(entity, column, row)
        if visible.access is Access.DENIED:
            assert visible.reason is not None  # noqa: S101 - a denial always has one
            context.notes.denials.append(Denial(coordinate, visible.reason, path))
            return "None"
        context.notes.seen[coordinate] = None
        if visible.access is not Access.FULL:
            context.notes.restrictions.append(Restriction(coordinate, visible.access, visible.mask, path))
        if visible.expression is None:
            return "None"
        index = self.add(row, column.name, visible.expression)
        return render_source(column, entity, index, context.dialect, self.namespace)

    def _to_one(self, entity: Entity, row: FromClause, relation: Relation, field: Field, path: Path) -> str:
        target = self._context.catalogue[relation.target]
        child = target.table.alias()
        condition, reason = self._context.viewpoint.follow(entity, relation, row, child)
        coordinate = entity.coordinate(relation.name)
        if condition is None:
            assert reason is not None  # noqa: S101 - `follow` gives one or the other
            self._context.notes.denials.append(Denial(coordinate, reason, path))
            return "None"
        self._context.notes.seen[coordinate] = None
        shown, _, _ = self._context.viewpoint.linkable(entity, relation, row)
        if shown is not None:
            self._context.notes.restrictions.append(Restriction(coordinate, Access.PARTIAL, None, path))
        self._require_room()
        self.joins.append((child, condition))
        is_there = self.add(child, "is there", child.c.id.is_not(None))
        return f"{self.node(target, child, field.children, path)} if r[{is_there}] else None"

    def _require_room(self) -> None:
        if len(self.joins) >= JOINS_MAX:
            raise LimitExceededError(
                f"the operation follows more than {JOINS_MAX} links to one row from the rows of one list",
                hint="ask for fewer, or in several operations",
                limit="links",
                maximum=JOINS_MAX,
                actual=len(self.joins) + 1,
            )

    def _to_many(self, entity: Entity, row: FromClause, relation: Relation, field: Field, path: Path) -> str:
        level = self._build_level(self._context, entity, relation, field, path)
        if level is None:
            return "None"
        key = self.add_key(row, relation.local)
        self.children.append((level, key))
        return f"c[{len(self.children) - 1}][r[{key}]]"
