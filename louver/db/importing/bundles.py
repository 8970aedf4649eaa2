"""Bundles: source rows that belong together, and are imported or rejected together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from louver.db.importing.rejections import Rejection
from louver.db.importing.rows import FileContent, Row
from louver.db.importing.rules import ImportMapping


@dataclass(slots=True, eq=False)
class Bundle:
    """A row of the main file, or all rows of all files with the same text in the column that joins them."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    faults: list[Rejection] = field(default_factory=list)

    @property
    def rows_count(self) -> int:
        """How many source rows it is of."""
        return sum(len(rows) for rows in self.rows.values())


def build_bundles(mapping: ImportMapping, contents: Iterable[FileContent]) -> list[Bundle]:
    """Put rows together; a bundle with a fault lacks something, and must not be imported."""
    joined: dict[str, Bundle] = defaultdict(Bundle)
    loose: list[Bundle] = []
    for content in contents:
        for row, rejection in _list_rows(content):
            bundle = _find_bundle(mapping, content.source.label, row, joined, loose)
            bundle.rows[content.source.label].append(row)
            if rejection is not None:
                bundle.faults.append(rejection)
    for bundle in joined.values():
        bundle.faults += _list_faults(mapping, bundle)
    return [*joined.values(), *loose]


def _list_rows(content: FileContent) -> Iterator[tuple[Row, Rejection | None]]:
    yield from ((row, None) for row in content.rows)
    yield from ((row, rejection) for rejection, row in content.broken)


def _find_bundle(
    mapping: ImportMapping, label: str, row: Row, joined: dict[str, Bundle], loose: list[Bundle]
) -> Bundle:
    column = mapping.files[label].join
    text = row.cells.get(column, "") if column else ""
    if not mapping.is_unknown(text):
        return joined[text]
    loose.append(Bundle())
    if column:
        loose[-1].faults.append(row.reject(column, "is blank, and joins the row to the others"))
    return loose[-1]


def _list_faults(mapping: ImportMapping, bundle: Bundle) -> Iterator[Rejection]:
    if not bundle.rows.get(mapping.main):
        for label, rows in bundle.rows.items():
            yield from (row.reject(_join(mapping, label), f"has no row in {mapping.main}") for row in rows)
    for label, rows in bundle.rows.items():
        if mapping.files[label].is_unique:
            reason = f"is the same as in line {rows[0].line}, and may be there once"
            yield from (row.reject(_join(mapping, label), reason) for row in rows[1:])


def _join(mapping: ImportMapping, label: str) -> str:
    return mapping.files[label].join or ""
