"""Operations that are refused: malformed, out of range, contradictory, or about something that does not exist."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from louver.proof.asking.draft import Draft, mark
from louver.proof.dice import pick
from louver.proof.surfaces import Surface
from louver.resolvers.catalogue import Entity, Kind
from louver.schema.inputs import enum_name

Fault = tuple[str, str | None]
"""A selection, and the name of the operation that is asked for."""


class _Page(NamedTuple):
    """A list with something wrong in its arguments."""

    draft: Draft
    entity: Entity

    def with_arguments(self, arguments: str, fields: str = "nodes { id }") -> Fault:
        return f"{{ {mark('Query', self.entity.plural)}({arguments}) {{ {fields} }} }}", None


def write_fault(draft: Draft) -> Fault:
    """One thing that is wrong."""
    draft.surfaces.add(Surface.ERROR)
    entity = draft.choose(draft.catalogue.values(), lambda entity: draft.openness.lists(entity.name), 20)
    draft.types.add(entity.name)
    page, kind = _Page(draft, entity), pick(draft.dice, ["shape", "value", "document"])
    if kind == "document":
        return pick(draft.dice, _DOCUMENTS)(draft, entity)
    if kind == "value":
        draft.surfaces.add(Surface.ERROR_VALUE)
        return page.with_arguments(pick(draft.dice, _VALUES)(draft, entity))
    return page.with_arguments(pick(draft.dice, _ARGUMENTS))


_ARGUMENTS = (
    "first: 2, last: 2",
    "first: -1",
    "last: -3",
    "first: 101",
    'first: "two"',
    "filter: null, orderBy: {}",
    "orderBy: {field: NO_SUCH_FIELD}",
    "orderBy: {direction: DESC}",
    "filter: {noSuchField: {eq: 1}}",
    "filter: {and: null}",
    "filter: {not: {or: null}}",
    "noSuchArgument: 1",
    "first: $undeclared",
    "first: 99999999999",
)


def _bad_cursor(draft: Draft, _entity: Entity) -> str:
    side = pick(draft.dice, ["after", "before"])
    return f"{side}: {draft.write_value('String', pick(draft.dice, ['', 'x', '!!', 'AAAA' * 22, 'Zm9v']), 40)}"


def _bad_operand(draft: Draft, entity: Entity) -> str:
    column = pick(draft.dice, list(entity.columns.values()))
    wrong: Any = pick(draft.dice, _WRONG.get(column.kind, (None,)))
    field = mark(f"{entity.name}Filter", column.name)
    operator = "hasAny" if column.kind in (Kind.CODES, Kind.TEXTS) else "eq"
    return f"filter: {{{field}: {{{operator}: {json.dumps(wrong)}}}}}"


def _null_operand(draft: Draft, entity: Entity) -> str:
    column = pick(draft.dice, list(entity.columns.values()))
    field, operator = mark(f"{entity.name}Filter", column.name), "ne" if column.kind is Kind.ID else "isNull"
    return f"filter: {{{field}: {{{operator}: null}}}}"


def _bad_variable(draft: Draft, entity: Entity) -> str:
    column = pick(draft.dice, list(entity.columns.values()))
    tree = {mark(f"{entity.name}Filter", column.name): {pick(draft.dice, ["eq", "noSuch", "in"]): {"a": 1}}}
    return f"filter: {draft.declare(f'{entity.name}Filter', tree)}"


_VALUES: tuple[Callable[[Draft, Entity], str], ...] = (_bad_cursor, _bad_operand, _null_operand, _bad_variable)
_WRONG: dict[Kind, tuple[Any, ...]] = {
    Kind.ID: ("nothing", "officer_1", 7),
    Kind.DATE: ("2024-13-01", "yesterday", 5),
    Kind.INSTANT: ("2024-01-01", "now", "2024-01-01T00:00:00"),
    Kind.CODE: ("PASSED", "NO_SUCH_CODE"),
    Kind.CODES: (["NO_SUCH_CODE"], [None]),
    Kind.INTEGER: (1.5, "1", 3_000_000_000),
    Kind.FLOAT: ("1", True),
    Kind.BOOLEAN: ("true", 1),
    Kind.TEXT: (1, True),
    Kind.TEXTS: ([1], [None]),
}


def _unknown_field(draft: Draft, entity: Entity) -> Fault:
    column = pick(draft.dice, list(entity.columns.values()))
    known = mark(entity.name, column.name)
    return f"{{ {mark('Query', entity.plural)} {{ nodes {{ {known} {column.name}s noSuchField }} }} }}", None


def _selected_wrongly(draft: Draft, entity: Entity) -> Fault:
    columns = list(entity.columns.values())
    column = mark(entity.name, pick(draft.dice, columns).name)
    other = mark(entity.name, pick(draft.dice, columns).name)
    wrong = pick(
        draft.dice, [f"{column} {{ id }}", f"x: {column} x: {other}x", f"{column}(a: 1)", f"... on None {{ {column} }}"]
    )
    return f"{{ {mark('Query', entity.plural)} {{ nodes {{ {wrong} }} }} }}", None


def _not_parsed(draft: Draft, entity: Entity) -> Fault:
    text = f"{{ {mark('Query', entity.plural)} {{ nodes {{ id }} "
    return text + pick(draft.dice, ["", "}", "} } } }", '"', "} } } # \N{SNOWMAN} \x07", "} } } query { viewer"]), None


def _named_wrongly(draft: Draft, entity: Entity) -> Fault:
    text = f"{{ {mark('Query', entity.plural)} {{ totalCount }} }}"
    name = pick(draft.dice, ["Other", "", "Proof"])
    return f"query A {text} query B {text}", name or None


def _not_served(draft: Draft, entity: Entity) -> Fault:
    fields = mark("Query", entity.plural)
    return pick(
        draft.dice,
        [
            f"subscription {{ {fields} {{ totalCount }} }}",
            f"mutation {{ {fields} {{ totalCount }} }}",
            "mutation { noSuchMutation }",
            "{ noSuchRoot }",
        ],
    ), None


def _fragment_circle(_draft: Draft, entity: Entity) -> Fault:
    name, plural = entity.name, mark("Query", entity.plural)
    return (
        f"{{ {plural} {{ nodes {{ ...A }} }} }} fragment A on {name} {{ ...B }} fragment B on {name} {{ ...A }}",
        None,
    )


def _enum_unknown(draft: Draft, entity: Entity) -> Fault:
    value = mark(f"{entity.name}Dimension", enum_name(pick(draft.dice, list(entity.dimensions) or ["id"])))
    root = mark("Query", f"{entity.plural}Aggregate")
    return f"{{ {root}(groupBy: [{value}, NO_SUCH]) {{ count }} }}", None


_DOCUMENTS: tuple[Callable[[Draft, Entity], Fault], ...] = (
    _unknown_field,
    _selected_wrongly,
    _not_parsed,
    _named_wrongly,
    _not_served,
    _fragment_circle,
    _enum_unknown,
)
