"""From a document to a request: which fields an operation selects, fragments and directives applied."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    get_argument_values,
    get_directive_values,
    get_named_type,
    visit,
)
from graphql.execution.values import VariableValues

from louver.resolvers.requests import Request, Root
from louver.resolvers.selection import Field
from louver.schema.documents import Document
from louver.schema.duties import QUERIES

if TYPE_CHECKING:  # roots builds the schema of fields that are collected here
    from louver.schema.roots import LouverSchema


class Selector:
    """Collects the requests of documents over one schema."""

    def __init__(self, schema: "LouverSchema") -> None:
        self._schema = schema
        self._graphql: GraphQLSchema = schema.graphql

    def select(self, document: Document, operation: OperationDefinitionNode, variables: VariableValues) -> Request:
        """Return the request of one operation for these variables."""
        switches = tuple((name, variables.coerced.get(name)) for name in _switches(document))
        name = operation.name.value if operation.name else None
        key = (name, switches)
        return document.requests.get_or_build(key, lambda: self._collect(document, operation, variables))

    def _collect(self, document: Document, operation: OperationDefinitionNode, variables: VariableValues) -> Request:
        assert document.parsed is not None  # noqa: S101 - an operation comes from a parsed document
        fragments = {
            node.name.value: node for node in document.parsed.definitions if isinstance(node, FragmentDefinitionNode)
        }
        query = self._graphql.query_type
        assert query is not None  # noqa: S101 - the schema has one
        collector = Collector(self._graphql, fragments, variables)
        catalogue = self._schema.catalogue
        roots, administered, unplanned = [], [], []
        for key, nodes in collector.group(query, [operation.selection_set]).items():
            root = nodes[0].name.value
            if root in self._schema.roots:
                kind, name = self._schema.roots[root]
                roots.append(Root(collector.field(query, key, nodes), kind, catalogue[name] if name else None))
                continue
            unplanned.append(root)
            if root in QUERIES:
                administered.append(collector.field(query, key, nodes))
        return Request(roots, catalogue, administered, unplanned)


class Collector:
    """Applies fragments, @skip and @include to selections."""

    def __init__(
        self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], variables: VariableValues
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def group(self, parent: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """Gather what is selected, by response key."""
        grouped: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for selections in sets:
            self._gather(parent, selections, grouped, visited)
        return grouped

    def fields(self, parent: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> list[Field]:
        """Collect the fields of one type."""
        return [self.field(parent, key, nodes) for key, nodes in self.group(parent, sets).items()]

    def _gather(
        self,
        parent: GraphQLObjectType,
        selections: SelectionSetNode,
        grouped: dict[str, list[FieldNode]],
        visited: set[str],
    ) -> None:
        for node in selections.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                grouped.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or self._applies(condition.name.value, parent):
                    self._gather(parent, node.selection_set, grouped, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, parent):
                    self._gather(parent, fragment.selection_set, grouped, visited)

    def field(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Field:
        """Collect one field with all below it."""
        name = nodes[0].name.value
        if name.startswith("__"):
            return Field(key, name)
        definition = parent.fields[name]
        below = [node.selection_set for node in nodes if node.selection_set]
        returned = get_named_type(definition.type)
        field = Field(key, name, arguments=_arguments(definition, nodes[0]))
        if isinstance(returned, GraphQLObjectType):
            field.children = tuple(self.fields(returned, below))
        elif isinstance(returned, GraphQLInterfaceType):
            possible = self._schema.get_possible_types(returned)
            field.by_type = {concrete.name: tuple(self.fields(concrete, below)) for concrete in possible}
        return field

    def _is_included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not include or bool(include["if"])

    def _applies(self, condition: str, parent: GraphQLObjectType) -> bool:
        named = self._schema.get_type(condition)
        return named is parent or (isinstance(named, GraphQLInterfaceType) and self._schema.is_sub_type(named, parent))


def _arguments(definition: GraphQLField, node: FieldNode) -> Any:
    if not definition.args:
        return None
    if _has_variables(node):
        return partial(get_argument_values, definition, node, hide_suggestions=True)
    constant: list[dict[str, Any]] = []

    def once(_variables: VariableValues) -> dict[str, Any]:
        if not constant:
            constant.append(get_argument_values(definition, node, hide_suggestions=True))
        return constant[0]

    return once


class _VariableFinder(Visitor):
    """Lists the variables below a node."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.append(node.name.value)


def _has_variables(node: FieldNode) -> bool:
    finder = _VariableFinder()
    for argument in node.arguments or ():
        visit(argument.value, finder)
    return bool(finder.names)


def _switches(document: Document) -> tuple[str, ...]:
    """The variables that decide whether something is selected at all."""
    if document.switches is None:
        finder = _SwitchFinder()
        assert document.parsed is not None  # noqa: S101 - an operation comes from a parsed document
        visit(document.parsed, finder)
        document.switches = tuple(dict.fromkeys(finder.names))
    return document.switches


class _SwitchFinder(Visitor):
    """Lists the variables of @skip and @include."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_directive(self, node: Any, *_: Any) -> None:
        if node.name.value in ("skip", "include"):
            finder = _VariableFinder()
            visit(node, finder)
            self.names += finder.names
