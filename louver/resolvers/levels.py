"""A level: one connection or one row by id, as one statement for all its parents, and the completer of its rows."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, and_, bindparam, func, select

from louver.resolvers.arguments import CursorQuery, PageShape
from louver.resolvers.catalogue import Entity, Relation
from louver.resolvers.cost import COUNT, PAGE, Cost, PageCost
from louver.resolvers.dialects import First
from louver.resolvers.filters import FilterBuilder
from louver.resolvers.notes import Denial, Path
from louver.resolvers.paging import SortKey, after_cursor, sort_keys
from louver.resolvers.parents import select_per_parent
from louver.resolvers.rows import IS_EVERY_ITEM, PlanContext, RowBuilder
from louver.resolvers.run import Run
from louver.resolvers.selection import Field
from louver.resolvers.statements import Statement

Row = Sequence[Any]
Complete = Callable[[Sequence[Row], bool, int | None, Callable[[Row], str] | None, Sequence["Pages"]], Any]


class Pages(dict[Any, Any]):
    """Completed connections by parent key; a parent without rows gets the empty one."""

    empty: Any = None

    def __missing__(self, key: Any) -> Any:
        """Answer for a parent that has no rows."""
        return self.empty


@dataclass(slots=True, eq=False)
class Level:
    """One statement, its completer, and the levels below it with the position of their parent's key."""

    statement: Statement | None
    counts: Statement | None
    complete: Complete
    children: Sequence[tuple["Level", int]]
    subjects: Sequence[tuple[str, int]]
    parent_subject: str | None
    prefix: str
    is_backward: bool
    cursor_indexes: Sequence[int]
    query: CursorQuery
    cost: Cost

    async def run(self, run: Run) -> Any:
        """Fetch and complete the page of a root field."""
        rows, counted = await self._read(run, run.values)
        page, has_more = self._trim(list(rows), run)
        below = await self._run_children(page, run)
        return self.complete(page, has_more, counted[0][0] if counted else None, self._sealer(run), below)

    async def run_for(self, parents: Sequence[Any], run: Run) -> Pages:
        """Fetch and complete the pages of all parents at once."""
        values = {**run.values, "parents": parents}
        rows, counted = await self._read(run, values) if parents else ((), ())
        totals = {row[0]: row[1] for row in counted}
        grouped: dict[Any, list[Row]] = {}
        for row in rows:
            grouped.setdefault(parents[row[0]], []).append(row)
        trimmed = {parent: self._trim(group, run) for parent, group in grouped.items()}
        if self.parent_subject:
            run.touch(self.parent_subject, [parent for parent, (page, _) in trimmed.items() if page])
        below = await self._run_children([row for page, _ in trimmed.values() for row in page], run)
        sealer, is_counted = self._sealer(run), self.counts is not None
        pages = Pages()
        for parent in totals.keys() | trimmed.keys():
            page, has_more = trimmed.get(parent, ((), False))
            pages[parent] = self.complete(page, has_more, totals.get(parent), sealer, below)
        pages.empty = self.complete((), False, 0 if is_counted else None, sealer, below)
        return pages

    async def _read(self, run: Run, values: dict[str, Any]) -> tuple[Sequence[Row], Sequence[Row]]:
        """Fetch the rows and the counts, at the same time where both are asked for."""
        if self.statement is None or self.counts is None:
            rows = await self.statement.run(run.reads, values) if self.statement else ()
            return rows, await self.counts.run(run.reads, values) if self.counts else ()
        return await asyncio.gather(self.statement.run(run.reads, values), self.counts.run(run.reads, values))

    def _trim(self, rows: list[Row], run: Run) -> tuple[Sequence[Row], bool]:
        size = run.values[f"{self.prefix}limit"] - 1
        page = rows[:size]
        if self.is_backward:
            page.reverse()
        return page, len(rows) > size

    async def _run_children(self, rows: Sequence[Row], run: Run) -> Sequence[Pages]:
        run.note(rows, self.subjects)
        return await run_children(self.children, rows, run)

    def _sealer(self, run: Run) -> Callable[[Row], str] | None:
        if not self.cursor_indexes:
            return None
        seal = run.sealer(self.query, self.prefix)
        return lambda row: seal([row[index] for index in self.cursor_indexes])


