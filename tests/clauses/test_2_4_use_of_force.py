"""§2.4: use-of-force data only where the agency subscribes to the module, and only through designated fields."""

from collections.abc import Iterator

import pytest
from graphql import GraphQLInputObjectType, GraphQLScalarType, get_named_type

from tests.introspection.using import Uses
from tests.scopes.desk import At
from tests.world.build import SERGEANT
from tests.world.store import ROLES

UOF = ("UofIncident", "UofInvolvement", "UofSubject")
CODE = "MODULE_NOT_SUBSCRIBED"
NESTED = {
    "Agency.uofIncidents": "agencies { nodes { uofIncidents { totalCount } } }",
    "Officer.involvements": "officers { nodes { involvements { nodes { id } } } }",
}


def without_module(role: str) -> At:
    return At("alder", (role,), ("patrol",), SERGEANT, modules=("TRAINING",))


def list_codes(body) -> Iterator[str]:
    """The codes of an answer, those of each denied coordinate included."""
    for error in body.get("errors", ()):
        yield error["extensions"]["code"]
        yield from (denial["code"] for denial in error["extensions"].get("denials", ()))


@pytest.mark.parametrize("role", ROLES)
async def test_2_4_every_way_to_use_of_force_is_closed(desk, role):
    """Every root, field, filter, order, dimension and aggregate of use of force answers one code; nothing is read."""
    uses = Uses(desk.schema).list_all()
    asked = {
        query
        for coordinate, queries in uses.items()
        if coordinate.startswith(UOF) or coordinate.partition(".")[2].lower().startswith("uof")
        for query in queries
        if coordinate.startswith((*UOF, "Query."))
    }
    assert len(asked) > 300
    with desk.recording() as statements:
        codes = {code for query in asked for code in list_codes(await desk.ask(without_module(role), query))}
    assert codes == {CODE}
    assert statements == []


@pytest.mark.parametrize("coordinate", NESTED)
@pytest.mark.parametrize("role", ["agency_admin", "chief", "supervisor", "officer", "uof_reviewer", "legal", "auditor"])
async def test_2_4_nested_fields_are_closed(desk, role, coordinate):
    """A field that leads to use of force is null with one error, and the rows around it are answered."""
    body = await desk.ask(without_module(role), f"{{ {NESTED[coordinate]} }}")
    (error,) = body["errors"]
    assert error["extensions"] == {"code": CODE, "coordinate": coordinate, "reason": "MODULE"}
    (page,) = body["data"].values()
    assert page["nodes"]
    assert {str(value) for node in page["nodes"] for value in node.values()} == {"None"}


SHAPES = {
    "selected": ("{ uofIncidents { totalCount } }", True),
    "by id": ('{ uofIncident(id: "x") { id } }', True),
    "as a node": (f'{{ node(id: "uofincident_{"0" * 32}") {{ id }} }}', True),
    "counted": ("{ uofSubjectsAggregate { count } }", True),
    "referred to": ("{ officersAggregate(filter: { involvements: { some: {} } }) { count } }", False),
    "deep": ("{ agencies(filter: { uofIncidents: { none: { level: { isNull: true } } } }) { totalCount } }", False),
}


@pytest.mark.parametrize(("query", "is_selected"), SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("role", ROLES)
async def test_2_4_one_shape(desk, role, query, is_selected):
    """What is selected is null with one error; what is referred to refuses the operation: alike for every role."""
    body = await desk.ask(without_module(role), query)
    (error,) = body["errors"]
    assert error["extensions"]["code"] == CODE
    if is_selected:
        assert error["extensions"].keys() == {"code", "coordinate", "reason"}
        assert list(body["data"].values()) == [None]
        return
    own = [denial for denial in error["extensions"]["denials"] if denial["code"] == CODE]
    assert own
    assert "data" not in body


@pytest.mark.parametrize("role", ROLES)
async def test_2_4_not_even_described(desk, role):
    """Nothing of it is introspected."""
    body = await desk.ask(without_module(role), "{ __schema { types { name fields { name } inputFields { name } } } }")
    shown = {named["name"] for named in body["data"]["__schema"]["types"]}
    members = {
        member["name"]
        for named in body["data"]["__schema"]["types"]
        for member in [*(named["fields"] or ()), *(named["inputFields"] or ())]
    }
    assert not any(name.startswith("Uof") for name in shown)
    assert not any(name.lower().startswith("uof") or name == "involvements" for name in members)


async def test_2_4_one_agency_of_two(desk):
    """Of two agencies, the one with the module shows its incidents, and the other none."""
    both = [At("alder", ("chief",)), At("birch", ("chief",), modules=("TRAINING",))]
    nodes = (await desk.ask(both, "{ uofIncidents(first: 1000) { nodes { agency { ori } } } }"))["data"]["uofIncidents"]
    assert {node["agency"]["ori"] for node in nodes["nodes"]} == {"MN0270001"}


def test_2_4_only_designated_fields(desk):
    """Under use of force every value has a type of its own, and no input takes what is not named."""
    scalars = {named.name for named in desk.schema.graphql.type_map.values() if isinstance(named, GraphQLScalarType)}
    assert scalars == {"ID", "String", "Int", "Float", "Boolean", "Date", "DateTime"}
    leaves = {
        get_named_type(field.type).name
        for name in UOF
        for field in desk.schema.graphql.type_map[name].fields.values()
        if isinstance(get_named_type(field.type), GraphQLScalarType)
    }
    assert leaves <= scalars
    assert isinstance(desk.schema.graphql.type_map["UofIncidentFilter"], GraphQLInputObjectType)


async def test_2_4_unknown_input_is_rejected(desk):
    """A key that no input has is rejected, in the document and in a variable."""
    query = "query ($f: UofIncidentFilter) { uofIncidents(filter: $f) { totalCount } }"
    for body in (
        await desk.ask(At("alder", ("chief",)), query, {"f": {"note": {"eq": "x"}}}),
        await desk.ask(At("alder", ("chief",)), '{ uofIncidents(filter: { note: { eq: "x" } }) { totalCount } }'),
    ):
        assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
        assert "data" not in body
