"""Every role × every dimension: counted as the matrix says, or refused; small cells hidden where rows are."""

from collections import Counter

import pytest

from tests.access.asking import DIMENSIONS, TYPES, aggregate_of, camel, groups_query
from tests.holding import every_cell
from tests.world.build import ROWS
from tests.world.groups import Key, Refused, require_small_cells_hidden
from tests.world.store import ROLES, key_of


def read_key(value) -> Key:
    return Key(value["id"].partition("_")[2], value["label"]) if isinstance(value, dict) else Key(value)


def list_operations(counted, type_name: str) -> list[list[str]]:
    """Which dimensions of a type, and the type as a whole under an empty name, are asked for in one operation.

    What is refused goes together, since one refusal names all; what may be subtracted goes alone.
    """
    alone, together, refused = [], [], []
    for name in ("", *TYPES[f"{type_name}Dimension"].values):
        wanted = counted[type_name, name]
        if name and isinstance(wanted, Refused):
            refused.append(name)
        elif isinstance(wanted, Refused) or not wanted.is_small_hidden:
            together.append(name)
        else:
            alone.append([name])
    return [names for names in (together, refused, *alone) if names]


@pytest.fixture(scope="session")
def ask_aggregates(served, list_countings):
    """Ask for every dimension as a role, once: the answer about each, by type and dimension."""
    known = {}

    async def ask(role: str):
        if role not in known:
            known[role] = {
                (type_name, name): body
                for type_name in ROWS
                for names in list_operations(list_countings(role), type_name)
                for body in [await served.ask(key_of(role).text, spell(type_name, names))]
                for name in names
            }
        return known[role]

    return ask


def spell(type_name: str, names: list[str]) -> str:
    whole = f"count: {aggregate_of(type_name)} {{ count }}"
    return f"{{ {' '.join(groups_query(type_name, name) if name else whole for name in names)} }}"


def require_refusal(body, name: str, wanted: Refused, *, is_whole_refused: bool) -> None:
    """Hold an answer to it that a role may not group by a dimension, or may not count the type at all."""
    if is_whole_refused:
        assert body["data"][name] is None
    else:
        assert "data" not in body
        assert wanted.args[0] in {denial["coordinate"] for denial in body["errors"][0]["extensions"]["denials"]}


def require_groups(body, name: str, wanted) -> None:
    """Hold an answer to the groups that a role gets of a dimension."""
    groups = body["data"][name]["groups"]
    shown = Counter({read_key(group["key"][camel(name)]): group["count"] for group in groups})
    assert len(shown) == len(groups)
    if wanted.is_small_hidden:
        require_small_cells_hidden(shown, wanted.true)
    else:
        assert shown == wanted.true


@pytest.mark.parametrize("role", ROLES)
async def test_groups(ask_aggregates, list_countings, role):
    """Groups hold the rows that the role may count, under keys that it may see; what it may not see is refused."""
    answers, counted = await ask_aggregates(role), list_countings(role)
    with every_cell() as cells:
        for type_name, name in DIMENSIONS:
            with cells.of(type_name, name):
                body, wanted = answers[type_name, name], counted[type_name, name]
                if isinstance(wanted, Refused):
                    is_whole_refused = isinstance(counted[type_name, ""], Refused)
                    require_refusal(body, name, wanted, is_whole_refused=is_whole_refused)
                else:
                    require_groups(body, name, wanted)


@pytest.mark.parametrize("role", ROLES)
async def test_totals(ask_aggregates, list_countings, role):
    """The count is that of the rows that the role may count, or the whole aggregate is closed to it."""
    answers, counted = await ask_aggregates(role), list_countings(role)
    with every_cell() as cells:
        for type_name in ROWS:
            with cells.of(type_name):
                body, wanted = answers[type_name, ""], counted[type_name, ""]
                if isinstance(wanted, Refused):
                    (error,) = body["errors"]
                    assert body["data"]["count"] is None
                    assert error["extensions"]["coordinate"] == f"Query.{aggregate_of(type_name)}"
                else:
                    assert body["data"]["count"] == {"count": wanted.true[Key(None)]}
                    assert "errors" not in body


@pytest.mark.parametrize("role", ROLES)
async def test_suppression_is_told(ask_aggregates, list_countings, role):
    """An answer from which small cells may be missing says so, whether or not any are."""
    answers, told, wanted = await ask_aggregates(role), {}, {}
    for (type_name, name), counted in list_countings(role).items():
        if not isinstance(counted, Refused):
            note = {"coordinate": f"Query.{aggregate_of(type_name)}", "access": "SUPPRESSED", "minimum": 5}
            told[type_name, name] = answers[type_name, name].get("extensions", {}).get("access", [])
            wanted[type_name, name] = [note] if counted.is_small_hidden else []
    assert wanted
    assert told == wanted


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
def test_something_is_hidden(list_countings, role):
    """The world is such that suppression shows: whoever has rights to count alone finds small groups beside large."""
    mine = [wanted for (_, name), wanted in list_countings(role).items() if name and not isinstance(wanted, Refused)]
    assert any(wanted.is_small_hidden and min(wanted.true.values()) < 5 <= max(wanted.true.values()) for wanted in mine)
