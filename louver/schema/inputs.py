"""Filters, orders and dimensions: what a client may refer to, made from the same declarations as the types."""

import re
from collections.abc import Iterator
from dataclasses import MISSING

from strawberry.types.field import StrawberryField

from louver.resolvers.catalogue import Catalogue, Column, Entity, Kind, Relation
from louver.schema.building import Builder

SCALARS = {
    Kind.ID: "ID",
    Kind.TEXT: "String",
    Kind.INTEGER: "Int",
    Kind.FLOAT: "Float",
    Kind.BOOLEAN: "Boolean",
    Kind.DATE: "Date",
    Kind.INSTANT: "DateTime",
}
EQUALITY = {"eq": "Equals.", "ne": "Does not equal; null does not."}
MEMBERSHIP = {"in": "Is one of these.", "notIn": "Is none of these; null is not."}
RANGE = {"gt": "Is greater.", "gte": "Is greater or equal.", "lt": "Is less.", "lte": "Is less or equal."}
SEARCH = {"contains": "Contains this, in any letter case.", "startsWith": "Begins with this, in any letter case."}
HOLDING = {"has": "Holds this value.", "hasAny": "Holds one of these.", "hasAll": "Holds all of these."}
OPERATORS = {
    Kind.ID: {**EQUALITY, **MEMBERSHIP},
    Kind.TEXT: {**EQUALITY, **MEMBERSHIP, **RANGE, **SEARCH},
    Kind.INTEGER: {**EQUALITY, **MEMBERSHIP, **RANGE},
    Kind.FLOAT: {**EQUALITY, **MEMBERSHIP, **RANGE},
    Kind.BOOLEAN: EQUALITY,
    Kind.DATE: {**EQUALITY, **MEMBERSHIP, **RANGE},
    Kind.INSTANT: {**EQUALITY, **MEMBERSHIP, **RANGE},
    Kind.CODE: {**EQUALITY, **MEMBERSHIP},
    Kind.CODES: HOLDING,
    Kind.TEXTS: HOLDING,
}
LISTED = ("in", "notIn", "hasAny", "hasAll")


def build_inputs(builder: Builder, catalogue: Catalogue) -> None:
    """Make all input types, and the enums that they use."""
    builder.names(
        "SortDirection",
        "Which end comes first. Null counts as the largest value.",
        {"ASC": ("ASC", "Smallest first."), "DESC": ("DESC", "Largest first.")},
    )
    for entity in catalogue.values():
        build_referring(builder, entity)
        _build_dimensions(builder, entity)


def build_referring(builder: Builder, entity: Entity) -> None:
    """Make the filter and the order of one type."""
    _build_filter(builder, entity)
    _build_order(builder, entity)


def column_type(builder: Builder, column: Column) -> str:
    """Name the type that shows one column."""
    if column.kind is Kind.TEXTS:
        return "[String!]"
    if column.codes is not None:
        name = builder.codes(column.codes)
        return f"[{name}!]" if column.kind is Kind.CODES else name
    return SCALARS[column.kind]


def enum_name(name: str) -> str:
    """Spell a field's name as an enum value: `completedOn` is `COMPLETED_ON`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).upper()


def _build_filter(builder: Builder, entity: Entity) -> None:
    name = f"{entity.name}Filter"
    fields = [
        builder.input_field("and", f"[{name}!]", "All of these hold."),
        builder.input_field("or", f"[{name}!]", "At least one of these holds."),
        builder.input_field("not", name, "This does not hold."),
    ]
    fields += [_column_filter(builder, column) for column in entity.columns.values()]
    fields += [_relation_filter(builder, relation) for relation in entity.relations.values()]
    builder.input(
        name, f"Conditions on {entity.name}, all of which hold. A value that is hidden compares as null.", fields
    )


def _column_filter(builder: Builder, column: Column) -> StrawberryField:
    scalar = column_type(builder, column).strip("[]!")
    name = f"{scalar}ListFilter" if column.kind in (Kind.CODES, Kind.TEXTS) else f"{scalar}Filter"
    if name not in builder.namespace:
        operators = list(_operators(builder, column.kind, scalar))
        builder.input(
            name, f"Conditions on {'a list of ' if 'List' in name else ''}{scalar}, all of which hold.", operators
        )
    return builder.input_field(column.name, name, f"On `{column.name}`.")


def _operators(builder: Builder, kind: Kind, scalar: str) -> Iterator[StrawberryField]:
    for operator, description in OPERATORS[kind].items():
        yield builder.input_field(operator, f"[{scalar}!]" if operator in LISTED else scalar, description)
    if kind is not Kind.ID:
        yield builder.input_field("isNull", "Boolean", "Whether it is null, as the caller sees it.")


def _relation_filter(builder: Builder, relation: Relation) -> StrawberryField:
    target = f"{relation.target}Filter"
    if not relation.many:
        return builder.input_field(relation.name, target, f"There is a `{relation.name}`, and this holds for it.")
    name = f"{relation.target}ListFilter"
    if name not in builder.namespace:
        builder.input(
            name,
            f"Conditions on related {relation.target} rows, of which only those in the caller's reach count.",
            [
                builder.input_field("some", target, "Holds for at least one."),
                builder.input_field("none", target, "Holds for none."),
                builder.input_field("every", target, "Holds for all; true where there are none."),
            ],
        )
    return builder.input_field(relation.name, name, f"On `{relation.name}`.")


def _build_order(builder: Builder, entity: Entity) -> None:
    sortable = [column for column in entity.columns.values() if column.kind not in (Kind.CODES, Kind.TEXTS)]
    builder.names(
        f"{entity.name}OrderField",
        f"What {entity.name} rows can be sorted by.",
        {enum_name(column.name): (column.name, f"By `{column.name}`.") for column in sortable},
    )
    builder.input(
        f"{entity.name}Order",
        f"One term of the order of {entity.name} rows.",
        [
            builder.input_field("field", f"{entity.name}OrderField!", "What to sort by.", default=MISSING),
            builder.input_field(
                "direction", "SortDirection!", "Which end comes first.", builder.namespace["SortDirection"].ASC
            ),
        ],
    )


def _build_dimensions(builder: Builder, entity: Entity) -> None:
    builder.names(
        f"{entity.name}Dimension",
        f"What {entity.name} rows can be grouped by.",
        {
            enum_name(dimension.name): (dimension.name, dimension.description)
            for dimension in entity.dimensions.values()
        },
    )
