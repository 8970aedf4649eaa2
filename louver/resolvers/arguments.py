"""Arguments, taken apart into a *shape* and values.

A shape is hashable and holds no value of the request: operations with equal shapes share one plan and one SQL text. The
values go in as parameters, by name.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from louver.errors import InvalidInputError, LimitExceededError
from louver.resolvers.catalogue import Catalogue, Column, Entity, Relation
from louver.resolvers.ids import read_id
from louver.resolvers.operands import read_operand

DEFAULT_PAGE_SIZE = 100
FILTER_DEPTH_MAX = 40
"""Of `and`, `or` and `not`, each of which counts once, and relations. The stack of SQLite's parser holds no more."""
FILTER_TERMS_MAX = 500
"""Conditions and what joins them. An expression of SQLite is at most 1,000 deep, and a row of `or` as deep as long."""
_LINK_DEPTH = 10
"""What a relation counts: it becomes a statement within the statement."""


@dataclass(frozen=True, slots=True)
class Compare:
    """One operator on one field; `slot` names the parameter.

    Not shown in the representation, which cursors are bound to: the name tells where in a document the field stands.
    """

    field: str
    operator: str
    slot: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether the field is null as the caller sees it."""

    field: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Related:
    """A condition on related rows: `some`, `none`, `every`, or `is` for a to-one relation."""

    relation: str
    quantifier: str
    node: "FilterNode"


@dataclass(frozen=True, slots=True)
class Junction:
    """`and`, `or`, or `not` (whose one node is negated)."""

    operator: str
    nodes: tuple["FilterNode", ...]


FilterNode = Compare | IsNull | Related | Junction


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """Sort by a field."""

    field: str
    is_descending: bool


@dataclass(frozen=True, slots=True)
class PageShape:
    """A connection's arguments. `cursor_nulls`: None without a cursor, else which of its values are null."""

    filter: FilterNode | None
    order: tuple[OrderTerm, ...]
    is_backward: bool
    cursor_nulls: tuple[bool, ...] | None


@dataclass(frozen=True, slots=True)
class PointShape:
    """One row by id; without an entity the id is of no known form and nothing is found."""

    entity: str | None


@dataclass(frozen=True, slots=True)
class AggregateShape:
    """An aggregate's arguments."""

    filter: FilterNode | None
    dimensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CursorQuery:
    """What a cursor belongs to, besides the caller and the filter's values."""

    entity: Entity
    place: str
    order: tuple[OrderTerm, ...]
    filter: FilterNode | None


Shape = PageShape | PointShape | AggregateShape
DecodeCursor = Callable[[str, CursorQuery, Mapping[str, Any]], Sequence[Any]]


