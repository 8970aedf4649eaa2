"""The hash chain: each record's hash covers all its columns and the hash of the record before it.

One chain per writer (a server process), because writers that shared one would have to wait for each other. The bytes
under a hash are columns as one JSON object with sorted keys, binary as hex, times in UTC: anybody can rebuild them from
an export without this code. Personal columns are under a hash of their own, with a salt before them, and that hash, the
commitment, is a column of the chain: they can be erased, and the chain still holds.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from louver.logging.record import AccessRecord
from louver.logging.tables import KEPT, PERSONAL, SALT

GENESIS = bytes(32)
"""What stands before a writer's first record."""
_SALT_BYTES = 16
_COVERED = tuple(name for name in KEPT if name != "hash")


@dataclass(frozen=True, slots=True)
class Link:
    """The end of a writer's chain: what the next record continues."""

    sequence: int = 0
    hash: bytes = GENESIS


class Sealed(NamedTuple):
    """A record with its place on the chain."""

    record: AccessRecord
    place: dict[str, Any]
    """What the chain adds to the record's own columns, but for the hash."""
    link: Link
    """The end of the chain after this record."""
    text: bytes
    """What is under its hashes, as one JSON object. Leak: without the salt, which nothing but the store may hold."""

    def as_row(self) -> dict[str, Any]:
        """Render every column."""
        return self.record.as_dict() | self.place | {"hash": self.link.hash}


def seal_record(record: AccessRecord, writer: UUID, after: Link) -> Sealed:
    """Continue the chain at `after` with a record."""
    salt, sequence = os.urandom(_SALT_BYTES), after.sequence + 1
    personal = as_canonical(record.as_personal())
    place = {
        "writer": writer,
        "sequence": sequence,
        "previous_hash": after.hash,
        "commitment": hashlib.sha256(salt + personal).digest(),
    }
    kept = as_canonical(record.as_kept() | place)
    place[SALT] = salt
    return Sealed(record, place, Link(sequence, hashlib.sha256(kept).digest()), b"%b,%b" % (kept[:-1], personal[1:]))


def is_erased(row: Mapping[str, Any]) -> bool:
    """Whether the personal part of a stored record is gone, all of it."""
    return row[SALT] is None and all(row[name] is None for name in PERSONAL)


def hash_row(row: Mapping[str, Any]) -> bytes:
    """Hash what is kept of a row, but for the hash itself."""
    return hashlib.sha256(as_canonical({name: row[name] for name in _COVERED})).digest()


def commit_row(row: Mapping[str, Any]) -> bytes:
    """Hash the personal part of a row that is not erased."""
    return hashlib.sha256((row[SALT] or b"") + as_canonical({name: row[name] for name in PERSONAL})).digest()


def find_edit(row: Mapping[str, Any]) -> str | None:
    """Say what was done to a stored record, as far as it shows in the record alone."""
    if row["hash"] != hash_row(row):
        return "it was edited"
    if not is_erased(row) and row["commitment"] != commit_row(row):
        return "its personal part was edited"
    return None


def as_canonical(covered: Mapping[str, Any]) -> bytes:
    """Render what goes under a hash."""
    return orjson.dumps(covered, default=_as_text, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def _as_text(value: Any) -> str:
    """Render what JSON has no form for; some drivers' UUIDs are a class of their own."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)
