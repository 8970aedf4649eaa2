"""The matrix: what each role sees of each field group. `matrix.csv` is the source, a clerk can read it."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from louver.authz.vocabulary import ROLE_COLUMNS, Classification, Letter, Mask, Role
from louver.errors import MisconfiguredError


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields of one type that are always shown or hidden together."""

    name: str
    masks: Mapping[str, Mask]
    """Each coordinate with its mask, in the file's order."""
    classification: Classification
    letters: Mapping[Role, Letter]
    reason: str

    @property
    def coordinates(self) -> tuple[str, ...]:
        """The group's coordinates, `Type.field`."""
        return tuple(self.masks)

    @property
    def type_name(self) -> str:
        """The type that all its coordinates belong to."""
        return self.coordinates[0].partition(".")[0]

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Self:
        """Parse one line of the file.

        Raises:
            MisconfiguredError: a letter, mask or class is unknown, or the line spans types.
        """
        try:
            masks = dict(map(_parse_coordinate, row["coordinates"].split()))
            letters = {role: Letter(row[column]) for column, role in ROLE_COLUMNS.items()}
            classification = Classification(row["class"])
        except (KeyError, ValueError) as error:
            raise MisconfiguredError(f"matrix.csv, {row.get('group')}: {error}") from error
        if len({coordinate.partition(".")[0] for coordinate in masks}) != 1:
            raise MisconfiguredError(f"matrix.csv, {row['group']}: a group has fields of one type")
        return cls(row["group"], masks, classification, letters, row["reason"])


def from_csv(text: str) -> tuple[FieldGroup, ...]:
    """Parse the whole matrix.

    Raises:
        MisconfiguredError: a line does not parse, or something is listed twice.
    """
    groups = tuple(map(FieldGroup.from_row, csv.DictReader(text.splitlines())))
    _require_distinct(group.name for group in groups)
    _require_distinct(coordinate for group in groups for coordinate in group.coordinates)
    return groups


def _parse_coordinate(text: str) -> tuple[str, Mask]:
    coordinate, _, mask = text.partition("=")
    type_name, dot, field = coordinate.partition(".")
    if not (type_name and dot and field):
        raise ValueError(f"{coordinate!r} is not Type.field")
    return coordinate, Mask(mask) if mask else Mask.WITHHELD


def _require_distinct(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise MisconfiguredError(f"matrix.csv lists {name} twice")
        seen.add(name)
