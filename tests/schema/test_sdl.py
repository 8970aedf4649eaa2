"""The schema as clients see it: committed, described, and with nothing that a denial could take down."""

import json
import re
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
)

from louver.schema import roots
from tests.world.build import ROWS
from tests.world.policy import COORDINATES, GUARD

LINT = Path(__file__).parents[2] / "docs" / "schema-lint.graphql"
LOUVER = roots.build_schema()
OURS = {name: named for name, named in LOUVER.graphql.type_map.items() if not name.startswith("__")}
WITH_FIELDS = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)


def list_described():
    """Everything that has a description, by its schema coordinate."""
    for name, named in OURS.items():
        yield name, named
        if isinstance(named, GraphQLEnumType):
            yield from ((f"{name}.{value}", each) for value, each in named.values.items())
        if isinstance(named, WITH_FIELDS):
            for field_name, field in named.fields.items():
                yield f"{name}.{field_name}", field
                arguments = getattr(field, "args", {})
                yield from ((f"{name}.{field_name}({argument}:)", each) for argument, each in arguments.items())


def test_sdl(hold_golden):
    """The schema is the committed one: every change of it shows as a diff."""
    hold_golden("schema.graphql", LOUVER.as_sdl())


def test_sdl_is_valid():
    """The committed text is a schema that other tools can read."""
    assert build_schema(LOUVER.as_sdl()).query_type is not None


def test_everything_is_described():
    """Every type, field, argument, enum value and input field says what it is."""
    assert [name for name, each in list_described() if not (each.description or "").strip()] == []


def test_descriptions_are_sentences():
    """A description begins with a capital letter or a name in quotes, and ends."""
    odd = [
        name
        for name, each in list_described()
        if not isinstance(each, GraphQLScalarType)
        and not name.startswith(tuple(CODED))
        and not (each.description[0].isupper() or each.description[0] == "`")
    ]
    assert odd == []


CODED = [name for name, each in OURS.items() if isinstance(each, GraphQLEnumType)]


@pytest.mark.parametrize("type_name", ROWS)
def test_entity_fields_are_nullable(type_name):
    """Every field of an entity but its id may be null, so that a denial never takes its parent along."""
    fields = OURS[type_name].fields
    assert [name for name, field in fields.items() if isinstance(field.type, GraphQLNonNull)] == ["id"]


def test_roots_are_nullable():
    """Every root may be null: one that is closed leaves the others standing."""
    query = LOUVER.graphql.query_type
    assert [name for name, field in query.fields.items() if isinstance(field.type, GraphQLNonNull)] == []


def test_every_classified_field_is_there():
    """Each coordinate of the matrix is a field; the guard of undercover names is a right and no field."""
    wanted = {coordinate for coordinate in COORDINATES if coordinate != GUARD}
    assert {each for each in wanted if each.partition(".")[2] not in OURS[each.partition(".")[0]].fields} == set()


def test_fixed_names():
    """The names that clients and other tests rely on."""
    singular = ["agency", "officer", "course", "training", "uofIncident"]
    plural = ["agencies", "officers", "courses", "trainings", "uofIncidents"]
    aggregates = [f"{name}Aggregate" for name in plural]
    assert {"viewer", "node", *singular, *plural, *aggregates} <= set(LOUVER.graphql.query_type.fields)
    assert set(OURS["OfficerConnection"].fields) == {"nodes", "edges", "pageInfo", "totalCount"}
    assert set(LOUVER.graphql.query_type.fields["officers"].args) == {
        "filter",
        "orderBy",
        "first",
        "after",
        "last",
        "before",
    }


def test_types_without_an_id_are_listed():
    """Every object type has an id or is listed, for the public linter, as one that has no identity; none is both."""
    options = re.search(r'strict-id-in-types: \["error", (.*)\]$', LINT.read_text(encoding="utf-8"), re.MULTILINE)
    exceptions = json.loads(options[1])["exceptions"]
    bare = {
        name
        for name, named in OURS.items()
        if isinstance(named, GraphQLObjectType)
        and name not in {"Query", "Mutation"}
        and ("id" not in named.fields or not isinstance(named.fields["id"].type, GraphQLNonNull))
    }
    by_suffix = {name for name in OURS if name.endswith(tuple(exceptions["suffixes"]))}
    assert {name for name in bare if name not in by_suffix} == set(exceptions["types"])
    assert {name for name in by_suffix if isinstance(OURS[name], GraphQLObjectType)} <= bare
