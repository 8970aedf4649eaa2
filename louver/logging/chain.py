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

    row: dict[str, Any]
    text: bytes
    """What is under its hashes, as one JSON object. Leak: without the salt, which nothing but the store may hold."""

    @property
    def link(self) -> Link:
        """The end of the chain after this record."""
        return Link(self.row["sequence"], self.row["hash"])


def seal_record(record: AccessRecord, writer: UUID, after: Link) -> Sealed:
    """Continue the chain at `after` with a record."""
    personal, kept, salt = record.as_personal(), record.as_kept(), os.urandom(_SALT_BYTES)
    told = as_canonical(personal)
    kept |= {"writer": writer, "sequence": after.sequence + 1, "previous_hash": after.hash}
    kept["commitment"] = hashlib.sha256(salt + told).digest()
    text = as_canonical(kept)
    row = {**kept, **personal, SALT: salt, "hash": hashlib.sha256(text).digest()}
    return Sealed(row, b"%b,%b" % (text[:-1], told[1:]))


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
