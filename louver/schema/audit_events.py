"""`auditEvents`: access records as a connection. No plan reads it, because they lie in the log."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema
from strawberry.types.field import StrawberryField

from louver.authz.duties import Administered
from louver.authz.vocabulary import Act, DeniedMode
from louver.resolvers.asking.fields import AUDIT_EVENT
from louver.resolvers.asking.pages import Page, Pages, require_shown
from louver.resolvers.ids import read_id_of
from louver.resolvers.notes import Denial
from louver.resolvers.selection import Field
from louver.schema.asking import Asked, asking, opened
from louver.schema.building import Builder
from louver.schema.context import OperationContext
from louver.schema.execution import read_root
from louver.schema.inputs import build_referring
from louver.schema.selecting import Collector
from louver.schema.types import build_listed, connection_arguments

ROOT = AUDIT_EVENT.plural
_LISTING = ("AuditEvent", "AuditEventEdge", "AuditEventConnection", "PageInfo")
"""Types whose values are made here. `PageInfo` elsewhere comes completed from a plan."""


def build_field(builder: Builder) -> StrawberryField:
    """Make the types of access records, and the field of `Query` that lists them."""
    build_referring(builder, AUDIT_EVENT)
    build_listed(builder, AUDIT_EVENT, [builder.namespace["Node"]])
    arguments = connection_arguments(builder, AUDIT_EVENT.name)
    return builder.field(
        ROOT,
        f"{AUDIT_EVENT.name}Connection",
        "Access records of the agency, the oldest first; `last` takes the newest.",
        arguments,
    )


def read_by_log(schema: GraphQLSchema) -> None:
    """Have the log answer."""
    query = schema.query_type
    assert query is not None  # noqa: S101 - it was just built
    query.fields[ROOT].resolve = _read_events
    query.fields["node"].resolve = _read_node
    node = schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)  # noqa: S101 - it was just built
    node.resolve_type = lambda _value, _info, _node: AUDIT_EVENT.name  # every other node comes completed from a plan
    for type_name in _LISTING:
        listed = schema.type_map[type_name]
        assert isinstance(listed, GraphQLObjectType)  # noqa: S101 - it was just built
        listed.is_type_of = None
        for name, field in listed.fields.items():
            field.resolve = _look_up(name)


def _look_up(name: str) -> Callable[..., Any]:
    return lambda source, _info: source.get(name)


async def _read_events(_source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> dict[str, Any]:
    context: OperationContext = info.context
    fields = _collect(info)
    events = list(_list_events(fields))
    async with asking(context, ROOT) as asked:
        shown = _deny(context, asked, str(info.path.key), events)
        pages = Pages(asked.log, asked.reach, context.run.cursors, arguments)
        page = await pages.read(shown)
        selected = {field.name for field in fields}
        total = await pages.count() if "totalCount" in selected else None
    context.facts.rows += len(page.rows)
    context.facts.returned += tuple(map(AUDIT_EVENT.coordinate, dict.fromkeys([*shown, *pages.referred])))
    return _as_connection(page, total)


async def _read_node(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Read one access record by its id; leave all other ids to the plan.

    Leak: whoever may not read records is answered as if there were none with this id.
    """
    context: OperationContext = info.context
    if read_id_of(AUDIT_EVENT, arguments["id"]) is None:
        return await read_root(source, info, **arguments)
    wanted = {"filter": {"id": {"eq": arguments["id"]}}, "first": 1}
    for membership in context.principal.memberships:
        if membership.rights.permit(Administered.AUDIT_EVENT, Act.VIEW).rows:
            async with opened(context, membership) as asked:
                shown = _deny(context, asked, str(info.path.key), [((), field) for field in _collect_node(info)])
                page = await Pages(asked.log, asked.reach, context.run.cursors, wanted).read(shown)
            context.facts.returned += tuple(map(AUDIT_EVENT.coordinate, shown))
            if page.rows:
                context.facts.rows += 1
                return page.rows[0]
    return None


def _collect_node(info: GraphQLResolveInfo[Any]) -> list[Field]:
    listed = info.schema.type_map[AUDIT_EVENT.name]
    assert isinstance(listed, GraphQLObjectType)  # noqa: S101 - the schema was built so
    collector = Collector(info.schema, info.fragments, info.variable_values)
    return collector.fields(listed, [node.selection_set for node in info.field_nodes if node.selection_set])


def _collect(info: GraphQLResolveInfo[Any]) -> list[Field]:
    connection = info.schema.type_map[f"{AUDIT_EVENT.name}Connection"]
    assert isinstance(connection, GraphQLObjectType)  # noqa: S101 - the schema was built so
    collector = Collector(info.schema, info.fragments, info.variable_values)
    sets = [node.selection_set for node in info.field_nodes if node.selection_set]
    return collector.fields(connection, sets)


def _list_events(fields: Iterable[Field]) -> Iterator[tuple[tuple[str, ...], Field]]:
    """List the fields of records that are selected, with where the answer has them."""
    for field in fields:
        if field.name == "nodes":
            yield from (((field.key, "@"), child) for child in field.children)
        elif field.name == "edges":
            for inner in field.children:
                if inner.name == "node":
                    yield from (((field.key, "@", inner.key), child) for child in inner.children)


def _deny(
    context: OperationContext, asked: Asked, root: str, events: Sequence[tuple[tuple[str, ...], Field]]
) -> list[str]:
    """Tell of what is selected and not shown, and answer what is.

    Raises:
        FieldDeniedError: something is not shown, and the caller wants to be refused then.
    """
    names = list(dict.fromkeys(field.name for _, field in events if not field.name.startswith("__")))
    if context.denied_mode is DeniedMode.REJECT:
        require_shown(asked.reach, names)
    hidden = {name: reason for name in names if (reason := asked.reach.hides(name))}
    context.denials.extend(
        Denial(AUDIT_EVENT.coordinate(field.name), hidden[field.name], (root, *path, field.key))
        for path, field in events
        if field.name in hidden
    )
    return [name for name in names if name not in hidden]


def _as_connection(page: Page, total: int | None) -> dict[str, Any]:
    cursors = page.cursors
    return {
        "nodes": page.rows,
        "edges": [{"node": row, "cursor": cursor} for row, cursor in zip(page.rows, cursors, strict=True)],
        "pageInfo": {
            "hasNextPage": page.has_next,
            "hasPreviousPage": page.has_previous,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
        "totalCount": total,
    }
