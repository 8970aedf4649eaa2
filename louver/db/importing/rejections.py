"""What was rejected, where and why."""

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple

HEADER = ("file", "line", "column", "reason")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Rejection(NamedTuple):
    """One fault of a source. Leak: neither it nor the report holds the cell's text."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        column = f", {self.column}" if self.column else ""
        return f"{self.file}, line {self.line}{column}: {self.reason}"


class RejectedError(Exception):
    """Ends the reading of one field or row."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(str(rejection))
        self.rejection = rejection


def as_csv(rejections: Iterable[Rejection]) -> str:
    """Render as the report file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows([_defuse(str(value)) for value in rejection] for rejection in rejections)
    return text.getvalue()


def _defuse(value: str) -> str:
    """Keep a spreadsheet from running a file's or a column's name as a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value
