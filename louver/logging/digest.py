"""Digests that stand for documents and values in the log: they tell that something was asked for, not what.

A keyed HMAC-SHA256, so that whoever holds the log cannot try all birth dates or badge numbers against it, while
whoever holds the key can answer "was this value ever asked for?".
"""

import contextlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import orjson

Scalar = str | int | float | bool

_BOOLEANS = {"true": True, "false": False}
DOCUMENTS_KEPT = 1000
MAX_SCALARS = 1000
MAX_DEPTH = 16
_GRAPHQL_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,63}")
_DIGEST_CHARACTERS = 32
"""Half of SHA-256 in hex: 128 bits, beyond any chance collision."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class InlineValues:
    """Values that stand in a document, under field and argument. One object per document, by which it is known."""

    values: Mapping[str, Mapping[str, Any]]


class ValueDigest:
    """Digests values under one key."""

    __slots__ = ("_arguments", "_keyed", "document")

    def __init__(self, key: bytes) -> None:
        self._keyed = hmac.new(key, digestmod="sha256")
        """Copied for each digest: to find the hash by its name and take the key in costs more than a short value."""
        self.document = lru_cache(DOCUMENTS_KEPT)(self._document)
        self._arguments: WeakKeyDictionary[InlineValues, dict[str, Any]] = WeakKeyDictionary()

    def _document(self, document_hash: str) -> str:
        """Digest a document, given the SHA-256 of its text.

        Leak: the hash alone would let whoever holds the log try names and dates in the place of a literal.
        """
        return self._mac(b"document\0" + document_hash.encode()).hex()

    def arguments(self, inline: InlineValues) -> dict[str, Any] | None:
        """Digest what stands in a document as `variables` does, so that a value is found whichever way it was sent.

        Digested once for as long as the document is remembered.
        """
        if not inline.values:
            return None
        if inline not in self._arguments:
            self._arguments[inline] = self.variables(inline.values)
        return self._arguments[inline]

    def scalar(self, value: Scalar) -> str:
        """Digest one value, tagged with its type.

        The tag is inside the digest too: 1, 1.0, "1" and true are four different questions.
        """
        tag = type(value).__name__
        text = value if isinstance(value, str) else repr(value)
        return self._digest(tag, text.encode("utf-8", "surrogatepass"))

    def forms(self, text: str) -> list[str]:
        """Digest a value in each form in which it can have been sent: as text, and as the number that it spells."""
        found = [self.scalar(text)]
        for kind in (int, float):
            with contextlib.suppress(ValueError):
                found.append(self.scalar(kind(text)))
        if text in _BOOLEANS:
            found.append(self.scalar(_BOOLEANS[text]))
        return found

    def variables(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Copy the structure with every scalar digested.

        Leak: every kind of scalar is digested, numbers and booleans too, and so are keys that are no GraphQL names:
        a caller can write anything into a key. Null is left: it has no value to hide.
        Beyond 1,000 scalars or 16 levels it is one digest of the whole, so that a record cannot outgrow its request.
        """
        if _is_moderate(variables):
            digested: dict[str, Any] = self._structure(variables)
            return digested
        return {"whole": self._whole(variables)}

    def _whole(self, variables: Mapping[str, Any]) -> str:
        try:
            return self._digest("json", orjson.dumps(variables, option=orjson.OPT_SORT_KEYS))
        except TypeError:  # nested beyond what the encoder follows, which no operation accepts either
            return "json:too deep"

    def _structure(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Mapping):
            return {self._name(key): self._structure(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._structure(item) for item in value]
        return self.scalar(value)

    def _name(self, key: str) -> str:
        return key if _GRAPHQL_NAME.fullmatch(key) else self._digest("key", key.encode())

    def _digest(self, tag: str, content: bytes) -> str:
        mac = self._mac(tag.encode() + b"\0" + content)
        return f"{tag}:{mac.hex()[:_DIGEST_CHARACTERS]}"

    def _mac(self, content: bytes) -> bytes:
        mac = self._keyed.copy()
        mac.update(content)
        return mac.digest()


def _is_moderate(variables: Mapping[str, Any]) -> bool:
    """Answer with a walk that stops at the first limit, so that a huge body costs no more than a large one."""
    level: list[Any] = [variables]
    seen = 0
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in _children(level):
            seen += 1
            if seen > MAX_SCALARS:
                return False
            if isinstance(item, Mapping | list):
                below.append(item)
        if not below:
            return True
        level = below
    return False


def _children(containers: list[Any]) -> Iterator[Any]:
    for container in containers:
        yield from container.values() if isinstance(container, Mapping) else container
