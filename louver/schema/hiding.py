"""Hiding: to a caller in denied-mode `hide`, what it may not know of does not exist, in any message.

Names that the caller may not know of are marked, in the document and in the variables, before these are validated. A
marked name is in no schema, so every rule treats it as it treats a name that was made up; then the mark is taken out of
the messages again.
"""

import re
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    NamedTypeNode,
    NameNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    get_nullable_type,
    is_list_type,
    type_from_ast,
    visit,
)

from louver.schema.visibility import Visibility

_PLANE = 0xF0000
"""Of private code points, which no GraphQL name can hold."""
_MARKED = re.compile("[\U000f0000-\U000f007f]" + r"|\\U000f00([0-7][0-9a-f])")
"""A marked letter in a message: by itself, or spelled out where a value is quoted."""


def hide_in_document(schema: GraphQLSchema, document: DocumentNode, visibility: Visibility) -> DocumentNode:
    """Mark what the caller may not know of; the document itself is left as it is."""
    info = TypeInfo(schema)
    hidden: DocumentNode = visit(document, TypeInfoVisitor(info, _Marker(info, visibility)))
    return hidden


def hide_in_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any], visibility: Visibility
) -> dict[str, Any]:
    """Mark input fields and enum values that the caller may not know of."""
    marked = dict(variables)
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        declared = type_from_ast(schema, definition.type)
        if name in marked and declared is not None:
            marked[name] = _mark_value(declared, marked[name], visibility)  # type: ignore[arg-type]  # an input type
    return marked


def unmark(error: GraphQLError) -> GraphQLError:
    """Take the mark out of a message."""
    error.message = _MARKED.sub(_unmark_letter, error.message)
    return error


def mark(name: str) -> str:
    """Move a name's last letter to where no name has letters.

    Leak: the name is as long as it was, because messages break their lines by length.
    """
    return name[:-1] + chr(_PLANE + ord(name[-1]))


def _unmark_letter(found: re.Match[str]) -> str:
    return chr(int(found[1], 16) if found[1] else ord(found[0]) - _PLANE)


class _Marker(Visitor):
    """Renames hidden names while the types around them are known."""

    def __init__(self, info: TypeInfo, visibility: Visibility) -> None:
        super().__init__()
        self._info = info
        self._visibility = visibility

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        marked: FieldNode | None = self._marked_member(self._info.get_parent_type(), node)
        return marked

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> ObjectFieldNode | None:
        marked: ObjectFieldNode | None = self._marked_member(get_named_type(self._info.get_parent_input_type()), node)
        return marked

    def enter_named_type(self, node: NamedTypeNode, *_: Any) -> NamedTypeNode | None:
        marked: NamedTypeNode | None = self._marked(node, node.name.value)
        return marked

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> EnumValueNode | None:
        enum = get_named_type(self._info.get_input_type())
        if enum is None or self._visibility.shows(f"{enum.name}.{node.value}"):
            return None
        return EnumValueNode(value=mark(node.value), loc=node.loc)

    def _marked_member(self, parent: Any, node: Any) -> Any:
        return self._marked(node, f"{parent.name}.{node.name.value}") if parent else None

    def _marked(self, node: Any, coordinate: str) -> Any:
        if self._visibility.shows(coordinate):
            return None
        values = {key: getattr(node, key) for key in node.keys}
        return type(node)(**{**values, "name": NameNode(value=mark(node.name.value), loc=node.name.loc)})


def _mark_value(declared: GraphQLInputType, value: Any, visibility: Visibility) -> Any:
    bare = get_nullable_type(declared)
    if is_list_type(bare):
        if isinstance(value, list):
            return [_mark_value(bare.of_type, item, visibility) for item in value]
        return _mark_value(bare.of_type, value, visibility)
    if isinstance(bare, GraphQLEnumType) and isinstance(value, str):
        return value if visibility.shows(f"{bare.name}.{value}") else mark(value)
    if isinstance(bare, GraphQLInputObjectType) and isinstance(value, dict):
        return {
            (name if visibility.shows(f"{bare.name}.{name}") else mark(name)): (
                _mark_value(bare.fields[name].type, item, visibility) if name in bare.fields else item
            )
            for name, item in value.items()
        }
    return value
