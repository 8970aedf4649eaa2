"""Object types: entities, their connections and their aggregates."""

from collections.abc import Sequence

from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from louver.resolvers.arguments import DEFAULT_PAGE_SIZE
from louver.resolvers.catalogue import Catalogue, Column, Dimension, Entity, Kind, Relation
from louver.schema.building import Builder
from louver.schema.inputs import column_type


def build_types(builder: Builder, catalogue: Catalogue) -> None:
    """Make all object types."""
    node = builder.interface(
        "Node", "An object with an id.", [builder.field("id", "ID!", "Opaque id, unique over all types.")]
    )
    builder.object("PageInfo", "Where a page stands in the whole list.", _page_info(builder))
    builder.object(
        "GroupReference",
        "The row that a group has in common.",
        [builder.field("id", "ID", "Its id."), builder.field("label", "String", "Its name or title.")],
    )
    for entity in catalogue.values():
        build_listed(builder, entity, [node])
        _build_aggregate(builder, catalogue, entity)


def build_listed(builder: Builder, entity: Entity, interfaces: Sequence[type] = ()) -> None:
    """Make the type of an entity and the connection that lists it."""
    builder.object(entity.name, entity.description, _fields(builder, entity), interfaces)
    _build_connection(builder, entity)


def connection_arguments(builder: Builder, entity: str) -> list[StrawberryArgument]:
    """Make the arguments that every connection takes."""
    return [
        builder.argument("filter", f"{entity}Filter", "Which rows; all in reach without it."),
        builder.argument("orderBy", f"[{entity}Order!]", "In which order; by id without it."),
        builder.argument("first", "Int", f"Page forward by so many; {DEFAULT_PAGE_SIZE} without it."),
        builder.argument("after", "String", "Begin after this cursor."),
        builder.argument("last", "Int", "Page backward by so many."),
        builder.argument("before", "String", "End before this cursor."),
    ]


def aggregate_arguments(builder: Builder, entity: str) -> list[StrawberryArgument]:
    """Make the arguments that every aggregate takes."""
    return [
        builder.argument("filter", f"{entity}Filter", "Which rows; all in reach without it."),
        builder.argument("groupBy", f"[{entity}Dimension!]", "What to group by; one group without it."),
    ]


def _fields(builder: Builder, entity: Entity) -> list[StrawberryField]:
    fields = [_column_field(builder, column) for column in entity.columns.values()]
    return fields + [_relation_field(builder, relation) for relation in entity.relations.values()]


def _column_field(builder: Builder, column: Column) -> StrawberryField:
    required = "!" if column.name == "id" else ""
    return builder.field(column.name, column_type(builder, column) + required, column.description)


def _relation_field(builder: Builder, relation: Relation) -> StrawberryField:
    if not relation.many:
        return builder.field(relation.name, relation.target, relation.description)
    arguments = connection_arguments(builder, relation.target)
    return builder.field(relation.name, f"{relation.target}Connection", relation.description, arguments)


def _page_info(builder: Builder) -> list[StrawberryField]:
    return [
        builder.field("hasNextPage", "Boolean!", "Whether there is more after this page."),
        builder.field("hasPreviousPage", "Boolean!", "Whether there is more before this page."),
        builder.field("startCursor", "String", "Cursor of the first row."),
        builder.field("endCursor", "String", "Cursor of the last row."),
    ]


def _build_connection(builder: Builder, entity: Entity) -> None:
    name = entity.name
    builder.object(
        f"{name}Edge",
        f"A row of a list of {name}, with its cursor.",
        [
            builder.field("node", name, "The row."),
            builder.field("cursor", "String!", "Opaque; good for the same caller, field, order and filter."),
        ],
    )
    builder.object(
        f"{name}Connection",
        f"A page of {name} rows.",
        [
            builder.field("nodes", f"[{name}!]", "The rows."),
            builder.field("edges", f"[{name}Edge!]", "The rows with their cursors."),
            builder.field("pageInfo", "PageInfo!", "Where the page stands."),
            builder.field("totalCount", "Int", "How many rows there are in all, counted only when asked for."),
        ],
    )


def _build_aggregate(builder: Builder, catalogue: Catalogue, entity: Entity) -> None:
    name = entity.name
    summaries = [builder.field("count", "Int", "How many rows; null where too few to tell.")]
    measured = [column for column in entity.columns.values() if column.measure is not None]
    if measured:
        builder.object(f"{name}Sums", f"Sums over {name} rows.", _measures(builder, measured, "Sum"))
        builder.object(f"{name}Averages", f"Averages over {name} rows.", _measures(builder, measured, "Average"))
        summaries.append(builder.field("sum", f"{name}Sums", "Sums."))
        summaries.append(builder.field("average", f"{name}Averages", "Averages."))
    builder.object(
        f"{name}GroupKey",
        f"What the {name} rows of a group have in common; null for what was not grouped by.",
        [_key_field(builder, catalogue, entity, dimension) for dimension in entity.dimensions.values()],
    )
    key = builder.field("key", f"{name}GroupKey!", "What the rows have in common.")
    builder.object(f"{name}Group", f"{name} rows with a key in common.", [key, *summaries])
    groups = builder.field("groups", f"[{name}Group!]", "The groups, in the order of their keys.")
    builder.object(f"{name}Aggregate", f"Numbers over {name} rows.", [*summaries, groups])


def _measures(builder: Builder, columns: Sequence[Column], operation: str) -> list[StrawberryField]:
    return [builder.field(column.name, "Float", f"{operation} of `{column.name}`.") for column in columns]


def _key_field(builder: Builder, catalogue: Catalogue, entity: Entity, dimension: Dimension) -> StrawberryField:
    key_type = _key_type(builder, dimension, _last_column(catalogue, entity, dimension))
    return builder.field(dimension.name, key_type, dimension.description)


def _key_type(builder: Builder, dimension: Dimension, column: Column | None) -> str:
    if dimension.part is not None:
        return "Int" if dimension.part == "YEAR" else "String"
    if column is None:
        return "GroupReference"
    return "String" if column.kind is Kind.TEXTS else column_type(builder, column).strip("[]!")


def _last_column(catalogue: Catalogue, entity: Entity, dimension: Dimension) -> Column | None:
    *relations, last = dimension.path
    for name in relations:
        entity = catalogue[entity.relations[name].target]
    return entity.columns.get(last)
