"""What stands in a document as a value, for the log: a name that is looked for may be written into the query itself."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
)
from graphql.language.ast import SelectionSetNode

from louver.logging import InlineValues

_DEFAULTS = "defaults"


def list_literals(document: DocumentNode) -> InlineValues:
    """List the values of a document's arguments, and its variables' defaults, under field and argument."""
    found: dict[str, dict[str, Any]] = {}
    for owner, name, value in _walk(document):
        if _is_said(value):
            found.setdefault(owner, {}).setdefault(name, []).append(_read(value))
    return InlineValues(found)


def _walk(document: DocumentNode) -> Iterator[tuple[str, str, ValueNode]]:
    """Visit each definition once, fragments too, without recursion: a document may be nested as deep as its size."""
    sets: list[SelectionSetNode] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            yield from _list_defaults(definition.variable_definitions or ())
        yield from _list_directives(getattr(definition, "directives", None) or ())
        if (selections := getattr(definition, "selection_set", None)) is not None:
            sets.append(selections)
    while sets:
        for selection in sets.pop().selections:
            yield from _list_directives(selection.directives or ())
            if isinstance(selection, FieldNode):
                yield from _list_arguments(selection.name.value, selection.arguments or ())
            if (below := getattr(selection, "selection_set", None)) is not None:
                sets.append(below)


def _list_arguments(owner: str, arguments: Sequence[ArgumentNode]) -> Iterator[tuple[str, str, ValueNode]]:
    for argument in arguments:
        yield owner, argument.name.value, argument.value


def _list_directives(directives: Sequence[DirectiveNode]) -> Iterator[tuple[str, str, ValueNode]]:
    for directive in directives:
        yield from _list_arguments(directive.name.value, directive.arguments or ())


def _list_defaults(definitions: Sequence[VariableDefinitionNode]) -> Iterator[tuple[str, str, ValueNode]]:
    for definition in definitions:
        if definition.default_value is not None:
            yield _DEFAULTS, definition.variable.name.value, definition.default_value


def _is_said(value: ValueNode) -> bool:
    return not isinstance(value, VariableNode | NullValueNode)


def _read(value: ValueNode) -> Any:
    """Read a value as JSON would have it; a variable in it is recorded by itself, and is left out here."""
    match value:
        case ListValueNode():
            return [_read(item) for item in value.values]
        case ObjectValueNode():
            return {field.name.value: _read(field.value) for field in value.fields}
        case IntValueNode():
            return _read_int(value.value)
        case FloatValueNode():
            return float(value.value)
        case _:  # a member of an enumeration is a string, as JSON spells it
            return getattr(value, "value", None)


def _read_int(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:  # of more digits than Python reads
        return text
