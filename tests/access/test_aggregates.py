"""Every role × every dimension: counted as the matrix says, or refused; small cells hidden where rows are."""

from collections import Counter

import pytest

from louver.schema.roots import build_schema
from tests.access.conftest import PLURALS
from tests.world.build import ROWS
from tests.world.groups import LINKS, THROUGH, Counting, Key, Refused, require_small_cells_hidden
from tests.world.store import HOLDERS, ROLES, key_of

TYPES = build_schema().graphql.type_map
DIMENSIONS = [(type_name, name) for type_name in ROWS for name in TYPES[f"{type_name}Dimension"].values]


def camel(name: str) -> str:
    head, *tail = name.lower().split("_")
    return head + "".join(part.capitalize() for part in tail)


def root_of(type_name: str) -> str:
    return f"{PLURALS[type_name]}Aggregate"


def spell(type_name: str, name: str) -> str:
    """Ask for the groups of one dimension."""
    dimension = camel(name)
    path = THROUGH.get(type_name, {}).get(dimension, (dimension,))
    owner = LINKS[f"{type_name}.{path[0]}"][0] if len(path) > 1 else type_name
    leads_to_row = f"{owner}.{path[-1]}" in LINKS or path[-1] == "agency"
    fields = f"{dimension} {{ id label }}" if leads_to_row else dimension
    return f"{name}: {root_of(type_name)}(groupBy: [{name}]) {{ groups {{ count key {{ {fields} }} }} }}"


def read_key(value) -> Key:
    return Key(value["id"].partition("_")[2], value["label"]) if isinstance(value, dict) else Key(value)


@pytest.fixture(scope="session")
def countings(world):
    """What each role may group by, and to what it must come; or what it must not see."""
    found = {}
    for role in ROLES:
        counting = Counting(world, HOLDERS[role])
        for type_name, name in [*DIMENSIONS, *((type_name, "") for type_name in ROWS)]:
            try:
                true = counting.count(type_name, camel(name) or None)
            except Refused as refused:
                found[role, type_name, name] = refused
            else:
                found[role, type_name, name] = (true, counting.is_small_hidden)
    return found


@pytest.fixture(scope="session")
async def answers(served, countings):
    """For each role and type: one operation with all that it may group by, and one with all that it may not."""
    found = {}
    for role in ROLES:
        for type_name in ROWS:
            allowed, refused = [f"count: {root_of(type_name)} {{ count }}"], []
            for name in TYPES[f"{type_name}Dimension"].values:
                is_refused = isinstance(countings[role, type_name, name], Refused)
                (refused if is_refused else allowed).append(spell(type_name, name))
            for kind, spelled in (("allowed", allowed), ("refused", refused)):
                query = f"{{ {' '.join(spelled)} }}"
                found[role, type_name, kind] = await served.ask(key_of(role).text, query) if spelled else None
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("type_name", "name"), DIMENSIONS)
def test_groups(answers, countings, role, type_name, name):
    """Groups hold the rows that the role may count, under keys that it may see; what it may not see is refused."""
    wanted = countings[role, type_name, name]
    if isinstance(wanted, Refused):
        body = answers[role, type_name, "refused"]
        if isinstance(countings[role, type_name, ""], Refused):
            assert body["data"][name] is None
        else:
            denials = body["errors"][0]["extensions"]["denials"]
            assert "data" not in body
            assert wanted.args[0] in {denial["coordinate"] for denial in denials}
        return
    true, is_small_hidden = wanted
    groups = answers[role, type_name, "allowed"]["data"][name]["groups"]
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
    body = answers[role, type_name, "allowed"]
    wanted = countings[role, type_name, ""]
    if isinstance(wanted, Refused):
        assert body["data"] == {"count": None}
        assert [error["extensions"]["coordinate"] for error in body["errors"]] == [f"Query.{root_of(type_name)}"]
    else:
        assert body["data"]["count"] == {"count": wanted[0][Key(None)]}
        assert "errors" not in body


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("type_name", ROWS)
def test_suppression_is_told(answers, countings, role, type_name):
    """An answer from which small cells may be missing says so, whether or not any are."""
    is_hidden = any(
        countings[role, type_name, name][1]
        for name in ("", *TYPES[f"{type_name}Dimension"].values)
        if not isinstance(countings[role, type_name, name], Refused)
    )
    entries = answers[role, type_name, "allowed"].get("extensions", {}).get("access", [])
    note = {"coordinate": f"Query.{root_of(type_name)}", "access": "SUPPRESSED", "minimum": 5}
    assert [entry for entry in entries if entry["access"] == "SUPPRESSED"] == ([note] if is_hidden else [])


@pytest.mark.parametrize("role", ["auditor", "public_portal", "support", "hr"])
def test_something_is_hidden(countings, role):
    """The world is such that suppression shows: whoever has rights to count alone finds small groups beside large."""
    mine = [wanted for (owner, _, name), wanted in countings.items() if owner == role and name]
    assert any(
        is_small_hidden and min(true.values()) < 5 <= max(true.values())
        for true, is_small_hidden in (wanted for wanted in mine if not isinstance(wanted, Refused))
    )
