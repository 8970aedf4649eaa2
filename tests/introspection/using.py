"""For each coordinate of the schema, operations that use it and nothing else that could be denied."""

from collections.abc import Iterator

from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type, is_leaf_type

from louver.resolvers.catalogue import Entity, Kind
from louver.resolvers.requests import RootKind
from louver.schema.inputs import enum_name
from louver.schema.roots import LouverSchema


class Uses:
    """Writes the operations."""

    def __init__(self, schema: LouverSchema) -> None:
        self._catalogue = schema.catalogue
        self._schema = schema

    def list_all(self) -> dict[str, list[str]]:
        """The operations by coordinate; a coordinate is open if one of its operations is answered."""
        found = dict(self._list_roots())
        for entity in self._catalogue.values():
            found |= dict(self._list_fields(entity))
            found |= dict(self._list_filters(entity))
            found |= dict(self._list_orders(entity))
            found |= dict(self._list_dimensions(entity))
            found |= dict(self._list_measures(entity))
        return found

    def _list_roots(self) -> Iterator[tuple[str, list[str]]]:
        for name, (kind, type_name) in self._schema.roots.items():
            if type_name is not None:
                prefix = self._catalogue[type_name].prefix
                uses = {
                    RootKind.POINT: f'{{ {name}(id: "{prefix}_{"0" * 32}") {{ __typename }} }}',
                    RootKind.PAGE: f"{{ {name}(first: 0) {{ __typename }} }}",
                    RootKind.AGGREGATE: f"{{ {name} {{ __typename }} }}",
                }
                yield f"Query.{name}", [uses[kind]]

    def _list_fields(self, entity: Entity) -> Iterator[tuple[str, list[str]]]:
        for name in entity.columns:
            yield f"{entity.name}.{name}", [_page(entity, name)]
        for name in entity.relations:
            yield f"{entity.name}.{name}", [_page(entity, f"{name} {{ __typename }}")]

    def _list_filters(self, entity: Entity) -> Iterator[tuple[str, list[str]]]:
        for name, column in entity.columns.items():
            condition = "{ in: [] }" if column.kind is Kind.ID else "{ isNull: true }"
            yield f"{entity.name}Filter.{name}", _filtered(entity, f"{name}: {condition}")
        for name, relation in entity.relations.items():
            yield (
                f"{entity.name}Filter.{name}",
                _filtered(entity, f"{name}: {'{ some: {} }' if relation.many else '{}'}"),
            )

    def _list_orders(self, entity: Entity) -> Iterator[tuple[str, list[str]]]:
        enum = self._schema.graphql.type_map[f"{entity.name}OrderField"]
        assert isinstance(enum, GraphQLEnumType)
        for value in enum.values:
            arguments = f"first: 0, orderBy: [{{ field: {value} }}]"
            yield f"{enum.name}.{value}", [f"{{ {entity.plural}({arguments}) {{ __typename }} }}"]

    def _list_dimensions(self, entity: Entity) -> Iterator[tuple[str, list[str]]]:
        for name in entity.dimensions:
            key = self._schema.graphql.type_map[f"{entity.name}GroupKey"].fields[name]  # type: ignore[attr-defined]
            selected = name if is_leaf_type(get_named_type(key.type)) else f"{name} {{ id }}"
            dimension = enum_name(name)
            fields = f"groups {{ key {{ {selected} }} }}"
            uses = [f"{{ {entity.plural}Aggregate(groupBy: [{dimension}]) {{ {fields} }} }}"]
            yield f"{entity.name}Dimension.{dimension}", uses
            yield f"{entity.name}GroupKey.{name}", uses

    def _list_measures(self, entity: Entity) -> Iterator[tuple[str, list[str]]]:
        for column in entity.columns.values():
            if column.measure is not None:
                for type_name, field in (("Sums", "sum"), ("Averages", "average")):
                    uses = [f"{{ {entity.plural}Aggregate {{ {field} {{ {column.name} }} }} }}"]
                    yield f"{entity.name}{type_name}.{column.name}", uses


def list_arguments_of(schema: LouverSchema) -> Iterator[tuple[str, str, str]]:
    """Owner, argument and the type that the argument leads to, of the planned fields."""
    for named in schema.graphql.type_map.values():
        for name, field in getattr(named, "fields", {}).items():
            for argument, definition in getattr(field, "args", {}).items():
                led_to = get_named_type(definition.type)
                if isinstance(led_to, GraphQLEnumType | GraphQLInputObjectType):
                    yield f"{named.name}.{name}", argument, led_to.name


def _page(entity: Entity, selected: str) -> str:
    return f"{{ {entity.plural}(first: 0) {{ nodes {{ {selected} }} }} }}"


def _filtered(entity: Entity, condition: str) -> list[str]:
    return [
        f"{{ {entity.plural}(first: 0, filter: {{ {condition} }}) {{ __typename }} }}",
        f"{{ {entity.plural}Aggregate(filter: {{ {condition} }}) {{ __typename }} }}",
    ]
