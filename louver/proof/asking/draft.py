"""A draft of an operation: what is written so far, and what it touches."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from louver.proof.dice import Dice, chance, pick
from louver.proof.openness import Openness
from louver.proof.surfaces import Surface
from louver.proof.worlds import World
from louver.resolvers.catalogue import Catalogue

Item = TypeVar("Item")
_TELLING_PERCENT = 55
_BEGIN, _SPLIT, _END = "\ue000", "\ue001", "\ue002"
_NAME = re.compile(f"{_BEGIN}([^{_SPLIT}]*){_SPLIT}([^{_END}]*){_END}")


class Word(str):
    """A value of an enum: a bare word in a document, a text among variables."""

    __slots__ = ()


class Variable(NamedTuple):
    """A variable of the operation."""

    name: str
    kind: str
    value: Any


class Follow(NamedTuple):
    """Where the cursor of the next page is found in an answer, and the variable that takes it."""

    path: tuple[str, ...]
    """Response keys; `*` stands for any position of a list."""
    variable: str
    surface: Surface


@dataclass(slots=True)
class Draft:
    """Grows while the parts of an operation are drawn."""

    dice: Dice
    catalogue: Catalogue
    openness: Openness
    world: World
    surfaces: set[Surface] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    """The types whose rows the answer may be made from."""
    variables: list[Variable] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    follow: Follow | None = None
    _names: int = 0

    def invent(self, stem: str) -> str:
        """A name that is used nowhere else in the operation."""
        self._names += 1
        return f"{stem}{self._names}"

    def declare(self, kind: str, value: Any) -> str:
        """Declare a variable, and return it as the document refers to it."""
        variable = Variable(self.invent("v"), kind, value)
        self.variables.append(variable)
        self.surfaces.add(Surface.VARIABLE)
        return f"${variable.name}"

    def write_value(self, kind: str, value: Any, percent: int) -> str:
        """Write a value, now and then as a variable."""
        return self.declare(kind, value) if chance(self.dice, percent) else as_literal(value)

    def choose(
        self,
        items: Iterable[Item],
        is_open: Callable[[Item], bool],
        daring: int,
        is_telling: Callable[[Item], bool] = lambda _: False,
    ) -> Item:
        """Choose one that is open to the caller, or sometimes any; rather one behind which something is hidden."""
        offered = list(items)
        opened = [item for item in offered if is_open(item)]
        if not opened or chance(self.dice, daring):
            return pick(self.dice, offered)
        telling = [item for item in opened if is_telling(item)]
        return pick(self.dice, telling if telling and chance(self.dice, _TELLING_PERCENT) else opened)


def mark(owner: str, name: str) -> str:
    """A name of the schema, with the coordinate that it has there: a twin may call it otherwise."""
    return f"{_BEGIN}{owner}.{name}{_SPLIT}{name}{_END}"


def render(text: str, rename: Callable[[str, str], str] = lambda _, name: name) -> str:
    """The text with every name as it is, or as `rename` has it, which is given the coordinate as well."""
    return _NAME.sub(lambda found: rename(found[1], found[2]), text)


def render_value(value: Any, rename: Callable[[str, str], str] = lambda _, name: name) -> Any:
    """A variable's value with its names as `render` has them."""
    match value:
        case Mapping():
            return {render(name, rename): render_value(item, rename) for name, item in value.items()}
        case list() | tuple():
            return [render_value(item, rename) for item in value]
        case str():
            return render(value, rename)
        case _:
            return value


def list_names(text: str) -> list[str]:
    """The coordinates of all names that are marked."""
    return [found[1] for found in _NAME.finditer(text)]


def as_literal(value: Any) -> str:
    """A value as a document has it."""
    match value:
        case Word():
            return str(value)
        case Mapping():
            return "{" + ", ".join(f"{name}: {as_literal(item)}" for name, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(as_literal, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def write_arguments(arguments: Sequence[str]) -> str:
    """Arguments in brackets, if there are any."""
    return f"({', '.join(arguments)})" if arguments else ""
