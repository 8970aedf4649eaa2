"""The places of an operation in which a name of the schema can stand: operations with one name left open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    is_leaf_type,
)
from graphql import get_named_type as bare

Variables = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One operation, as a function of the name."""

    label: str
    query: Callable[[str], str]
    variables: Callable[[str], Variables] = field(default=lambda _: {})


class Places:
    """Writes operations that get as far as the name by what is shown, whoever asks."""

    def __init__(self, schema: GraphQLSchema, shown: set[str]) -> None:
        self._schema = schema
        self._shown = shown
        self._paths = dict(self._find_paths())

    def of_member(self, owner: str, name: str) -> list[Place]:
        """Where a field, input field or enum value can stand."""
        named = self._schema.type_map[owner]
        if isinstance(named, GraphQLEnumType):
            return list(self._of_value(named))
        if isinstance(named, GraphQLInputObjectType):
            return list(self._of_input(named))
        return list(self._of_field(named, name)) if owner in self._paths else []

    def of_type(self, name: str) -> list[Place]:
        """Where a type's name can stand."""
        del name
        return [
            Place("type condition", lambda n: f'{{ node(id: "x") {{ id ... on {n} {{ id }} }} }}'),
            Place("fragment", lambda n: f'query Q {{ node(id: "x") {{ ...F }} }} fragment F on {n} {{ id }}'),
            Place("unused fragment", lambda n: f"{{ __typename }} fragment F on {n} {{ id zzz }}"),
            Place("type of a variable", lambda n: f"query ($v: {n}) {{ __typename }}"),
            Place("type of a list", lambda n: f"query ($v: [{n}!]!) {{ __typename }}", lambda _: {"v": [{"a": 1}]}),
            Place("type of a variable in use", lambda n: f"query ($v: {n}!) {{ node(id: $v) {{ id }} }}"),
            Place("described", lambda n: f'{{ __type(name: "{n}") {{ name fields {{ name }} }} }}'),
            Place(
                "described by variable",
                lambda _: "query ($n: String!) { __type(name: $n) { kind } }",
                lambda n: {"n": n},
            ),
        ]

    # parts

    def _of_field(self, named: GraphQLNamedType, name: str) -> Iterator[Place]:
        assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
        opened, closed = self._paths[named.name]
        is_leaf = is_leaf_type(bare(named.fields[name].type))
        below = "" if is_leaf else " { id nothing(a: $undefined) { x } }"
        yield Place("field", lambda n: f"{opened}{n}{closed}")
        yield Place("field with what it has", lambda n: f"{opened}{n}{below}{closed}")
        yield Place("field with what it has not", lambda n: f"{opened}{n}(first: 3, zzz: {{ a: B }}){below}{closed}")
        yield Place("aliased", lambda n: f"{opened}id: {n} a: {n} a: __typename{closed}")
        yield Place("twice", lambda n: f"{opened}{n} {n}{closed}")

    def _of_input(self, named: GraphQLInputObjectType) -> Iterator[Place]:
        for root, argument, is_list in self._find_arguments(named.name):
            wrap = (lambda text: f"[{text}]") if is_list else (lambda text: text)
            value = (lambda item: [item]) if is_list else (lambda item: item)
            yield Place(
                "input",
                lambda n, r=root, a=argument, w=wrap: f"{{ {r}({a}: {w(f'{{ {n}: {{}} }}')}) {{ __typename }} }}",
            )
            yield Place(
                "input of a wrong kind",
                lambda n, r=root, a=argument, w=wrap: f"{{ {r}({a}: {w(f'{{ {n}: 3, zzz: 4 }}')}) {{ __typename }} }}",
            )
            type_name = f"[{named.name}!]" if is_list else named.name
            query = f"query ($v: {type_name}) {{ {root}({argument}: $v) {{ __typename }} }}"
            yield Place("input by variable", lambda _, q=query: q, lambda n, v=value: {"v": v({n: {"eq": 1}})})
            if not is_list:
                yield Place(
                    "input deep in a variable", lambda _, q=query: q, lambda n: {"v": {"not": {"or": [{n: None}]}}}
                )
                yield Place("input default", lambda n, q=query: q.replace(")", f" = {{ {n}: {{}} }})", 1))

    def _of_value(self, named: GraphQLEnumType) -> Iterator[Place]:
        name = named.name
        if name.endswith("OrderField"):
            root = self._find_root(f"{name.removesuffix('OrderField')}Connection")
            text, type_name = "orderBy: [{ field: %s }]", f"{name}!"
        elif name.endswith("Dimension"):
            root = self._find_root(f"{name.removesuffix('Dimension')}Aggregate")
            text, type_name = "groupBy: [%s]", f"{name}!"
        else:
            return
        if root is not None:
            query = f"query ($v: {type_name}) {{ {root}({text % '$v'}) {{ __typename }} }}"
            yield Place("value", lambda n: f"{{ {root}({text % n}) {{ __typename }} }}")
            yield Place("value by variable", lambda _: query, lambda n: {"v": n})
            yield Place("value as default", lambda n: query.replace("!)", f"! = {n})", 1))
            yield Place(
                "value in a list", lambda _: query.replace(f"{type_name}", f"[{type_name}]", 1), lambda n: {"v": [n]}
            )
            yield Place("value as text", lambda n: f"{{ {root}({text % f'{chr(34)}{n}{chr(34)}'}) {{ __typename }} }}")

    def _find_root(self, type_name: str) -> str | None:
        query = self._schema.query_type
        assert query is not None
        roots = (name for name, each in query.fields.items() if bare(each.type).name == type_name)
        return next((name for name in roots if f"Query.{name}" in self._shown), None)

    def _find_arguments(self, type_name: str) -> Iterator[tuple[str, str, bool]]:
        query = self._schema.query_type
        assert query is not None
        for root, each in query.fields.items():
            for argument, definition in each.args.items():
                if bare(definition.type).name == type_name and f"Query.{root}" in self._shown:
                    yield root, argument, str(definition.type).startswith("[")

    def _find_paths(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """For each type a selection that leads to it by shown fields alone."""
        found = {"Query": ("{ ", " }"), "Mutation": ("mutation { ", " }")}
        waiting = list(found)
        while waiting:
            owner = waiting.pop(0)
            named, (opened, closed) = self._schema.type_map.get(owner), found[owner]
            for name, each in getattr(named, "fields", {}).items():
                target = bare(each.type)
                is_open = f"{owner}.{name}" in self._shown and not isinstance(named, GraphQLInputObjectType)
                if is_open and hasattr(target, "fields") and target.name not in found:
                    arguments = '(id: "x")' if "id" in each.args else ""
                    found[target.name] = f"{opened}{name}{arguments} {{ ", f" }}{closed}"
                    waiting.append(target.name)
        return iter(found.items())
