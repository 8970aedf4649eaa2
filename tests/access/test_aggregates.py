"""Every role × every dimension: counted as the matrix says, or refused; small cells hidden where rows are."""

from collections import Counter

import pytest

from tests.access.asking import DIMENSIONS, TYPES, aggregate_of, camel, groups_query
from tests.world.build import ROWS
from tests.world.groups import Key, Refused, require_small_cells_hidden
from tests.world.store import ROLES, key_of


def read_key(value) -> Key:
    return Key(value["id"].partition("_")[2], value["label"]) if isinstance(value, dict) else Key(value)


@pytest.fixture(scope="session")
async def answers(served, countings):
    """The answer about each dimension, and about the type as a whole under an empty name.

    What is refused goes together, since one refusal names all; what may be subtracted goes alone.
    """
    found = {}
    for role in ROLES:
        for type_name in ROWS:
            alone, together, refused = [], [], []
            for name in ("", *TYPES[f"{type_name}Dimension"].values):
                wanted = countings[role, type_name, name]
                is_refused = name and isinstance(wanted, Refused)
                (refused if is_refused else together if isinstance(wanted, Refused) or not wanted[1] else alone).append(
                    name
                )
            for names in (together, refused, *([name] for name in alone)):
                spelled = (
                    groups_query(type_name, name) if name else f"count: {aggregate_of(type_name)} {{ count }}"
                    for name in names
                )
                body = await served.ask(key_of(role).text, f"{{ {' '.join(spelled)} }}") if names else None
                found |= {(role, type_name, name): body for name in names}
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("type_name", "name"), DIMENSIONS)
def test_groups(answers, countings, role, type_name, name):
    """Groups hold the rows that the role may count, under keys that it may see; what it may not see is refused."""
    wanted = countings[role, type_name, name]
    if isinstance(wanted, Refused):
        body = answers[role, type_name, name]
        if isinstance(countings[role, type_name, ""], Refused):
            assert body["data"][name] is None
        else:
            denials = body["errors"][0]["extensions"]["denials"]
            assert "data" not in body
            assert wanted.args[0] in {denial["coordinate"] for denial in denials}
        return
    true, is_small_hidden = wanted
    groups = answers[role, type_name, name]["data"][name]["groups"]
    shown = Counter({read_key(group["key"][camel(name)]): group["count"] for group in groups})
    assert len(shown) == len(groups)
    if is_small_hidden:
        require_small_cells_hidden(shown, true)
    else:
        assert shown == true


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("type_name", ROWS)
def test_totals(answers, countings, role, type_name):
    """The count is that of the rows that the role may count, or the whole aggregate is closed to it."""
    body = answers[role, type_name, ""]
    wanted = countings[role, type_name, ""]
    if isinstance(wanted, Refused):
        assert body["data"]["count"] is None
        assert [error["extensions"]["coordinate"] for error in body["errors"]] == [f"Query.{aggregate_of(type_name)}"]
    else:
        assert body["data"]["count"] == {"count": wanted[0][Key(None)]}
        assert "errors" not in body


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("type_name", "name"), [*DIMENSIONS, *((type_name, "") for type_name in ROWS)])
def test_suppression_is_told(answers, countings, role, type_name, name):
    """An answer from which small cells may be missing says so, whether or not any are."""
    wanted = countings[role, type_name, name]
    if isinstance(wanted, Refused):
        return
    entries = answers[role, type_name, name].get("extensions", {}).get("access", [])
    note = {"coordinate": f"Query.{aggregate_of(type_name)}", "access": "SUPPRESSED", "minimum": 5}
    assert entries == ([note] if wanted[1] else [])


SUBTRACTED = {
    "finer groups": "a: {root}(groupBy: [UNIT]) {{ count }} b: {root}(groupBy: [UNIT, RANK]) {{ groups {{ count }} }}",
    "another filter": 'a: {root} {{ count }} b: {root}(filter: {{ agency: {{ name: {{ eq: "x" }} }} }}) {{ count }}',
}


@pytest.mark.parametrize("spelled", SUBTRACTED.values(), ids=SUBTRACTED)
async def test_subtraction(served, spelled):
    """One operation does not get two numbers that leave small groups out: one less the other would be a group."""
    with served.recording() as statements:
        body = await served.ask(key_of("public_portal").text, f"{{ {spelled.format(root='trainingsAggregate')} }}")
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert body["errors"][0]["extensions"]["hint"]
    assert "data" not in body
    assert statements == []


@pytest.mark.parametrize("role", ["auditor", "public_portal", "support", "hr"])
def test_something_is_hidden(countings, role):
    """The world is such that suppression shows: whoever has rights to count alone finds small groups beside large."""
    mine = [wanted for (owner, _, name), wanted in countings.items() if owner == role and name]
    assert any(
        is_small_hidden and min(true.values()) < 5 <= max(true.values())
        for true, is_small_hidden in (wanted for wanted in mine if not isinstance(wanted, Refused))
    )
