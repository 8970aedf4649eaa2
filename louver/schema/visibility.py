"""Which part of the schema a caller may know of.

One schema serves everybody. What a caller may not see is a set of schema coordinates (`Type`, `Type.field`, an enum's
`Type.VALUE`), worked out once for callers of equal rights and kept as the bits of one integer.
"""

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from louver.authz.vocabulary import Act
from louver.resolvers.asking.fields import AUDIT_EVENT, DUTIES
from louver.resolvers.catalogue import Catalogue, Entity
from louver.resolvers.openness import DutyRequirement, Need, Openness, Requirement
from louver.resolvers.requests import RootKind
from louver.resolvers.viewpoint import Viewpoint
from louver.schema.duties import MUTATIONS, QUERIES
from louver.schema.inputs import enum_name

Requirements = Mapping[str, tuple[Requirement | DutyRequirement, ...]]

_ROOTS: tuple[str, ...] = ("Query", "Mutation")
_ROOT_NEEDS = {RootKind.PAGE: Need.LIST, RootKind.POINT: Need.LIST, RootKind.AGGREGATE: Need.COUNT}


class Visibility:
    """The coordinates that one set of rights may know of."""

    __slots__ = ("_bits", "_index")

    def __init__(self, index: Mapping[str, int], shown: set[str]) -> None:
        self._index = index
        self._bits = sum(1 << index[coordinate] for coordinate in shown)

    def shows(self, coordinate: str) -> bool:
        """Whether the caller may know of a coordinate; what is the same for everybody always is shown."""
        position = self._index.get(coordinate)
        return position is None or bool(self._bits >> position & 1)


class VisibilityIndex:
    """Works out visibilities over one schema."""

    def __init__(
        self, schema: GraphQLSchema, catalogue: Catalogue, roots: Mapping[str, tuple[RootKind, str | None]]
    ) -> None:
        self._requirements = dict(_list_requirements(catalogue, roots))
        named = [named for named in schema.type_map.values() if not named.name.startswith("__")]
        self._members = {one.name: _list_members(one) for one in named}
        coordinates = [
            coordinate
            for name, members in self._members.items()
            for coordinate in (name, *(f"{name}.{member}" for member in members))
        ]
        self._index = {coordinate: position for position, coordinate in enumerate(coordinates)}

    def build(self, viewpoint: Viewpoint) -> Visibility:
        """Work out what a viewpoint may know of: what is open, as far as it is reached from an open root."""
        open_members = self._list_open(Openness(viewpoint))
        shown: set[str] = set()
        waiting = [root for root in _ROOTS if root in open_members]
        while waiting:
            name = waiting.pop()
            if name in shown:
                continue
            shown.add(name)
            for member, leads_to in open_members.get(name, {}).items():
                shown.add(f"{name}.{member}")
                waiting += leads_to
        return Visibility(self._index, shown)

    def _list_open(self, openness: Openness) -> dict[str, dict[str, list[str]]]:
        """The members that are open, without those that lead to a type of which nothing is."""
        found = {
            name: {
                member: leads_to
                for member, leads_to in members.items()
                if openness.meets(self._requirements.get(f"{name}.{member}", ()))
            }
            for name, members in self._members.items()
        }
        while empty := {name for name, members in found.items() if self._members[name] and not members}:
            found = {
                name: {member: leads_to for member, leads_to in members.items() if empty.isdisjoint(leads_to[:1])}
                for name, members in found.items()
                if name not in empty
            }
        return found


def _list_members(named: GraphQLNamedType) -> dict[str, list[str]]:
    """Fields or values of a type, each with the types that it leads to, that of its own value first."""
    if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
        interfaces = [interface.name for interface in named.interfaces]
        return {
            name: [
                get_named_type(field.type).name,
                *(get_named_type(argument.type).name for argument in field.args.values()),
                *interfaces,
            ]
            for name, field in named.fields.items()
        }
    if isinstance(named, GraphQLInputObjectType):
        return {name: [get_named_type(field.type).name] for name, field in named.fields.items()}
    if isinstance(named, GraphQLEnumType):
        return {name: [] for name in named.values}
    return {}


def _list_requirements(
    catalogue: Catalogue, roots: Mapping[str, tuple[RootKind, str | None]]
) -> Iterator[tuple[str, tuple[Requirement | DutyRequirement, ...]]]:
    for owner, duties in (("Query", QUERIES), ("Mutation", MUTATIONS)):
        for field, duty in duties.items():
            yield f"{owner}.{field}", (DutyRequirement(*duty),)
    for root, (kind, name) in roots.items():
        if name is not None:
            yield f"Query.{root}", (Requirement(_ROOT_NEEDS[kind], catalogue[name]),)
    yield from _list_event_requirements()
    for entity in catalogue.values():
        yield from _list_entity_requirements(entity)


def _list_entity_requirements(entity: Entity) -> Iterator[tuple[str, tuple[Requirement, ...]]]:
    name = entity.name
    for column in entity.columns.values():
        see = (Requirement(Need.SEE, entity, column.name),)
        yield f"{name}.{column.name}", see
        yield f"{name}Filter.{column.name}", (Requirement(Need.REFER, entity, column.name),)
        yield f"{name}OrderField.{enum_name(column.name)}", see
        if column.measure is not None:
            measure = (Requirement(Need.MEASURE, entity, column.name),)
            yield f"{name}Sums.{column.name}", measure
            yield f"{name}Averages.{column.name}", measure
    for relation in entity.relations:
        yield f"{name}.{relation}", (Requirement(Need.FOLLOW, entity, relation),)
        yield f"{name}Filter.{relation}", (Requirement(Need.REFER, entity, relation),)
    for dimension in entity.dimensions:
        group = (Requirement(Need.GROUP, entity, dimension),)
        yield f"{name}GroupKey.{dimension}", group
        yield f"{name}Dimension.{enum_name(dimension)}", group


def _list_event_requirements() -> Iterator[tuple[str, tuple[DutyRequirement, ...]]]:
    for field, duty in DUTIES.items():
        view = (DutyRequirement(duty, Act.VIEW),)
        yield f"{AUDIT_EVENT.name}.{field}", view
        yield f"{AUDIT_EVENT.name}Filter.{field}", view
        yield f"{AUDIT_EVENT.name}OrderField.{enum_name(field)}", view
