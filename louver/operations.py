"""Stored operations on the hot path: what an agency has registered, found by the SHA-256 of its text."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, select

from louver.db.operations import StoredOperationRow
from louver.db.reader import Reader
from louver.logging import ValueDigest
from louver.lookups import Lookup


class StoredOperations:
    """Finds stored operations. Asked each time: one that was retired is out at its next use, on every replica."""

    def __init__(self, reader: Reader, digest: ValueDigest) -> None:
        row = StoredOperationRow
        is_live = (row.agency_id == bindparam("agency_id")) & row.retired_at.is_(None)
        self._lookup = Lookup(select(row.text).where(is_live & (row.hash == bindparam("hash"))), reader)
        self._known = Lookup(select(row.hash).where(is_live & (row.hash == bindparam("hash"))), reader)
        self._listing = Lookup(select(row.hash, row.text).where(is_live), reader)
        self._digest = digest

    async def find(self, agency_ids: Iterable[UUID], document_hash: str) -> str | None:
        """Find the text that one of these agencies has registered under a hash.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        for agency_id in agency_ids:
            for (text,) in await self._lookup.fetch(agency_id=agency_id, hash=document_hash):
                return str(text)
        return None

    async def is_stored(self, agency_ids: Iterable[UUID], document_hash: str) -> bool:
        """Whether one of these agencies has registered a document with this hash; raises as `find` does."""
        for agency_id in agency_ids:
            if await self._known.fetch(agency_id=agency_id, hash=document_hash):
                return True
        return False

    async def list_texts(self, agency_id: UUID) -> dict[str, str]:
        """List what an agency has registered by the digests that the log names it by; raises as `find` does."""
        return {self._digest.document(each): text for each, text in await self._listing.fetch(agency_id=agency_id)}
