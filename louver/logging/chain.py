"""The hash chain: each record's hash covers all its columns and the hash of the record before it.

One chain per writer (a server process), because writers that shared one would have to wait for each other. The bytes
under the hash are the columns as one JSON object with sorted keys, binary as hex, times in UTC: anybody can rebuild
them from an export without this code.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from louver.logging.record import AccessRecord

GENESIS = bytes(32)
"""What stands before a writer's first record."""


@dataclass(frozen=True, slots=True)
class Link:
    """The end of a writer's chain: what the next record continues."""

    sequence: int = 0
    hash: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Break:
    """The first record at which a chain does not hold, and why."""

    writer: UUID
    sequence: int
    problem: str


class Sealed(NamedTuple):
    """A record with its place on the chain."""

    row: dict[str, Any]
    text: bytes
    """What is under the hash."""

    @property
    def link(self) -> Link:
        """The end of the chain after this record."""
        return Link(self.row["sequence"], self.row["hash"])


def seal_record(record: AccessRecord, writer: UUID, after: Link) -> Sealed:
    """Continue the chain at `after` with a record."""
    row = record.as_dict()
    row |= {"writer": writer, "sequence": after.sequence + 1, "previous_hash": after.hash}
    text = _as_json(row)
    row["hash"] = hashlib.sha256(text).digest()
    return Sealed(row, text)


def hash_row(row: Mapping[str, Any]) -> bytes:
    """Hash every column but the hash itself."""
    return hashlib.sha256(_as_json({str(name): row[name] for name in row if name != "hash"})).digest()


def _as_json(covered: Mapping[str, Any]) -> bytes:
    return orjson.dumps(covered, default=_as_text, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def _as_text(value: Any) -> str:
    """Render what JSON has no form for; some drivers' UUIDs are a class of their own."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


def verify_chain(rows: Iterable[Mapping[str, Any]]) -> Break | None:
    """Answer the first break in rows that come ordered by writer and sequence, or None where every chain holds.

    Finds any edit, and any record missing between two others. A missing tail needs a checkpoint from elsewhere.
    """
    ends: dict[UUID, Link] = {}
    for row in rows:
        writer, sequence = row["writer"], row["sequence"]
        problem = _find_problem(row, ends.get(writer, Link()))
        if problem:
            return Break(writer, sequence, problem)
        ends[writer] = Link(sequence, row["hash"])
    return None


def _find_problem(row: Mapping[str, Any], before: Link) -> str | None:
    if row["sequence"] != before.sequence + 1:
        return "a record before it is missing"
    if row["previous_hash"] != before.hash:
        return "it does not continue the record before it"
    if row["hash"] != hash_row(row):
        return "it was edited"
    return None
