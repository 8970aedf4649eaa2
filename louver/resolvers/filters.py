"""From a filter's shape to an SQL condition over visible expressions.

Leak: referring is viewing. A coordinate that is denied outright refuses the operation; one that is seen in part is
compared as the caller sees it, and what is hidden compares as null. Related rows count only where they are in reach.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, and_, bindparam, cast, exists, false, not_, null, or_, true
from sqlalchemy.types import TypeEngine

from louver.authz.vocabulary import Reason
from louver.resolvers.arguments import Compare, FilterNode, IsNull, Junction, Related
from louver.resolvers.catalogue import Column, Entity, Kind
from louver.resolvers.dialects import Speech
from louver.resolvers.viewpoint import Access, Viewpoint


@dataclass(frozen=True, slots=True)
class Refusal:
    """A coordinate that the operation refers to and the caller may not see."""

    coordinate: str
    reason: Reason


class FilterBuilder:
    """Builds conditions, and collects what they may not refer to."""

    def __init__(self, viewpoint: Viewpoint, refusals: list[Refusal], seen: dict[str, None]) -> None:
        self._viewpoint = viewpoint
        self._refusals = refusals
        self._noted = seen

    def build(self, entity: Entity, row: FromClause, node: FilterNode | None) -> ColumnElement[bool]:
        """The condition; a comparison with null is never true, and its negation always is."""
        match node:
            case None:
                return true()
            case Junction(operator, nodes):
                return _join(operator, [self.build(entity, row, inner) for inner in nodes])
            case Related():
                return self._related(entity, row, node)
            case IsNull(name, wanted):
                value = self._seen(entity, row, entity.columns[name])
                return value.is_(None) if wanted else value.is_not(None)
            case Compare():
                column = entity.columns[node.field]
                return compare(column, self._seen(entity, row, column), node, self._viewpoint.speech)

    def _seen(self, entity: Entity, row: FromClause, column: Column) -> ColumnElement[Any]:
        coordinate = entity.coordinate(column.name)
        visible = self._viewpoint.visible(entity, column, row)
        self._noted[coordinate] = None
        if visible.access is Access.DENIED:
            self._refusals.append(Refusal(coordinate, visible.reason or Reason.ROLE))
        if visible.expression is None:
            return cast(null(), column.expression(row).type)
        return visible.expression

    def _related(self, entity: Entity, row: FromClause, node: Related) -> ColumnElement[bool]:
        relation = entity.relations[node.relation]
        target = self._viewpoint.catalogue[relation.target]
        child = target.table.alias()
        # Leak: related rows are reached as in a list, even inside an aggregate, or a count would tell of one row.
        listing = self._viewpoint.listing
        condition, reason = listing.follow(entity, relation, row, child, self._viewpoint)
        coordinate = entity.coordinate(relation.name)
        self._noted[coordinate] = None
        if condition is None:
            self._refusals.append(Refusal(coordinate, reason or Reason.ROLE))
            return false()
        inner = FilterBuilder(listing, self._refusals, self._noted).build(target, child, node.node)
        if node.quantifier == "every":
            return not_(exists().where(condition, inner.is_not(true())))
        found = exists().where(condition, inner)
        return not_(found) if node.quantifier == "none" else found


def _join(operator: str, conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    if operator == "not":
        return and_(true(), *conditions).is_not(true())
    return or_(false(), *conditions) if operator == "or" else and_(true(), *conditions)


def compare(column: Column, value: ColumnElement[Any], node: Compare, speech: Speech) -> ColumnElement[bool]:
    """One operator. `ne` and `notIn` hold for null too: null is not the value."""
    item: TypeEngine[Any] = String() if column.kind in (Kind.CODE, Kind.CODES, Kind.TEXT, Kind.TEXTS) else value.type
    is_list = node.operator in ("in", "notIn", "has", "hasAny", "hasAll")
    operand = bindparam(node.slot, type_=speech.array_type(item) if is_list else item)
    return _OPERATORS[node.operator](value, operand, speech)


_Operator = Callable[[ColumnElement[Any], Any, Speech], ColumnElement[bool]]
_OPERATORS: dict[str, _Operator] = {
    "eq": lambda value, operand, _: value == operand,
    "ne": lambda value, operand, _: value.is_distinct_from(operand),
    "gt": lambda value, operand, _: value > operand,
    "gte": lambda value, operand, _: value >= operand,
    "lt": lambda value, operand, _: value < operand,
    "lte": lambda value, operand, _: value <= operand,
    "in": lambda value, operand, speech: speech.is_member(value, operand),
    "notIn": lambda value, operand, speech: speech.is_member(value, operand).is_not(true()),
    "contains": lambda value, operand, speech: speech.like(value, operand),
    "startsWith": lambda value, operand, speech: speech.like(value, operand),
    "has": lambda value, operand, speech: speech.has_any(value, operand),
    "hasAny": lambda value, operand, speech: speech.has_any(value, operand),
    "hasAll": lambda value, operand, speech: speech.has_all(value, operand),
}
