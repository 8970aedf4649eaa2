"""The schema: `Query` over the catalogue."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Optional

import strawberry
from graphql import GraphQLSchema
from strawberry.types.field import StrawberryField

from louver.resolvers.catalogue import Catalogue
from louver.resolvers.needs import name_roots
from louver.resolvers.requests import RootKind
from louver.schema import access, asking_log, audit_events, audit_holds, explaining, keys, operations
from louver.schema.building import Builder
from louver.schema.catalogue import build_catalogue
from louver.schema.documents import UseParsedDocument
from louver.schema.execution import PlannedExecutor, read_root
from louver.schema.inputs import build_inputs
from louver.schema.types import aggregate_arguments, build_types, connection_arguments
from louver.schema.viewer import Viewer, build_viewer
from louver.schema.visibility import VisibilityIndex

SCALARS = {
    "Optional": Optional,
    "List": list,
    "ID": strawberry.ID,
    "String": str,
    "Int": int,
    "Float": float,
    "Boolean": bool,
    "Date": date,
    "DateTime": datetime,
}


@dataclass(frozen=True, slots=True)
class LouverSchema:
    """The Strawberry schema with the catalogue behind it; `roots` says what each field of `Query` reads."""

    strawberry: strawberry.Schema
    catalogue: Catalogue
    roots: dict[str, tuple[RootKind, str | None]]
    visibilities: VisibilityIndex

    @property
    def graphql(self) -> GraphQLSchema:
        """The schema as graphql-core has it."""
        return self.strawberry._schema  # noqa: SLF001 - Strawberry has no public name for it

    def as_sdl(self) -> str:
        """Print the schema definition."""
        return self.strawberry.as_str() + "\n"


class _Schema(strawberry.Schema):
    """Strawberry's schema, which keeps to itself what goes wrong: the endpoint tells the caller or logs it."""

    def process_errors(self, *_: Any, **__: Any) -> None:
        """Leak: Strawberry would log the text of every error, and with it what somebody sent."""


@cache
def build_schema() -> LouverSchema:
    """Build the schema from the declarations: once for all servers of a process, since it holds nothing of theirs."""
    catalogue = build_catalogue()
    builder = Builder(SCALARS)
    build_inputs(builder, catalogue)
    build_types(builder, catalogue)
    roots: dict[str, tuple[RootKind, str | None]] = {"node": (RootKind.NODE, None)}
    fields = [_viewer(), _node(builder), audit_events.build_field(builder)]
    for entity in catalogue.values():
        single, plural, aggregate = name_roots(entity)
        roots[single] = (RootKind.POINT, entity.name)
        roots[plural] = (RootKind.PAGE, entity.name)
        roots[aggregate] = (RootKind.AGGREGATE, entity.name)
        identified = [builder.argument("id", "ID!", "Its id.")]
        fields += [
            builder.field(single, entity.name, f"The {entity.name} with this id.", identified),
            builder.field(
                plural,
                f"{entity.name}Connection",
                f"{entity.name} rows in the caller's reach.",
                connection_arguments(builder, entity.name),
            ),
            builder.field(
                aggregate,
                f"{entity.name}Aggregate",
                f"Counts over the {entity.name} rows that the caller may count.",
                aggregate_arguments(builder, entity.name),
            ),
        ]
    query = builder.object(
        "Query",
        "What can be read.",
        [
            *fields,
            *access.list_query_fields(),
            operations.make_query_field(),
            *explaining.list_query_fields(),
            *keys.list_query_fields(),
            *audit_holds.list_query_fields(),
            *asking_log.list_query_fields(),
        ],
    )
    types = [builder.namespace[name] for name in catalogue]
    schema = _Schema(
        query,
        asking_log.Mutation,
        types=types,
        execution_context_class=PlannedExecutor,
        extensions=[UseParsedDocument],
    )
    graphql = schema._schema  # noqa: SLF001 - see LouverSchema.graphql
    made = LouverSchema(schema, catalogue, roots, VisibilityIndex(graphql, catalogue, roots))
    _read_by_plan(made)
    audit_events.read_by_log(graphql)
    return made


def _read_by_plan(schema: LouverSchema) -> None:
    query = schema.graphql.query_type
    assert query is not None  # noqa: S101 - it was just built
    for name in schema.roots:
        query.fields[name].resolve = read_root


def _viewer() -> StrawberryField:
    def viewer(info: strawberry.Info[Any, Any]) -> Viewer | None:
        return build_viewer(info.context.principal)

    return StrawberryField("viewer", "viewer", description="Who is asking.")(viewer)


def _node(builder: Builder) -> StrawberryField:
    return builder.field("node", "Node", "The object with this id.", [builder.argument("id", "ID!", "Its id.")])
