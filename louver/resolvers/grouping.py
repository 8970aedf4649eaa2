"""Group keys: columns, months and years, and rows that to-one relations lead to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, true

from louver.authz.vocabulary import Reason
from louver.resolvers.catalogue import Column, Dimension, Entity, Kind
from louver.resolvers.filters import Refusal
from louver.resolvers.knowledge import Knowledge
from louver.resolvers.rendering import Namespace, render_source
from louver.resolvers.rows import PlanContext
from louver.resolvers.selection import Field
from louver.resolvers.viewpoint import Viewpoint


class Grouping:
    """Collects the dimensions of one aggregate: joins, conditions, group expressions and the source of their keys.

    Leak: a hidden value must not be counted as null, so rows on which a dimension is hidden are left out.
    """

    def __init__(
        self, context: PlanContext, viewpoint: Viewpoint, entity: Entity, row: FromClause, namespace: Namespace
    ) -> None:
        self.columns: list[ColumnElement[Any]] = []
        self.source: FromClause = row
        self.conditions: list[ColumnElement[bool]] = []
        self.is_by_aggregate = False
        self.is_unnested = False
        """A row stands in as many groups as its list has items."""
        self.open_columns: list[int] = []
        """Those of dimensions by which the caller may group what it lists, and so knows how many rows there are."""
        self.known = Knowledge.of(viewpoint.listing, entity, row)
        self._context, self._viewpoint, self._entity, self._row = context, viewpoint, entity, row
        self._namespace = namespace
        self._keys: dict[str, dict[str, str]] = {}

    def add(self, dimension: Dimension) -> None:
        """Group by one more dimension."""
        before, width, self.is_by_aggregate = self.is_by_aggregate, len(self.columns), False
        self._add(dimension)
        if not self.is_by_aggregate:
            self.open_columns += range(width, len(self.columns))
        self.is_by_aggregate |= before

    def _add(self, dimension: Dimension) -> None:
        entity, row = self._entity, self._row
        for position, name in enumerate(dimension.path, 1):
            if name in entity.columns:
                self._add_column(dimension, entity, entity.columns[name], row)
                return
            reached = self._join(entity, row, name, is_key=position == len(dimension.path))
            if reached is None:
                return
            entity, row = reached
        self._add_row(dimension, entity, row)

    def key_source(self, fields: Sequence[Field]) -> str:
        """Write the source of one group's key; a dimension that was not grouped by is null."""
        items = []
        for field in fields:
            if field.name == "__typename":
                source = repr(f"{self._entity.name}GroupKey")
            else:
                parts = self._keys.get(field.name, {"": "None"})
                source = parts[""] if "" in parts else self._reference(field.children, parts)
            items.append(f"{field.key!r}: {source}")
        return "{" + ", ".join(items) + "}"

    @staticmethod
    def _reference(fields: Sequence[Field], parts: dict[str, str]) -> str:
        inner = ", ".join(f"{field.key!r}: {parts[field.name]}" for field in fields)
        return f"None if {parts['raw']} is None else {{{inner}}}"

    def _join(self, entity: Entity, row: FromClause, name: str, *, is_key: bool) -> tuple[Entity, FromClause] | None:
        relation = entity.relations[name]
        target = self._context.catalogue[relation.target]
        child = target.table.alias()
        # Leak: a group per officer or incident tells of each, so these must be rows that the caller may list.
        viewpoint = self._viewpoint.listing if is_key and target.subjects else self._viewpoint
        condition, reason = viewpoint.follow(entity, relation, row, child, self._viewpoint)
        if condition is None:
            self._refuse(entity.coordinate(name), reason)
            return None
        self._context.notes.seen[entity.coordinate(name)] = None
        shown, is_by_aggregate, _ = viewpoint.linkable(entity, relation, row, self._viewpoint)
        self.is_by_aggregate |= is_by_aggregate or self._viewpoint.reaches_by_aggregate(target)
        self.known.need_link(entity, relation, row, child)
        if shown is not None:
            self.conditions.append(shown)
        self.source = self.source.outerjoin(child, condition)
        self.conditions.append(row.c[relation.local].is_(None) | child.c.id.is_not(None))
        return target, child

    def _add_column(self, dimension: Dimension, entity: Entity, column: Column, row: FromClause) -> None:
        expression = column.expression(row)
        if not self._is_allowed(entity, column, row):
            return
        speech, dialect = self._viewpoint.speech, self._context.dialect
        if dimension.part is not None:
            part = speech.date_part(expression, dimension.part, is_instant=column.kind is Kind.INSTANT)
            self._keys[dimension.name] = {"": f"r[{self._select(part)}]"}
            return
        if column.kind in (Kind.CODES, Kind.TEXTS):
            each = speech.each(expression)
            self.source = self.source.outerjoin(each, true())
            self.is_unnested = True
            expression = each.c.value
        index = self._select(expression)
        self._keys[dimension.name] = {
            "": render_source(_single(column), entity, index, dialect, self._namespace),
        }

    def _add_row(self, dimension: Dimension, entity: Entity, row: FromClause) -> None:
        index = self._select(row.c.id)
        dialect = self._context.dialect
        parts = {
            "raw": f"r[{index}]",
            "__typename": repr("GroupReference"),
            "id": render_source(entity.columns["id"], entity, index, dialect, self._namespace),
            "label": "None",
        }
        if entity.label is not None:
            column = entity.columns[entity.label]
            condition, is_by_aggregate, reason = self._viewpoint.aggregable(entity, column, row)
            if condition is None and reason is None:
                self.is_by_aggregate |= is_by_aggregate
                label = self._select(column.expression(row))
                parts["label"] = render_source(column, entity, label, dialect, self._namespace)
        self._keys[dimension.name] = parts

    def _is_allowed(self, entity: Entity, column: Column, row: FromClause) -> bool:
        condition, is_by_aggregate, reason = self._viewpoint.aggregable(entity, column, row)
        coordinate = entity.coordinate(column.name)
        if reason is not None:
            self._refuse(coordinate, reason)
            return False
        self._context.notes.seen[coordinate] = None
        self.is_by_aggregate |= is_by_aggregate
        self.known.need_column(entity, column, row)
        if condition is not None:
            self.conditions.append(condition)
        return True

    def _refuse(self, coordinate: str, reason: Reason | None) -> None:
        self._context.refusals.append(Refusal(coordinate, reason or Reason.ROLE))

    def _select(self, expression: ColumnElement[Any]) -> int:
        self.columns.append(expression)
        return len(self.columns) - 1


def _single(column: Column) -> Column:
    """The column as one of its values is rendered."""
    kinds = {Kind.CODES: Kind.CODE, Kind.TEXTS: Kind.TEXT}
    return Column(
        name=column.name,
        description=column.description,
        kind=kinds.get(column.kind, column.kind),
        expression=column.expression,
        codes=column.codes,
    )