class ArgumentReader:
    """Reads the arguments of one field, putting values under names that begin with `prefix`."""

    def __init__(self, catalogue: Catalogue, prefix: str, values: dict[str, Any], page_size_max: int) -> None:
        self._catalogue = catalogue
        self._prefix = prefix
        self._values = values
        self._page_size_max = page_size_max
        self._count = 0

    def read_page(self, entity: Entity, place: str, arguments: Mapping[str, Any], decode: DecodeCursor) -> PageShape:
        """Read a connection's `filter`, `orderBy`, `first`, `after`, `last` and `before`.

        Raises:
            InvalidInputError: they contradict each other, or a value is of no use.
            LimitExceededError: the page is larger than what is served.

        """
        size, is_backward = self._page_size(arguments)
        tree = self._whole_filter(entity, arguments.get("filter"))
        order = tuple(
            OrderTerm(str(term["field"]), str(term.get("direction", "ASC")) == "DESC")
            for term in arguments.get("orderBy") or ()
        )
        mine = {name: value for name, value in self._values.items() if name.startswith(self._prefix)}
        cursor = arguments.get("before" if is_backward else "after")
        nulls: tuple[bool, ...] | None = None
        if cursor is not None:
            keys = decode(cursor, CursorQuery(entity, place, order, tree), mine)
            nulls = tuple(key is None for key in keys)
            self._values.update({f"{self._prefix}k{position}": key for position, key in enumerate(keys)})
        self._values[f"{self._prefix}limit"] = size + 1
        return PageShape(tree, order, is_backward, nulls)

    def read_point(self, entity: Entity | None, arguments: Mapping[str, Any]) -> PointShape:
        """Read an `id`; one of another type, or of no form at all, simply finds nothing."""
        found = read_id(self._catalogue, arguments.get("id"))
        if found is None or (entity is not None and found[0] is not entity):
            return PointShape(None)
        self._values[f"{self._prefix}id"] = found[1]
        return PointShape(found[0].name)

    def read_aggregate(self, entity: Entity, arguments: Mapping[str, Any]) -> AggregateShape:
        """Read an aggregate's `filter` and `groupBy`."""
        return AggregateShape(
            self._whole_filter(entity, arguments.get("filter")),
            tuple(dict.fromkeys(map(str, arguments.get("groupBy") or ()))),
        )

    # pages

    def _page_size(self, arguments: Mapping[str, Any]) -> tuple[int, bool]:
        first, last = arguments.get("first"), arguments.get("last")
        after, before = arguments.get("after"), arguments.get("before")
        if (first is not None or after is not None) and (last is not None or before is not None):
            raise InvalidInputError(
                "page forward with `first` and `after`, or backward with `last` and `before`, not both",
                hint="leave one pair out",
            )
        is_backward = last is not None or before is not None
        name, size = ("last", last) if is_backward else ("first", first)
        size = DEFAULT_PAGE_SIZE if size is None else size
        if size < 0:
            raise InvalidInputError(f"`{name}` is negative", hint=f"ask for 0 to {self._page_size_max}")
        if size > self._page_size_max:
            raise LimitExceededError(
                f"`{name}: {size}` is more than the page size of {self._page_size_max}",
                hint="ask for less and follow `pageInfo.endCursor`",
                limit="page_size",
                maximum=self._page_size_max,
                actual=size,
            )
        return size, is_backward

    # filters

    def _whole_filter(self, entity: Entity, tree: Mapping[str, Any] | None) -> FilterNode | None:
        node = self._filter(entity, tree)
        if node is not None:
            hint = f"at most {FILTER_DEPTH_MAX // _LINK_DEPTH} relations are followed within each other"
            _require("filter_depth", FILTER_DEPTH_MAX, _find_depth(node), hint)
            _require("filter_terms", FILTER_TERMS_MAX, _count_terms(node), "use `in` for many values of one field")
        return node

    def _filter(self, entity: Entity, tree: Mapping[str, Any] | None) -> FilterNode | None:
        nodes = [node for name, value in (tree or {}).items() for node in self._nodes(entity, name, value)]
        if not nodes:
            return None
        return nodes[0] if len(nodes) == 1 else Junction("and", tuple(nodes))

    def _nodes(self, entity: Entity, name: str, value: Any) -> list[FilterNode]:
        if value is None:
            raise InvalidInputError(f"the filter on `{name}` is null", hint="leave it out, or use `isNull`")
        if name in ("and", "or"):
            return [Junction(name, tuple(self._required(entity, branch) for branch in value))]
        if name == "not":
            return [Junction("not", (self._required(entity, value),))]
        if name in entity.columns:
            column = entity.columns[name]
            return [self._operator(entity, column, operator, operand) for operator, operand in value.items()]
        return self._related(entity.relations[name], value)

    def _required(self, entity: Entity, tree: Mapping[str, Any]) -> FilterNode:
        return self._filter(entity, tree) or Junction("and", ())

    def _related(self, relation: Relation, value: Mapping[str, Any]) -> list[FilterNode]:
        target = self._catalogue[relation.target]
        quantified = value if relation.many else {"is": value}
        if None in quantified.values():
            raise InvalidInputError(
                f"the filter on `{relation.name}` has a null in it", hint="leave it out, or use `{}` for any row"
            )
        return [
            Related(relation.name, quantifier, self._required(target, tree)) for quantifier, tree in quantified.items()
        ]

    def _operator(self, entity: Entity, column: Column, operator: str, operand: Any) -> FilterNode:
        if operand is None:
            raise InvalidInputError(
                f"`{column.name}: {{{operator}: null}}` compares with nothing", hint="use `isNull: true`"
            )
        if operator == "isNull":
            return IsNull(column.name, bool(operand))
        slot = f"{self._prefix}f{self._count}"
        self._count += 1
        self._values[slot] = read_operand(entity, column, operator, operand)
        return Compare(column.name, operator, slot)


def _find_depth(node: FilterNode) -> int:
    if isinstance(node, Junction):
        return 1 + max(map(_find_depth, node.nodes), default=0)
    return _LINK_DEPTH + _find_depth(node.node) if isinstance(node, Related) else 0


def _count_terms(node: FilterNode) -> int:
    if isinstance(node, Junction):
        return 1 + sum(map(_count_terms, node.nodes))
    return 1 + (_count_terms(node.node) if isinstance(node, Related) else 0)


def _require(limit: str, maximum: int, actual: int, hint: str) -> None:
    if actual > maximum:
        raise LimitExceededError(
            "The filter is larger than what is searched by.", hint=hint, limit=limit, maximum=maximum, actual=actual
        )
