"""One row by id. Points of the same shape in one operation share a loader, so that aliases cost one statement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from louver.resolvers.catalogue import Entity
from louver.resolvers.cost import Cost
from louver.resolvers.levels import Level, Pages, build_child_page, run_children
from louver.resolvers.notes import Denial, Path
from louver.resolvers.rows import PlanContext, RowBuilder
from louver.resolvers.run import Run
from louver.resolvers.selection import Field
from louver.resolvers.statements import Statement


@dataclass(slots=True, eq=False)
class Lookup:
    """The statement that finds rows by id, and the completer of each."""

    statement: Statement
    source: str
    complete: Callable[[Sequence[Sequence[Any]], Sequence[Pages]], dict[Any, Any]]
    children: Sequence[tuple[Level, int]]
    subjects: Sequence[tuple[str, int]]
    cost: Cost
    is_shared: bool = False
    """Whether several roots of one operation look up by it."""

    async def load(self, ids: Sequence[UUID], run: Run) -> list[Any]:
        """Fetch several rows at once; null for each that is not in reach."""
        rows = await self.statement.run(run.reads, {**run.values, "ids": list(ids)})
        run.note(rows, self.subjects)
        below = await run_children(self.children, rows, run)
        found = {_as_uuid(key): node for key, node in self.complete(rows, below).items()}
        return [found.get(row_id) for row_id in ids]


@dataclass(frozen=True, slots=True)
class Point:
    """One root that looks up one id."""

    lookup: Lookup
    slot: str

    @property
    def cost(self) -> Cost:
        """See Executable."""
        return self.lookup.cost

    async def run(self, run: Run) -> Any:
        """Fetch and complete the row."""
        row_id = run.values[self.slot]
        if self.lookup.is_shared:
            return await run.loader(self.lookup).load(row_id)
        return (await self.lookup.load([row_id], run))[0]


def build_point(
    context: PlanContext,
    entity: Entity,
    field: Field,
    children: Sequence[Field],
    coordinate: str,
    known: dict[tuple[str, str], Lookup],
) -> Point | None:
    """Plan a lookup; None where the caller reaches no row of the type."""
    path: Path = (field.key,)
    row = entity.table.alias()
    reach = context.viewpoint.reach(entity, row)
    if reach is None:
        context.notes.denials.append(Denial(coordinate, context.viewpoint.why_unreachable(entity), path))
        return None
    context.notes.seen[coordinate] = None
    builder = RowBuilder(context, row, build_child_page)
    key = builder.add_key(row, "id")
    source = f"{{r[{key}]: {builder.node(entity, row, children, path)} for r in rows}}"
    speech = context.viewpoint.speech
    ids = bindparam("ids", type_=speech.array_type(row.c.id.type))
    query = select(*builder.columns).select_from(builder.source).where(reach, speech.is_member(row.c.id, ids))
    statement = Statement(query, speech)
    complete = _compile(source, builder.namespace)
    lookup = Lookup(statement, source, complete, builder.children, builder.subjects, builder.cost)
    if not builder.children:
        known_one = known.setdefault((statement.sql, source), lookup)
        known_one.is_shared, lookup = known_one is not lookup, known_one
    return Point(lookup, f"a{field.index}_id")


def _as_uuid(key: Any) -> UUID:
    return key if isinstance(key, UUID) else UUID(hex=key)


def _compile(source: str, namespace: dict[str, Any]) -> Callable[..., dict[Any, Any]]:
    scope = dict(namespace)
    exec(f"def complete(rows, c):\n    return {source}", scope)  # noqa: S102 - see louver.resolvers.levels
    complete: Callable[..., dict[Any, Any]] = scope["complete"]
    return complete
