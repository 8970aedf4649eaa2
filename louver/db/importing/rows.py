"""Rows of CSV files: trimmed cells with the place that they stand at."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from louver.db.importing.rejections import Rejection
from louver.db.importing.rules import ImportMapping
from louver.db.importing.sources import Source
from louver.errors import InvalidInputError, MisconfiguredError

Inspect = Callable[[str, str], str | None]
"""Looks at a cell, as column and text, and answers why it must not be stored; None if it may."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of a source. `cells` are trimmed; `line` is the one that it begins on."""

    file: str
    line: int
    cells: dict[str, str]

    def reject(self, column: str, reason: str) -> Rejection:
        """Say what is wrong with it."""
        return Rejection(self.file, self.line, column, reason)


@dataclass(slots=True)
class FileContent:
    """A file as read."""

    source: Source
    digest: str
    rows: list[Row] = field(default_factory=list)
    broken: list[tuple[Rejection, Row]] = field(default_factory=list)
    """Rows that may not be used, with such cells as they have."""

    @property
    def rows_read(self) -> int:
        """How many rows it has, apart from its header."""
        return len(self.rows) + len(self.broken)


def read_file(mapping: ImportMapping, source: Source, inspect: Inspect | None = None) -> FileContent:
    """Read a file.

    Raises:
        InvalidInputError: it is not CSV in the mapping's encoding, or has columns that the mapping does not know.
        MisconfiguredError: the mapping names a column that it does not have.
    """
    raw, digest = source.read()
    content = FileContent(source, digest)
    lines = _read_lines(mapping, source, _decode(mapping, source, raw))
    _, titles = next(lines, (0, []))
    header = [title.strip() for title in titles]
    _require_columns(mapping, source, header)
    for line, values in lines:
        row = Row(source.name, line, dict(zip(header, map(str.strip, values), strict=False)))
        rejection = _find_fault(row, len(values), len(header), inspect)
        if rejection is None:
            content.rows.append(row)
        else:
            content.broken.append((rejection, row))
    return content


def _decode(mapping: ImportMapping, source: Source, raw: bytes) -> str:
    try:
        return raw.decode(mapping.encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidInputError(
            f"{source.name}, line {line}: not in the encoding {mapping.encoding}",
            hint='save the file as UTF-8, or write encoding = "…" in the mapping',
        ) from error


def _read_lines(mapping: ImportMapping, source: Source, text: str) -> Iterator[tuple[int, list[str]]]:
    """Read rows with the number of the line that each begins on; empty lines are no rows."""
    reader: Any = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
    line = 1
    try:
        for values in reader:
            if values:
                yield line, values
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInputError(
            f"{source.name}, line {line}: not CSV: {error}", hint="look for a quotation mark without its pair"
        ) from error


def _require_columns(mapping: ImportMapping, source: Source, header: list[str]) -> None:
    twice = next((title for title in header if header.count(title) > 1), None)
    if twice is not None or not header:
        what = "has no header" if twice is None else f"has two columns {twice!r}"
        raise InvalidInputError(f"{source.name} {what}", hint="the first row names the columns, each once")
    used, ignored = mapping.list_columns(source.label), mapping.files[source.label].ignored
    if missing := sorted(used - set(header)):
        raise MisconfiguredError(
            f"the mapping {mapping.name} names a column {missing[0]!r} that {source.name} does not have",
            hint=f"correct the mapping, or give the right file; it has {', '.join(header)}",
        )
    if unknown := [title for title in header if title not in used | ignored]:
        raise InvalidInputError(
            f"{source.name} has a column {unknown[0]!r} that the mapping {mapping.name} does not know",
            hint=f"map it, or list it in [files.{source.label}] ignored",
        )


def _find_fault(row: Row, count: int, wanted: int, inspect: Inspect | None) -> Rejection | None:
    if count != wanted:
        return row.reject("", f"has {count} cells, and the header has {wanted}")
    for column, text in row.cells.items():
        if "\0" in text:
            return row.reject(column, "holds a zero byte")
        if inspect is not None and (reason := inspect(column, text)):
            return row.reject(column, reason)
    return None
