"""The reviewed tables, matrix and reach, as somebody reads them who has only the tables.

Leak: a proof must not learn what is hidden from the code that it judges, so these are read here a second time.
"""

import csv
from dataclasses import dataclass
from functools import cache
from typing import Self

from louver.authz import shipped

NO_MASK = "withheld"


@dataclass(frozen=True, slots=True)
class Charter:
    """What there is to see, and what the names in policy lines and key scopes stand for."""

    fields: dict[str, tuple[str, ...]]
    """The classified fields of each type."""
    masks: dict[str, str]
    """The mask of each coordinate."""
    modules: dict[str, str]
    """The module that a type needs; empty for none."""
    meanings: dict[str, frozenset[str]]
    """The coordinates that a name stands for."""

    @classmethod
    def from_texts(cls, matrix: str, reach: str) -> Self:
        """Read `matrix.csv` and `reach.csv`."""
        masks: dict[str, str] = {}
        meanings: dict[str, frozenset[str]] = {}
        for line in csv.DictReader(matrix.splitlines()):
            group = dict(_split(text) for text in line["coordinates"].split())
            masks |= group
            meanings[line["group"]] = frozenset(group)
        modules = {line["type"]: line["module"] for line in csv.DictReader(reach.splitlines())}
        fields = {name: tuple(_fields_of(name, masks)) for name in modules}
        for name in (*masks, *modules):
            meanings[name] = frozenset({name})
        for type_name, names in fields.items():
            meanings[f"{type_name}.*"] = frozenset({type_name, *(f"{type_name}.{name}" for name in names)})
        meanings["*"] = frozenset({*masks, *modules})
        return cls(fields, masks, modules, meanings)

    def open_scope(self, names: tuple[str, ...]) -> frozenset[str]:
        """What a key's scopes open: what they name, and the types that it belongs to."""
        named = frozenset[str]().union(*(self.meanings.get(name, frozenset()) for name in names))
        return named | {type_of(coordinate) for coordinate in named}


def type_of(coordinate: str) -> str:
    """The type that a coordinate belongs to."""
    return coordinate.partition(".")[0]


def _split(text: str) -> tuple[str, str]:
    coordinate, _, mask = text.partition("=")
    return coordinate, mask or NO_MASK


def _fields_of(type_name: str, masks: dict[str, str]) -> list[str]:
    return [coordinate.partition(".")[2] for coordinate in masks if type_of(coordinate) == type_name]


@cache
def read_charter() -> Charter:
    """Read the tables that ship with Louver."""
    matrix, reach = (shipped.FOLDER / name for name in ("matrix.csv", "reach.csv"))
    return Charter.from_texts(matrix.read_text(encoding="utf-8"), reach.read_text(encoding="utf-8"))
