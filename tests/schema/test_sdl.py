"""The schema as clients see it: committed, described, and with nothing that a denial could take down."""

import json

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

LINT = "../../docs/schema-lint.graphql"
SUFFIXES = ("Connection", "Edge", "Aggregate", "Group", "GroupKey", "Sums", "Averages")
OPTIONS = """\
# Options of @graphql-eslint for this schema, to stand before it; why is in decisions/0012. Made by tests/schema.
# eslint @graphql-eslint/relay-edge-types: ["error", {{"listTypeCanWrapOnlyEdgeType": false}}]
# eslint @graphql-eslint/strict-id-in-types: ["error", {exceptions}]
"""
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


def test_lint_options(hold_golden):
    """What has no id is listed for the public linter: a type that should have one shows as a diff."""
    outputs = {name: each for name, each in OURS.items() if isinstance(each, GraphQLObjectType)}
    for root in ("Query", "Mutation"):
        del outputs[root]
    bare = {name for name, each in outputs.items() if "id" not in each.fields or str(each.fields["id"].type) != "ID!"}
    types = sorted(name for name in bare if not name.endswith(SUFFIXES))
    exceptions = json.dumps({"exceptions": {"suffixes": SUFFIXES, "types": types}})
    hold_golden(LINT, OPTIONS.format(exceptions=exceptions))
    assert {name for name in outputs if name.endswith(SUFFIXES)} <= bare
