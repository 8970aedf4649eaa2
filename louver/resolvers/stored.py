"""Stored operations, as far as others need to know of them."""

from collections.abc import Collection, Mapping
from typing import Protocol
from uuid import UUID


class StoredOperations(Protocol):
    """The operations that agencies have stored."""

    async def is_stored(self, agency_ids: Collection[UUID], document_hash: str) -> bool:
        """Tell whether one of the agencies has stored the document whose text, in UTF-8, has this SHA-256."""

    async def list_texts(self, agency_id: UUID) -> Mapping[str, str]:
        """List the documents that an agency has stored, by the digests that stand for them in the log."""


class NothingStored:
    """No operation at all, so that a key that may send stored ones alone sends nothing."""

    async def is_stored(self, agency_ids: Collection[UUID], document_hash: str) -> bool:  # noqa: ARG002 - the protocol's
        """See StoredOperations."""
        return False

    async def list_texts(self, agency_id: UUID) -> Mapping[str, str]:  # noqa: ARG002 - the protocol's
        """See StoredOperations."""
        return {}
