"""What is introspected is what is answered: neither more, which would tell, nor less, which would mislead."""

from graphql import get_introspection_query

from tests.introspection.using import Uses, list_arguments_of

DENIED = {"FIELD_DENIED", "MODULE_NOT_SUBSCRIBED", "SUBSCRIPTION_ENDED"}


async def introspect(desk, who) -> dict[str, dict]:
    """The types that a caller is shown, by name: asked once, since it is the longest of answers."""
    if who not in desk.introspected:
        body = await desk.ask(who, get_introspection_query(descriptions=False))
        assert "errors" not in body
        desk.introspected[who] = {named["name"]: named for named in body["data"]["__schema"]["types"]}
    return desk.introspected[who]


def list_members(named: dict) -> set[str]:
    return {member["name"] for key in ("fields", "inputFields", "enumValues") for member in named[key] or ()}


async def is_answered(desk, who, query: str) -> bool:
    body = await desk.ask(who, query)
    codes = {error["extensions"]["code"] for error in body.get("errors", ())}
    assert codes <= DENIED, (query, body)
    return not codes


async def test_members(desk, caller):
    """Each field, filter field, order, dimension, key and measure is shown exactly where some use of it is answered."""
    types = await introspect(desk, caller)
    shown = {f"{name}.{member}" for name, named in types.items() for member in list_members(named)}
    uses = Uses(desk.schema).list_all()
    answered = {
        coordinate
        for coordinate, queries in uses.items()
        if any([await is_answered(desk, caller, query) for query in queries])
    }
    assert shown & uses.keys() == answered


async def test_nothing_is_left_over(desk, caller):
    """Every type that is shown is led to from a root, and every type that something leads to is shown, with members."""
    types = await introspect(desk, caller)
    led_to = {"Query"} | ({"Mutation"} & types.keys())
    waiting = list(led_to)
    while waiting:
        for found in list_targets(types[waiting.pop()]) - led_to:
            led_to.add(found)
            waiting.append(found)
    assert {name for name in types if not name.startswith("__")} - SCALARS == led_to - SCALARS
    assert [name for name, named in types.items() if named["kind"] != "SCALAR" and not list_members(named)] == []


SCALARS = {"String", "Boolean", "Int", "Float", "ID"}


def list_targets(named: dict) -> set[str]:
    members = [*(named["fields"] or ()), *(named["inputFields"] or ())]
    typed = [*members, *(argument for member in members for argument in member.get("args", ()))]
    others = [*(named["interfaces"] or ()), *(named["possibleTypes"] or ())]
    return {bare_name(member["type"]) for member in typed} | {other["name"] for other in others}


def bare_name(reference: dict) -> str:
    return bare_name(reference["ofType"]) if reference["ofType"] else reference["name"]


async def test_arguments(desk, caller):
    """An argument is there with its field, unless the caller may refer to nothing in it."""
    types = await introspect(desk, caller)
    fields = {
        f"{name}.{field['name']}": {argument["name"] for argument in field["args"]}
        for name, named in types.items()
        for field in named["fields"] or ()
    }
    for owner, argument, led_to in list_arguments_of(desk.schema):
        if owner in fields:
            assert (argument in fields[owner]) is (led_to in types)


NAMES = ("UofSubject", "UofSubjectFilter", "UofIncidentDimension", "ForceType", "Nothing")


async def test_type_by_name(desk, caller):
    """A type is found by its name exactly where it is listed."""
    types = await introspect(desk, caller)
    asked = " ".join(f'{name}: __type(name: "{name}") {{ name }}' for name in NAMES)
    body = await desk.ask(caller, f"{{ {asked} }}")
    assert body["data"] == {name: {"name": name} if name in types else None for name in NAMES}
