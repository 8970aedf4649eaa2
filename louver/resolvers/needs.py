"""What each coordinate of the schema takes to be seen, from the catalogue that plans are built from."""

from collections.abc import Iterator
from itertools import chain

from louver.authz.findings import SchemaFacts
from louver.authz.sights import Needs
from louver.resolvers.catalogue import Catalogue, Entity, Relation


def list_needs(catalogue: Catalogue) -> dict[str, Needs]:
    """List the needs of every field, and of the fields of `Query` that read rows."""
    return dict(pair for entity in catalogue.values() for pair in _list_entity_needs(entity))


def name_roots(entity: Entity) -> tuple[str, str, str]:
    """Name the fields of `Query` about a type: for one row, for a page, and for numbers."""
    return entity.name[0].lower() + entity.name[1:], entity.plural, f"{entity.plural}Aggregate"


def describe_schema(catalogue: Catalogue) -> SchemaFacts:
    """Describe the schema to the linter: the fields that need a class, and the scopes that rows can be told by."""
    return SchemaFacts(
        fields=frozenset(chain.from_iterable(map(_list_classified, catalogue.values()))),
        scopes={entity.name: frozenset(map(str, entity.scopes)) for entity in catalogue.values()},
    )


def _list_classified(entity: Entity) -> Iterator[str]:
    yield from (entity.coordinate(name) for name in entity.columns if name != "id")
    yield from (entity.coordinate(name) for name, relation in entity.relations.items() if relation.classified)


def _list_entity_needs(entity: Entity) -> Iterator[tuple[str, Needs]]:
    single, plural, aggregate = name_roots(entity)
    for root in (single, plural, aggregate):
        yield f"Query.{root}", Needs((entity.name,), is_maskable=False, is_count=root == aggregate)
    for column in entity.columns.values():
        coordinate = entity.coordinate(column.name)
        guard = column.guard.coordinate if column.guard else None
        needed = (coordinate, *column.inputs)
        yield coordinate, Needs(needed, reach=entity.name, is_measured=column.measure is not None, guard=guard)
    for relation in entity.relations.values():
        yield entity.coordinate(relation.name), _find_relation_needs(entity, relation)


def _find_relation_needs(entity: Entity, relation: Relation) -> Needs:
    target = (relation.target, *relation.inputs)
    needed = (entity.coordinate(relation.name), *target) if relation.classified else target
    return Needs(needed[:1], reach=entity.name, beyond=needed[1:], is_maskable=False, is_countable=not relation.many)