async def run_children(children: Sequence[tuple[Level, int]], rows: Sequence[Row], run: Run) -> Sequence[Pages]:
    """Fetch and complete the pages below rows, all levels at the same time."""
    each = [level.run_for(list({row[index] for row in rows} - {None}), run) for level, index in children]
    return await asyncio.gather(*each) if len(each) > 1 else [await pages for pages in each]


def build_root_page(context: PlanContext, entity: Entity, field: Field, path: Path, coordinate: str) -> Level | None:
    """Plan a connection at the root; None where the caller reaches no row of the type."""
    row = entity.table.alias()
    reach = context.viewpoint.reach(entity, row)
    if reach is None:
        context.notes.denials.append(Denial(coordinate, context.viewpoint.why_unreachable(entity), path))
        return None
    context.notes.seen[coordinate] = None
    return _PageBuilder(context, entity, row, field, path, coordinate).build(reach, None)


def build_child_page(
    context: PlanContext, parent: Entity, relation: Relation, field: Field, path: Path
) -> Level | None:
    """Plan a connection below another row; None where the relation is closed to the caller."""
    entity = context.catalogue[relation.target]
    row = entity.table.alias()
    coordinate = parent.coordinate(relation.name)
    reach, reason = context.viewpoint.follow_many(relation, row)
    if reach is None:
        assert reason is not None  # noqa: S101 - `follow_many` gives one or the other
        context.notes.denials.append(Denial(coordinate, reason, path))
        return None
    context.notes.seen[coordinate] = None
    builder = _PageBuilder(context, entity, row, field, path, coordinate, relation.remote)
    return builder.build(reach, row.c[relation.remote])


