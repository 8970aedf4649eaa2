"""Cursors: where a page ended, encrypted and bound to who asked and what was asked.

Leak: a cursor holds values of the sort key, so it is sealed and opens only for the same principal, field, order and
filter. It holds visible expressions, never a column. AES-SIV (RFC 5297) is deterministic, so equal answers are equal
bytes.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from louver.errors import InvalidInputError
from louver.resolvers.arguments import CursorQuery
from louver.resolvers.catalogue import Kind

_BLOCK = 32


class CursorCipher:
    """Seals cursors under a key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def seal(self, context: bytes, keys: Sequence[Any]) -> str:
        """Make the cursor of a row whose sort key is `keys`."""
        plain = orjson.dumps(keys, default=str)
        padded = plain + b" " * (-len(plain) % _BLOCK)  # Leak: the length would tell a value's length
        return base64.urlsafe_b64encode(self._cipher.encrypt(padded, [context])).decode().rstrip("=")

    def open(self, context: bytes, cursor: str) -> list[Any]:
        """Read a cursor back.

        Raises:
            InvalidInputError: it is not a cursor of this query, or not one for this caller; which, is not said.

        """
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            keys: list[Any] = orjson.loads(self._cipher.decrypt(sealed, [context]))
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise InvalidInputError(
                "the cursor does not belong to this query",
                hint="use `startCursor`, `endCursor` or `edges.cursor` of the same field, filter and order, or none",
            ) from error
        return keys


@dataclass(frozen=True, slots=True)
class CursorKeeper:
    """Seals and opens the cursors of one caller."""

    cipher: CursorCipher
    principal_id: UUID
    agencies: Sequence[UUID]

    def context(self, query: CursorQuery, values: Mapping[str, Any]) -> bytes:
        """Digest what a cursor is bound to. `values` are the filter's, under their parameter names.

        The names order the values and are left out: a cursor is good wherever in a document its field is asked for.
        """
        asked = (
            str(self.principal_id),
            sorted(map(str, self.agencies)),
            query.place,
            query.order,
            query.filter,
            [values[name] for name in sorted(values)],
        )
        return hashlib.sha256(repr(asked).encode()).digest()

    def decode(self, cursor: str, query: CursorQuery, values: Mapping[str, Any]) -> list[Any]:
        """Open a cursor and turn its plain keys back into parameter values.

        Raises:
            InvalidInputError: see CursorCipher.open.

        """
        keys = self.cipher.open(self.context(query, values), cursor)
        names = [*(term.field for term in query.order), "id"]
        return [_native(query.entity.columns[name].kind, key) for name, key in zip(names, keys, strict=True)]


def _native(kind: Kind, key: Any) -> Any:
    if key is None:
        return None
    match kind:
        case Kind.ID:
            return UUID(key)
        case Kind.DATE:
            return date.fromisoformat(key)
        case Kind.INSTANT:
            return datetime.fromisoformat(key)
        case Kind.BOOLEAN:
            return bool(key)
        case _:
            return key
