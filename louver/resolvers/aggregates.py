"""Aggregates: counts, sums and averages over the rows in reach, grouped or not, with small cells left out.

Leak: a group of few is a person. Where any of the rights used is for aggregates only, groups under the agency's minimum
are left out, and so many others with them that none can be found by subtraction from the total.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, FromClause, Select, and_, case, cast, func, select

from louver.errors import LimitExceededError
from louver.resolvers.arguments import AggregateShape
from louver.resolvers.catalogue import Column, Entity
from louver.resolvers.cost import AGGREGATE, Cost
from louver.resolvers.filters import FilterBuilder
from louver.resolvers.grouping import Grouping
from louver.resolvers.knowledge import Knowledge
from louver.resolvers.notes import Denial, Path
from louver.resolvers.rendering import Namespace
from louver.resolvers.rows import IS_EVERY_ITEM, PlanContext
from louver.resolvers.run import Run
from louver.resolvers.selection import Field
from louver.resolvers.statements import Statement
from louver.resolvers.suppression import suppress, suppress_total
from louver.resolvers.viewpoint import Viewpoint

GROUPS_MAX = 10_000

Row = Sequence[Any]


@dataclass(slots=True, eq=False)
class Aggregate:
    """The statements of one aggregate and their completers.

    Their rows hold the group's keys, its size at `size_index`, and then by turns a number and the size that it is made
    of: how many rows have what is summed. Rows that the caller lists anyway are in no size, so where there may be such
    the number of all rows stands at the end.
    """

    total: Statement | None
    groups: Statement | None
    complete: Callable[[Row | None, Sequence[Row]], Any]
    size_index: int
    total_index: int
    open_columns: Sequence[int]
    is_suppressible: bool

    @property
    def cost(self) -> Cost:
        """See Executable."""
        return Cost(AGGREGATE)

    async def run(self, run: Run) -> Any:
        """Fetch, suppress and complete."""
        totals, groups = await asyncio.gather(self._fetch(self.total, run), self._fetch(self.groups, run))
        if len(groups) > GROUPS_MAX:
            raise LimitExceededError(
                f"more than {GROUPS_MAX} groups",
                hint="filter, or group by less",
                limit="groups",
                maximum=GROUPS_MAX,
                actual=len(groups),
            )
        total = totals[0] if totals else None
        if self.is_suppressible:
            minimum = run.small_cell_minimum
            groups = suppress(groups, self.size_index, minimum, self.open_columns)
            total = None if total is None else suppress_total(total, minimum, self.total_index)
        return self.complete(total, groups)

    async def _fetch(self, statement: Statement | None, run: Run) -> Sequence[Row]:
        return await statement.run(run.reads, run.values) if statement else ()


def build_aggregate(context: PlanContext, entity: Entity, field: Field, coordinate: str) -> Aggregate | None:
    """Plan an aggregate; None where the caller may not even count rows of the type."""
    row = entity.table.alias()
    viewpoint = context.viewpoint.aggregating
    reach = viewpoint.reach(entity, row)
    if reach is None:
        context.notes.denials.append(Denial(coordinate, viewpoint.why_unreachable(entity), (field.key,)))
        return None
    context.notes.seen[coordinate] = None
    builder = _AggregateBuilder(context, viewpoint, entity, row, field)
    aggregate = builder.build(reach)
    if aggregate.is_suppressible:
        context.notes.suppressible[coordinate] = None
    return aggregate


class _AggregateBuilder:
    """Builds the two statements, for the total and for the groups, over one source."""

    def __init__(
        self, context: PlanContext, viewpoint: Viewpoint, entity: Entity, row: FromClause, field: Field
    ) -> None:
        shape = context.shapes[field.index]
        assert isinstance(shape, AggregateShape)  # noqa: S101 - the arguments were read as an aggregate's
        self._context, self._viewpoint, self._entity, self._row, self._field = context, viewpoint, entity, row, field
        self._shape = shape
        self._namespace: Namespace = {}
        self._is_suppressible = viewpoint.reaches_by_aggregate(entity)
        self._groups = Grouping(context, viewpoint, entity, row, self._namespace)
        self._listed = Knowledge.of(viewpoint.listing, entity, row)

    def build(self, reach: ColumnElement[bool]) -> Aggregate:
        filters = FilterBuilder(self._viewpoint, self._context.refusals, self._context.notes.seen)
        wanted = and_(reach, filters.build(self._entity, self._row, self._shape.filter))
        for name in self._shape.dimensions:
            self._groups.add(self._entity.dimensions[name])
        dimensions = list(self._groups.columns)
        totals, grouped = [self._count()], [*dimensions, self._count(is_distinct=self._groups.is_unnested)]
        source = self._total(totals, grouped, (self._field.key,))
        is_suppressible = self._is_suppressible or self._groups.is_by_aggregate
        places = {"T": 0, "G": len(dimensions)}
        if is_suppressible:
            places["T"] = self._make_size(totals, 0, self._listed)
            places["G"] = self._make_size(grouped, len(dimensions), self._groups.known)
        names = {child.name for child in self._field.children}
        speech = self._context.viewpoint.speech
        total = select(*totals).select_from(self._row).where(wanted)
        return Aggregate(
            total=Statement(total, speech) if names & {"count", "sum", "average"} else None,
            groups=Statement(self._grouped(wanted, dimensions, grouped), speech) if "groups" in names else None,
            complete=_compile(source, {**self._namespace, **places}),
            size_index=len(dimensions),
            total_index=places["T"],
            open_columns=self._groups.open_columns,
            is_suppressible=is_suppressible,
        )

    def _count(self, known: Knowledge | None = None, *, is_distinct: bool = False) -> ColumnElement[Any]:
        """How many rows, or of how many the caller does not know. A list that holds a code twice is still one row."""
        if known is None and not is_distinct:
            return func.count()
        row = self._row.c.id if known is None else known.unless_known(self._row.c.id)
        return func.count(row.distinct() if is_distinct else row)

    def _make_size(self, columns: list[ColumnElement[Any]], place: int, known: Knowledge) -> int:
        """Put a size where the number of rows stands, and answer where that stands now."""
        if known.is_none:
            return place
        columns.append(columns[place])
        columns[place] = self._count(known, is_distinct=place > 0 and self._groups.is_unnested)
        return len(columns) - 1

    def _grouped(
        self, wanted: ColumnElement[bool], dimensions: list[ColumnElement[Any]], columns: list[ColumnElement[Any]]
    ) -> Select[Any]:
        query = select(*(column.label(f"v{index}") for index, column in enumerate(columns)))
        query = query.select_from(self._groups.source).where(wanted, *self._groups.conditions)
        order = [dimension.asc().nulls_last() for dimension in dimensions]
        return query.group_by(*dimensions).order_by(*order).limit(GROUPS_MAX + 1)

    # source

    def _total(self, totals: list[ColumnElement[Any]], grouped: list[ColumnElement[Any]], path: Path) -> str:
        items = []
        for child in self._field.children:
            below = (*path, child.key)
            if child.name == "__typename":
                source = repr(f"{self._entity.name}Aggregate")
            elif child.name == "groups":
                source = f"[{self._group(child.children, grouped, (*below, IS_EVERY_ITEM))} for r in groups]"
            else:
                source = f"None if t is None else {self._summary(child, totals, 't', below)}"
            items.append(f"{child.key!r}: {source}")
        return "{" + ", ".join(items) + "}"

    def _group(self, fields: Sequence[Field], grouped: list[ColumnElement[Any]], path: Path) -> str:
        items = []
        for child in fields:
            below = (*path, child.key)
            if child.name == "__typename":
                source = repr(f"{self._entity.name}Group")
            elif child.name == "key":
                source = self._groups.key_source(child.children)
            else:
                source = self._summary(child, grouped, "r", below)
            items.append(f"{child.key!r}: {source}")
        return "{" + ", ".join(items) + "}"

    def _summary(self, field: Field, columns: list[ColumnElement[Any]], row: str, path: Path) -> str:
        if field.name == "count":
            return "t[T]" if row == "t" else "r[G]"
        items = []
        for child in field.children:
            if child.name == "__typename":
                source = repr(f"{self._entity.name}{'Sums' if field.name == 'sum' else 'Averages'}")
            else:
                known = self._listed if row == "t" else self._groups.known
                measured = self._measure(self._entity.columns[child.name], field.name, known, (*path, child.key))
                source = f"{row}[{len(columns)}]" if measured else "None"
                columns += measured
            items.append(f"{child.key!r}: {source}")
        return "{" + ", ".join(items) + "}"

    def _measure(self, column: Column, operation: str, known: Knowledge, path: Path) -> list[ColumnElement[Any]]:
        """The number and the size that it is made of; neither where the column may not be seen."""
        assert column.measure is not None  # noqa: S101 - the schema offers only measured columns
        coordinate = self._entity.coordinate(column.name)
        condition, is_by_aggregate, reason = self._viewpoint.aggregable(self._entity, column, self._row)
        if reason is not None:
            self._context.notes.denials.append(Denial(coordinate, reason, path))
            return []
        self._context.notes.seen[coordinate] = None
        self._is_suppressible |= is_by_aggregate
        units = column.measure.units(self._row)
        seen = units if condition is None else case((condition, units))
        count, total = func.count(seen), cast(func.sum(seen), Double()) / column.measure.per
        size = func.count(known.also(self._entity, column, self._row).unless_known(seen))
        return [total if operation == "sum" else total / func.nullif(count, 0), size]


def _compile(source: str, namespace: Namespace) -> Callable[[Row | None, Sequence[Row]], Any]:
    scope = dict(namespace)
    exec(f"def complete(t, groups):\n    return {source}", scope)  # noqa: S102 - see louver.resolvers.levels
    complete: Callable[[Row | None, Sequence[Row]], Any] = scope["complete"]
    return complete
