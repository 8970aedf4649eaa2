"""Takes access records out as a file: NDJSON or CSV, with a manifest that says what the file is."""

import csv
import hashlib
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.resolvers.asking.fields import AUDIT_EVENT
from louver.resolvers.asking.pages import PAGE_MAX, Pages
from louver.resolvers.asking.reach import Reach
from louver.resolvers.cursors import CursorCipher, CursorKeeper

FORMATS = ("ndjson", "csv")
_KEY_BITS = 256
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would calculate."""
Write = Callable[[bytes], Any]


@dataclass(slots=True)
class Export:
    """What was written."""

    format: str
    fields: Sequence[str]
    count: int = 0
    size: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    _digest: Any = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """Digest of the file."""
        return str(self._digest.hexdigest())

    def note(self, content: bytes, rows: Sequence[Mapping[str, Any]]) -> bytes:
        """Take what is about to be written into account."""
        self._digest.update(content)
        self.size += len(content)
        self.count += len(rows)
        if rows:
            self.first_at = self.first_at or rows[0]["at"]
            self.last_at = rows[-1]["at"]
        return content

    def as_manifest(self, **facts: Any) -> dict[str, Any]:
        """Say what the file is."""
        return {
            "format": self.format,
            "sha256": self.sha256,
            "bytes": self.size,
            "count": self.count,
            "firstAt": self.first_at,
            "lastAt": self.last_at,
            "fields": list(self.fields),
            **facts,
        }


def list_shown(reach: Reach) -> list[str]:
    """List the fields that the caller may see."""
    return [name for name in AUDIT_EVENT.columns if reach.hides(name) is None]


def make_keeper(reach: Reach) -> CursorKeeper:
    """Make what keeps cursors for as long as one process asks."""
    return CursorKeeper(CursorCipher(AESSIV.generate_key(_KEY_BITS)), UUID(int=0), [reach.agency_id])


async def stream_pages(
    log: AsyncConnection, reach: Reach, fields: Sequence[str], condition: Mapping[str, Any], order: Any = None
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """Read all records that a filter leaves, page by page, so that a year of them needs the memory of one page.

    Raises:
        RefusedError: the filter or the order refers to what the caller may not see.
    """
    keeper = make_keeper(reach)
    cursor: str | None = None
    while True:
        asked = {"filter": condition, "orderBy": order, "first": PAGE_MAX, "after": cursor}
        page = await Pages(log, reach, keeper, asked).read(fields)
        yield page.rows
        if not page.has_next:
            return
        cursor = page.cursors[-1]


async def export(log: AsyncConnection, reach: Reach, condition: Mapping[str, Any], made: Export, write: Write) -> None:
    """Write all records that a filter leaves, the oldest first; `made` says how far it came, also when it breaks off.

    Raises:
        RefusedError: see `stream_pages`.
    """
    fields, is_csv = made.fields, made.format == "csv"
    render = _render_csv if is_csv else _render_ndjson
    if is_csv:
        write(made.note(_as_csv([fields]), ()))
    async for rows in stream_pages(log, reach, fields, condition, [{"field": "at"}]):
        write(made.note(render(rows, fields), rows))


def _render_ndjson(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> bytes:
    del fields
    return b"".join(orjson.dumps(row, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE) for row in rows)


def _render_csv(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> bytes:
    return _as_csv([[_as_cell(row[name]) for name in fields] for row in rows])


def _as_csv(lines: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def _as_cell(value: Any) -> str:
    """Leak: a header that somebody sent could be a formula, which the reviewer's spreadsheet would run."""
    match value:
        case None:
            return ""
        case list():
            return " ".join(value)
        case datetime() | date():
            return value.isoformat()
        case str() if value.startswith(_FORMULA):
            return f"'{value}"
        case _:
            return str(value)
