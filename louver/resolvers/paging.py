"""Keyset paging: the sort key over visible expressions, and where a page begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, cast, false, null, or_, true

from louver.authz.vocabulary import Reason
from louver.resolvers.arguments import OrderTerm
from louver.resolvers.catalogue import Entity
from louver.resolvers.filters import Refusal
from louver.resolvers.rows import PlanContext
from louver.resolvers.viewpoint import Access


@dataclass(frozen=True, slots=True)
class SortKey:
    """One term: null sorts as the largest value, on both engines."""

    name: str
    expression: ColumnElement[Any]
    is_descending: bool
    is_nullable: bool

    def ordered(self) -> ColumnElement[Any]:
        """The term as ORDER BY takes it."""
        term = self.expression.desc() if self.is_descending else self.expression.asc()
        if not self.is_nullable:
            return term
        return term.nulls_first() if self.is_descending else term.nulls_last()

    def equals(self, slot: str, *, is_null: bool) -> ColumnElement[bool]:
        """The row ties with the cursor."""
        if is_null:
            return self.expression.is_(None)
        return self.expression == self._bound(slot)

    def follows(self, slot: str, *, is_null: bool) -> ColumnElement[bool]:
        """The row comes strictly after the cursor."""
        if is_null:
            return self.expression.is_not(None) if self.is_descending else false()
        if self.is_descending:
            return self.expression < self._bound(slot)
        later: ColumnElement[bool] = self.expression > self._bound(slot)
        return or_(later, self.expression.is_(None)) if self.is_nullable else later

    def bounds(self, slot: str, *, is_null: bool) -> ColumnElement[bool]:
        """The row comes no earlier than the cursor, where one range of an index can say so: with nulls last none can.

        The rest follows from it and is what decides; but of an OR no database sees where in the index to begin, and a
        later page would cost all that were before it.
        """
        if is_null or (self.is_nullable and not self.is_descending):
            return true()
        bound = self._bound(slot)
        no_earlier: ColumnElement[bool] = self.expression <= bound if self.is_descending else self.expression >= bound
        return no_earlier

    def _bound(self, slot: str) -> ColumnElement[Any]:
        return bindparam(slot, type_=self.expression.type)


def sort_keys(
    context: PlanContext, entity: Entity, row: FromClause, order: Sequence[OrderTerm], *, is_backward: bool
) -> list[SortKey]:
    """The terms asked for, and the id to make the order total; all reversed for a backward page."""
    keys = []
    for term in order:
        visible = context.viewpoint.visible(entity, entity.columns[term.field], row)
        bare = entity.columns[term.field].expression(row)
        if visible.access is Access.DENIED:
            context.refusals.append(Refusal(entity.coordinate(term.field), visible.reason or Reason.ROLE))
        context.notes.seen[entity.coordinate(term.field)] = None
        expression = cast(null(), bare.type) if visible.expression is None else visible.expression
        is_nullable = visible.access is not Access.FULL or entity.columns[term.field].nullable
        keys.append(SortKey(term.field, expression, term.is_descending ^ is_backward, is_nullable))
    return [*keys, SortKey("id", row.c.id, is_backward, is_nullable=False)]


def after_cursor(keys: Sequence[SortKey], prefix: str, nulls: Sequence[bool] | None) -> ColumnElement[bool]:
    """The rows that come after the cursor whose values are the parameters `<prefix>k0`, `<prefix>k1` and on."""
    if nulls is None:
        return true()
    if len(keys) == 1:
        return keys[0].follows(f"{prefix}k0", is_null=nulls[0])
    alternatives = []
    ties: list[ColumnElement[bool]] = []
    for position, (key, is_null) in enumerate(zip(keys, nulls, strict=True)):
        slot = f"{prefix}k{position}"
        alternatives.append(and_(*ties, key.follows(slot, is_null=is_null)))
        ties.append(key.equals(slot, is_null=is_null))
    return and_(keys[0].bounds(f"{prefix}k0", is_null=nulls[0]), or_(*alternatives))
