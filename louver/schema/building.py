"""Small steps from names and descriptions to Strawberry types.

Types refer to each other by name, through one namespace that fills while they are made.
"""

import types
from collections.abc import Mapping, Sequence
from enum import Enum, StrEnum
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

from louver.db.codes import CodedEnum


class Builder:
    """Makes Strawberry types and keeps them under their GraphQL names."""

    def __init__(self, scalars: Mapping[str, Any]) -> None:
        self.namespace: dict[str, Any] = dict(scalars)

    def field(
        self, name: str, annotation: str, description: str, arguments: Sequence[StrawberryArgument] = ()
    ) -> StrawberryField:
        """Make an output field; `annotation` is GraphQL's notation, `[Officer!]!`."""
        made = StrawberryField(
            python_name=name,
            graphql_name=name,
            type_annotation=self._annotation(annotation),
            description=description,
            metadata={"notation": annotation},
        )
        made.arguments = list(arguments)
        return made

    def input_field(
        self, name: str, annotation: str, description: str, default: Any = strawberry.UNSET
    ) -> StrawberryField:
        """Make a field of an input type."""
        return StrawberryField(
            python_name=f"{name}_" if name in ("and", "or", "not", "in") else name,
            graphql_name=name,
            type_annotation=self._annotation(annotation),
            description=description,
            default=default,
            metadata={"notation": annotation},
        )

    def argument(
        self, name: str, annotation: str, description: str, default: Any = strawberry.UNSET
    ) -> StrawberryArgument:
        """Make an argument."""
        return StrawberryArgument(name, name, self._annotation(annotation), description=description, default=default)

    def object(
        self, name: str, description: str, fields: Sequence[StrawberryField], interfaces: Sequence[type] = ()
    ) -> type:
        """Make an object type."""
        made = strawberry.type(_class(name, fields, interfaces), name=name, description=description)
        return self._keep(name, self._annotated(made, fields))

    def interface(self, name: str, description: str, fields: Sequence[StrawberryField]) -> type:
        """Make an interface."""
        made = strawberry.interface(_class(name, fields), name=name, description=description)
        return self._keep(name, self._annotated(made, fields))

    def input(self, name: str, description: str, fields: Sequence[StrawberryField]) -> type:
        """Make an input type."""
        made = strawberry.input(_class(name, fields), name=name, description=description)
        return self._keep(name, self._annotated(made, fields))

    def codes(self, codes: type[CodedEnum]) -> str:
        """Make the enum of a coded value, and return its name."""
        if codes.__name__ not in self.namespace:
            descriptions = {code.name: code.description for code in codes}
            self._enum(codes, codes.__name__, (codes.__doc__ or "").split("\n", 1)[0], descriptions)
        return codes.__name__

    def names(self, name: str, description: str, values: Mapping[str, tuple[str, str]]) -> None:
        """Make an enum of names: `{GraphQL name: (value, description)}`."""
        enum = StrEnum(name, {key: value for key, (value, _) in values.items()})  # type: ignore[misc]  # made at run time
        self._enum(enum, name, description, {key: text for key, (_, text) in values.items()})

    def _enum(self, enum: type[Enum], name: str, description: str, descriptions: Mapping[str, str]) -> None:
        made = strawberry.enum(enum, name=name, description=description)
        definition: StrawberryEnumDefinition = made.__strawberry_definition__  # type: ignore[attr-defined]  # set by it
        for value in definition.values:
            value.description = descriptions[value.name]
        self._keep(name, made)

    def _keep(self, name: str, made: type) -> type:
        self.namespace[name] = made
        return made

    def _annotated(self, made: type, fields: Sequence[StrawberryField]) -> type:
        """Give the fields their types back: making a dataclass of them drops the namespace that a name is found in."""
        definition: StrawberryObjectDefinition = made.__strawberry_definition__  # type: ignore[attr-defined]  # set by it
        notations = {field.python_name: field.metadata.get("notation") for field in fields}
        for field in definition.fields:
            notation = notations.get(field.python_name)
            if notation is not None:
                field.type_annotation = self._annotation(notation)
        return made

    def _annotation(self, notation: str) -> StrawberryAnnotation:
        return StrawberryAnnotation(_python(notation), namespace=self.namespace)


def _python(notation: str) -> str:
    """From GraphQL's notation of a type to Python's."""
    if notation.endswith("!"):
        return _bare(notation[:-1])
    return f"Optional[{_bare(notation)}]"


def _bare(notation: str) -> str:
    return f"List[{_python(notation[1:-1])}]" if notation.startswith("[") else notation


def _class(name: str, fields: Sequence[StrawberryField], bases: Sequence[type] = ()) -> type:
    members: dict[str, Any] = {field.python_name: field for field in fields}
    members["__annotations__"] = {field.python_name: Any for field in fields if field.base_resolver is None}
    members["__module__"] = __name__
    return types.new_class(name, tuple(bases), {}, lambda namespace: namespace.update(members))
