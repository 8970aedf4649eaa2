"""Non-interference: whatever is changed among what a role does not see, no byte of any of its answers changes."""

from collections.abc import Iterator

import pytest
from graphql import get_named_type

from tests.access.asking import PLURALS, SORTABLE, TYPES, groups_query, is_closed, list_query
from tests.access.scrambling import apply, list_changes, reaches_rows
from tests.world.build import ROWS
from tests.world.groups import Refused
from tests.world.policy import CELLS, GUARDED, fields_of
from tests.world.shown import RELATIONS
from tests.world.store import ROLES, key_of

CONDITIONS = {
    "StringFilter": ['gte: "l"', 'contains: "1"', 'ne: "on file"', 'startsWith: "E"'],
    "IntFilter": ["gt: 40", "lte: 30"],
    "FloatFilter": ["gt: 45.25", "lte: 44"],
    "BooleanFilter": ["eq: true", "ne: true"],
    "DateFilter": ['gte: "2022-06-15"', 'lt: "2022-01-15"'],
    "DateTimeFilter": ['gte: "2024-08-20T00:00:00Z"', 'lt: "2024-09-10T12:00:00Z"'],
    "StringListFilter": ['has: "OFF1"', "isNull: false"],
}


def conditions(type_name: str, field: str) -> list[str]:
    """Some conditions on a field."""
    if f"{type_name}.{field}" in RELATIONS:
        return [f"{field}: {{}}"]
    named = TYPES[f"{type_name}Filter"].fields[field].type.name
    if named in CONDITIONS:
        return [f"{field}: {{ {condition} }}" for condition in CONDITIONS[named]]
    first, second, *_ = TYPES[named.removesuffix("Filter").removesuffix("List")].values
    operators = ("hasAny", "hasAll") if named.endswith("ListFilter") else ("in", "notIn")
    return [f"{field}: {{ {operator}: [{first}, {second}] }}" for operator in operators]


def list_questions(role: str, type_name: str) -> Iterator[str]:
    """Everything that a role may ask about a type: values, orders, filters, cursors, counts.

    Fields that it sees in part or under a mask are asked for one by one, those that it sees as they are together.
    """
    yield list_query(type_name)
    whole, partly = _split(role, type_name)
    roots = [f"first: 7, {_order(type_name, fields)}" for fields in (whole, *([field] for field in partly))]
    roots += [f"filter: {{ {condition} }}" for field in partly for condition in conditions(type_name, field)]
    roots.append(f"filter: {{ or: [{_any(type_name, whole)}] }}")
    for name, field in TYPES[type_name].fields.items():
        target = get_named_type(field.type).name.removesuffix("Connection")
        if field.args and target in reaches_rows(role) and not _is_link_closed(role, type_name, name):
            roots += [f"filter: {{ {name}: {{ some: {{ {inner} }} }} }}" for inner in _inner_conditions(role, target)]
    page = "{ totalCount pageInfo { hasNextPage startCursor endCursor } edges { cursor node { id } } }"
    spelled = (f"r{position}: {PLURALS[type_name]}({root}) {page}" for position, root in enumerate(roots))
    yield f"{{ {' '.join(spelled)} }}"


def _split(role: str, type_name: str) -> tuple[list[str], list[str]]:
    """The fields that a role sees as they are on all rows in its reach, and those that it sees otherwise."""
    fields = [field for field in fields_of(type_name) if not is_closed(type_name, field, role)]
    whole = [
        field
        for field in fields
        if CELLS[f"{type_name}.{field}", role].letter == "V" and f"{type_name}.{field}" not in GUARDED
    ]
    return whole, [field for field in fields if field not in whole]


def _order(type_name: str, fields: list[str]) -> str:
    terms = (f"{{ field: {SORTABLE[type_name, field]} }}" for field in fields if (type_name, field) in SORTABLE)
    return f"orderBy: [{', '.join(terms)}]"


def _any(type_name: str, fields: list[str]) -> str:
    return ", ".join(f"{{ {conditions(type_name, field)[0]} }}" for field in fields)


def _inner_conditions(role: str, target: str) -> list[str]:
    whole, partly = _split(role, target)
    return [f"or: [{_any(target, whole)}]", *(conditions(target, field)[0] for field in partly)]


def _is_link_closed(role: str, type_name: str, name: str) -> bool:
    """Whether a list is a link that is closed, seen from its other end."""
    links = {
        ("Officer", "involvements"): ("UofInvolvement", "officer"),
        ("Unit", "officers"): ("Officer", "unit"),
        ("Course", "trainings"): ("Training", "course"),
    }
    return (type_name, name) in links and is_closed(*links[type_name, name], role)


def list_groupings(counted) -> Iterator[str]:
    """Every group that a role may ask for."""
    for type_name in ROWS:
        together = []
        for name in TYPES[f"{type_name}Dimension"].values:
            wanted = counted[type_name, name]
            if not isinstance(wanted, Refused):
                spelled = groups_query(type_name, name)
                if wanted.is_small_hidden:
                    yield f"{{ {spelled} }}"
                else:
                    together.append(spelled)
        if together:
            yield f"{{ {' '.join(together)} }}"


async def ask_all(served, role, questions) -> list[bytes]:
    return [(await served.post(key_of(role).text, question)).content for question in questions]


MASKED = ("agency_admin", "supervisor", "auditor")
"""Roles that between them have most masks and the most involved row scopes: enough to tell the engines apart."""


@pytest.mark.parametrize(
    ("engine_name", "role"),
    [*(("sqlite", role) for role in ROLES), *(("postgresql", role) for role in MASKED)],
    indirect=["engine_name"],
)
async def test_nothing_shows(own_served, own_url, world, list_countings, role):
    """Two databases that agree on what a role sees give it the same bytes, whatever it asks."""
    questions = [question for type_name in reaches_rows(role) for question in list_questions(role, type_name)]
    questions += list_groupings(list_countings(role))
    before = await ask_all(own_served, role, questions)
    assert not any(b'"code":"INTERNAL"' in body or b'"code":"BAD_REQUEST"' in body for body in before)
    changes = list_changes(world, role)
    assert len(changes) > 100
    await apply(own_url, changes)
    after = await ask_all(own_served, role, questions)
    changed = [question[:300] for question, old, new in zip(questions, before, after, strict=True) if old != new]
    assert changed == []


async def test_something_was_changed(own_served, own_url, world):
    """What is hidden from the coordinator and changed shows to the chief: the law is not held by doing nothing."""
    questions = [list_query(type_name) for type_name in ROWS]
    before = await ask_all(own_served, "chief", questions)
    await apply(own_url, list_changes(world, "training_coordinator"))
    after = await ask_all(own_served, "chief", questions)
    same = [name for name, old, new in zip(ROWS, before, after, strict=True) if old == new]
    assert same == ["Unit", "Course", "Training"]