class _PageBuilder:
    """Builds one level, at the root or for many parents."""

    def __init__(
        self,
        context: PlanContext,
        entity: Entity,
        row: FromClause,
        field: Field,
        path: Path,
        place: str,
        parent_column: str | None = None,
    ) -> None:
        shape = context.shapes[field.index]
        assert isinstance(shape, PageShape)  # noqa: S101 - the arguments of a connection were read as one
        self._context, self._entity, self._row, self._field, self._path = context, entity, row, field, path
        self._shape, self._place, self._prefix = shape, place, f"a{field.index}_"
        self._rows = RowBuilder(context, row, build_child_page, parent_column)
        self._needs_rows = False
        self._cursor_indexes: tuple[int, ...] = ()
        self._keys: list[SortKey] = []

    def build(self, reach: ColumnElement[bool], parent_key: ColumnElement[Any] | None) -> Level:
        context, shape = self._context, self._shape
        wanted = and_(
            reach,
            FilterBuilder(context.viewpoint, context.refusals, context.notes.seen).build(
                self._entity, self._row, shape.filter
            ),
        )
        self._keys = sort_keys(context, self._entity, self._row, shape.order, is_backward=shape.is_backward)
        source = self._connection(self._field.children, self._path)
        statement = self._statement(wanted, parent_key) if self._needs_rows else None
        is_counted = any(field.name == "totalCount" for field in self._field.children)
        return Level(
            statement=Statement(statement, context.viewpoint.speech) if statement is not None else None,
            counts=Statement(self._counts(wanted, parent_key), context.viewpoint.speech) if is_counted else None,
            complete=_compile(source, self._rows.namespace),
            children=self._rows.children,
            subjects=self._rows.subjects,
            parent_subject=self._rows.parent_subject,
            prefix=self._prefix,
            is_backward=shape.is_backward,
            cursor_indexes=self._cursor_indexes,
            query=CursorQuery(self._entity, self._place, shape.order, shape.filter),
            cost=self._cost(is_counted=is_counted),
        )

    def _cost(self, *, is_counted: bool) -> Cost:
        is_of_agencies = self._entity.agency_column == "id"
        page = PageCost(f"{self._prefix}limit", self._rows.cost, is_of_agencies)
        return Cost(PAGE + COUNT * is_counted, (page,) if self._needs_rows else ())

    # SQL

    def _statement(self, wanted: ColumnElement[bool], parent_key: ColumnElement[Any] | None) -> Select[Any]:
        ordered = [key.ordered() for key in self._keys]
        after = after_cursor(self._keys, self._prefix, self._shape.cursor_nulls)
        limit = bindparam(f"{self._prefix}limit", type_=Integer())
        if not self._rows.columns:
            self._rows.add_key(self._row, "id")  # rows of which nothing is shown are rows still
        if parent_key is not None:
            first = First(self._row, and_(wanted, after), parent_key, ordered, limit)
            return select_per_parent(self._context.viewpoint.speech, first, self._rows)
        query = select(*self._rows.columns).select_from(self._rows.source).where(wanted, after)
        return query.order_by(*ordered).limit(limit)

    def _counts(self, wanted: ColumnElement[bool], parent_key: ColumnElement[Any] | None) -> Select[Any]:
        speech = self._context.viewpoint.speech
        if parent_key is None:
            return select(func.count()).select_from(self._row).where(wanted)
        parents = bindparam("parents", type_=speech.array_type(speech.key_type))
        return (
            select(parent_key, func.count())
            .select_from(self._row)
            .where(wanted, speech.is_member(parent_key, parents))
            .group_by(parent_key)
        )

    # source

    def _connection(self, fields: Sequence[Field], path: Path) -> str:
        items = [f"{field.key!r}: {self._connection_item(field, (*path, field.key))}" for field in fields]
        return "{" + ", ".join(items) + "}"

    def _connection_item(self, field: Field, path: Path) -> str:
        match field.name:
            case "__typename":
                return repr(f"{self._entity.name}Connection")
            case "totalCount":
                return "total"
            case "nodes":
                return f"[{self._node(field, path)} for r in rows]"
            case "edges":
                return f"[{self._edge(field, path)} for r in rows]"
            case _:
                return self._page_info(field.children)

    def _node(self, field: Field, path: Path) -> str:
        self._needs_rows = True
        return self._rows.node(self._entity, self._row, field.children, (*path, IS_EVERY_ITEM))

    def _edge(self, field: Field, path: Path) -> str:
        self._needs_rows = True
        items = []
        for child in field.children:
            match child.name:
                case "__typename":
                    source = repr(f"{self._entity.name}Edge")
                case "cursor":
                    source = self._cursor("r")
                case _:
                    below = (*path, IS_EVERY_ITEM, child.key)
                    source = self._rows.node(self._entity, self._row, child.children, below)
            items.append(f"{child.key!r}: {source}")
        return "{" + ", ".join(items) + "}"

    def _page_info(self, fields: Sequence[Field]) -> str:
        self._needs_rows = True
        has_cursor = str(self._shape.cursor_nulls is not None)
        forward, backward = ("more", has_cursor) if not self._shape.is_backward else (has_cursor, "more")
        sources = {"__typename": "'PageInfo'", "hasNextPage": forward, "hasPreviousPage": backward}
        items = []
        for field in fields:
            if field.name in ("startCursor", "endCursor"):
                row = "rows[0]" if field.name == "startCursor" else "rows[-1]"
                items.append(f"{field.key!r}: {self._cursor(row)} if rows else None")
            else:
                items.append(f"{field.key!r}: {sources[field.name]}")
        return "{" + ", ".join(items) + "}"

    def _cursor(self, row: str) -> str:
        self._cursor_indexes = tuple(self._rows.add(self._row, f"key {key.name}", key.expression) for key in self._keys)
        return f"cursor({row})"


def _compile(source: str, namespace: dict[str, Any]) -> Complete:
    """Compile a completer. Response keys enter as string literals only, and GraphQL names are all that they can be."""
    scope = dict(namespace)
    exec(f"def complete(rows, more, total, cursor, c):\n    return {source}", scope)  # noqa: S102 - see the docstring
    complete: Complete = scope["complete"]
    return complete
