"""The walk over a document: each selection and each fragment is looked at once, whatever they multiply to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from louver.schema.limits.limits import FIGURE_MAX, Limits

_DESCRIPTION_ROOTS = frozenset({"__schema", "__type"})
_DESCRIBED: Mapping[str, int] = {
    "types": 150,
    "fields": 12,
    "args": 3,
    "inputFields": 12,
    "enumValues": 8,
    "directives": 6,
    "possibleTypes": 4,
    "interfaces": 2,
    "locations": 4,
}
"""About how many entries each list of introspection has."""


class Counts(NamedTuple):
    """What a selection comes to once its fragments are spread."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    root_fields: int = 0
    """Fields of its own level."""
    described: int = 0
    """About how many objects it lists where it stands within introspection."""
    introspected: int = 0
    """About how many objects the introspection at its own level lists."""


@dataclass(slots=True)
class Figures:
    """What a document comes to: the most of any one operation, and what is written in it all."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    root_fields: int = 0
    introspected: int = 0
    directives: int = 0
    fragments: int = 0
    """Definitions, spreads and inline fragments, as written."""
    list_items: int = 0
    """Items of all list literals."""

    def require_within(self, limits: Limits) -> None:
        """Refuse a document that is over one of the limits.

        Raises:
            LimitExceededError: it is.
        """
        for name in ("fragments", "depth", "aliases", "root_fields", "fields", "directives", "list_items"):
            limits.require(name, getattr(self, name))


def measure(document: DocumentNode, limits: Limits) -> Figures:
    """Walk a parsed document, for all of its operations.

    Circular fragments are looked at once, as others; that they are circular is for validation to say.

    Raises:
        LimitExceededError: it is over one of the limits.
    """
    walk = _Walk(document)
    limits.require("fragments", walk.figures.fragments)  # before the walk, which goes as deep as their chain
    figures = walk.run()
    figures.require_within(limits)
    return figures


class _Walk:
    """One walk."""

    def __init__(self, document: DocumentNode) -> None:
        self._definitions = document.definitions
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Counts] = {}
        self.figures = Figures(fragments=len(self._fragments))

    def run(self) -> Figures:
        figures = self.figures
        for node in self._definitions:
            if isinstance(node, OperationDefinitionNode):
                self._note(node)
                for variable in node.variable_definitions or ():
                    self._note(variable)
                    self._note_value(variable.default_value)
                counts = self._count(node.selection_set)
                for name in ("depth", "fields", "aliases", "root_fields", "introspected"):
                    setattr(figures, name, max(getattr(figures, name), getattr(counts, name)))
        for name in self._fragments:
            self._count_fragment(name)
        return figures

    def _count(self, selections: SelectionSetNode | None) -> Counts:
        return _add(map(self._count_selection, selections.selections)) if selections else Counts()

    def _count_selection(self, node: Any) -> Counts:
        self._note(node)
        if isinstance(node, FieldNode):
            for argument in node.arguments or ():
                self._note_value(argument.value)
            return _below(node, self._count(node.selection_set))
        self.figures.fragments += 1
        if isinstance(node, FragmentSpreadNode):
            return self._count_fragment(node.name.value)
        return self._count(node.selection_set)

    def _count_fragment(self, name: str) -> Counts:
        if name not in self._known:
            self._known[name] = Counts()  # to whoever comes back here in a circle
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._note(fragment)
                self._known[name] = self._count(fragment.selection_set)
        return self._known[name]

    def _note(self, node: Any) -> None:
        for directive in node.directives or ():
            self.figures.directives += 1
            for argument in directive.arguments or ():
                self._note_value(argument.value)

    def _note_value(self, value: Any) -> None:
        if isinstance(value, ListValueNode):
            self.figures.list_items += len(value.values)
            for item in value.values:
                self._note_value(item)
        elif isinstance(value, ObjectValueNode):
            for field in value.fields:
                self._note_value(field.value)


def _below(node: FieldNode, below: Counts) -> Counts:
    name = node.name.value
    return Counts(
        depth=1 + below.depth,
        fields=1 + below.fields,
        aliases=bool(node.alias) + below.aliases,
        root_fields=1,
        described=min(_DESCRIBED.get(name, 1) * (1 + below.described), FIGURE_MAX) if node.selection_set else 0,
        introspected=below.described if name in _DESCRIPTION_ROOTS else 0,
    )


def _add(parts: Iterable[Counts]) -> Counts:
    depth, rest = 0, [0] * (len(Counts._fields) - 1)
    for part in parts:
        depth = max(depth, part.depth)
        rest = [min(a + b, FIGURE_MAX) for a, b in zip(rest, part[1:], strict=True)]
    return Counts(depth, *rest)
