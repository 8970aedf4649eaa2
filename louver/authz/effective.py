"""The effective matrix: what every role of an agency sees of every coordinate, its own lines included."""

import csv
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from io import StringIO

from louver.authz import shipped
from louver.authz.explaining import Explainer
from louver.authz.sights import Sight
from louver.authz.vocabulary import Classification


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One coordinate, role by role."""

    coordinate: str
    group: str | None
    classification: Classification | None
    sights: tuple[Sight, ...]
    """In the order of the roles that were asked for."""


def list_rows(explainer: Explainer, roles: Collection[str], type_name: str | None = None) -> list[MatrixRow]:
    """List the matrix in the order of its source, each type before its fields; of one type alone if it is named."""
    return [
        MatrixRow(coordinate, group, classification, tuple(explainer.look([role], coordinate) for role in roles))
        for coordinate, group, classification in _list_coordinates()
        if type_name in (None, coordinate.partition(".")[0])
    ]


def as_csv(roles: Collection[str], rows: Iterable[MatrixRow]) -> str:
    """Render the table: a line for each coordinate, a column for each role."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("coordinate", "group", "class", *roles))
    for row in rows:
        writer.writerow((row.coordinate, row.group or "", row.classification or "", *map(str, row.sights)))
    return text.getvalue()


def _list_coordinates() -> Iterator[tuple[str, str | None, Classification | None]]:
    for reach in shipped.read_reach():
        yield reach.type_name, None, None
        for group in shipped.read_matrix():
            if group.type_name == reach.type_name:
                yield from ((coordinate, group.name, group.classification) for coordinate in group.coordinates)
