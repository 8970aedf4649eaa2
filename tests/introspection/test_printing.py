"""`louver schema print --role`: the same as introspection shows, as text that other tools read, with rights in it."""

import pytest
from click.testing import CliRunner
from graphql import build_schema as read_sdl
from graphql import parse

from louver.authz.facts import AgencyRights
from louver.cli import main
from louver.cli.agency_policy import DEFAULTS
from louver.schema.printing import print_for
from tests.introspection.test_exact import introspect, list_members
from tests.scopes.desk import EVERY_TRAINING, At
from tests.world.build import SERGEANT
from tests.world.policy import CELLS, COLUMNS, GUARD, REACHES
from tests.world.shown import RELATIONS
from tests.world.store import ROLES


def run(*arguments: str):
    return CliRunner().invoke(main, ["schema", "print", *arguments])


@pytest.mark.parametrize("role", ROLES)
async def test_equals_introspection(desk, role):
    """The printed types and members are those that the role introspects, and the text is a schema."""
    printed = read_sdl(print_for(desk.schema, AgencyRights(DEFAULTS), [role]))
    shown = await introspect(desk, At("alder", (role,), ("patrol",), SERGEANT, cycle=EVERY_TRAINING))
    ours = {name: named for name, named in printed.type_map.items() if not name.startswith("__")}
    theirs = {name: named for name, named in shown.items() if not name.startswith("__")}
    assert ours.keys() - {"Int", "Float", "ID", "Boolean", "String"} == theirs.keys() - {
        "Int", "Float", "ID", "Boolean", "String",
    }  # fmt: skip
    for name in ours.keys() & theirs.keys():
        members = getattr(ours[name], "fields", None) or getattr(ours[name], "values", None) or {}
        assert set(members) == list_members(theirs[name])


@pytest.fixture(scope="module")
def signs():
    """The arguments of each field's directive, as the chief's schema has them."""
    document = parse(run("--role", "chief").output)
    return {
        f"{each.name.value}.{field.name.value}": {
            argument.name.value: getattr(argument.value, "value", None)
            or {item.value for item in argument.value.values}
            for directive in field.directives or ()
            for argument in directive.arguments or ()
        }
        for each in document.definitions
        for field in getattr(each, "fields", None) or ()
        if hasattr(field, "arguments")
    }


@pytest.mark.parametrize("coordinate", [each for each in dict.fromkeys(c for c, _ in CELLS) if each != GUARD])
def test_rights(signs, coordinate):
    """The directive names the roles that the matrix names, each under what it sees."""
    type_name = coordinate.partition(".")[0]
    if coordinate in RELATIONS:
        return  # what a link shows depends on the rows at its other end too
    letters = {role: CELLS[coordinate, role].letter for role in COLUMNS.values() if REACHES[type_name, role].counted}
    wanted = {
        "view": {role for role, letter in letters.items() if letter in "VO"},
        "masked": {role for role, letter in letters.items() if letter == "M"},
        "aggregate": {role for role, letter in letters.items() if letter == "A"},
    }
    if wanted["view"] == set(ROLES):
        assert signs[coordinate] == {}
        return
    mask = {"mask": CELLS[coordinate, "chief"].mask or "withheld"} if wanted["masked"] else {}
    assert signs[coordinate] == {**{name: roles for name, roles in wanted.items() if roles}, **mask}


def test_role_sets():
    """Several roles together are shown what one of them is, and less where one of them has a ceiling."""
    both = run("--role", "hr", "--role", "auditor").output
    assert "involvementInjuries" not in both
    assert len(both) > len(run("--role", "hr").output)


def test_unknown_role():
    """A role that does not exist is told, with those that do."""
    result = run("--role", "nobody")
    assert result.exit_code == 2
    assert "there is no role 'nobody'" in result.output


def test_agency_without_a_role():
    """An agency says nothing without a role."""
    assert "give --role" in run("--agency", "x").output


def test_whole():
    """Without a role it is the whole schema, as it is committed."""
    assert "directive @access" not in run().output
