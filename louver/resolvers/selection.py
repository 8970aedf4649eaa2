"""What an operation asks for, as plain data: fields under response keys, on concrete types, without the document."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Variables = Any
"""The operation's coerced variables, as graphql-core has them; passed through to `Field.arguments`."""


@dataclass(slots=True, eq=False)
class Field:
    """One response key and all that the operation asks under it.

    `children` are the fields of the one object type that the field returns; where it returns an interface, `by_type`
    has them for each concrete type. `arguments` gives the coerced argument values for one request's variables.
    """

    key: str
    name: str
    arguments: Callable[[Variables], dict[str, Any]] | None = None
    children: tuple["Field", ...] = ()
    by_type: Mapping[str, tuple["Field", ...]] = field(default_factory=dict)
    index: int = -1
    """Position among the operation's fields that take arguments; parameter names are made from it."""

    def walk(self) -> Iterator["Field"]:
        """This field and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()
        for children in self.by_type.values():
            for child in children:
                yield from child.walk()
