"""Manifests: what client tools write at build time, as the operations that they are."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, parse

from louver.errors import InvalidInputError, LimitExceededError
from louver.resolvers.operations import OperationDraft

DRAFTS_MAX = 500
TEXT_MAX = 64_000
TOKENS_MAX = 10_000
PREFIX = "sha256:"
_HOW_TO_HASH = "make the manifest with SHA-256 (Relay: persistConfig.algorithm, graphql-codegen: hashAlgorithm)"
_APOLLO = "operations"


def list_manifest(manifest: Any) -> Iterator[tuple[str, str]]:
    """List hash and text of each operation of a manifest.

    Relay and graphql-codegen write `{hash: text}`; Apollo writes `{"operations": [{"id": hash, "body": text}]}`.

    Raises:
        InvalidInputError: it is neither.
    """
    pairs: Any = manifest.items() if isinstance(manifest, dict) else ()
    if isinstance(manifest, dict) and isinstance(manifest.get(_APOLLO), list):
        pairs = [
            (each.get("id"), each.get("body")) if isinstance(each, dict) else (None, None) for each in manifest[_APOLLO]
        ]
    if not pairs or not all(isinstance(part, str) for pair in pairs for part in pair):
        raise InvalidInputError("The file is no manifest.", hint='write {"<SHA-256 of the text>": "<text>", …}')
    yield from pairs


def read_drafts(pairs: Iterable[tuple[str, str]]) -> list[OperationDraft]:
    """Check operations that are to be registered.

    Raises:
        InvalidInputError: a hash is not that of its text, or a text cannot be parsed.
        LimitExceededError: there are too many at once, or one is too long.
    """
    drafts = [_read_draft(hash_, text, number) for number, (hash_, text) in enumerate(pairs, 1)]
    if len(drafts) > DRAFTS_MAX:
        raise LimitExceededError(
            "Too many operations at once.",
            hint="register them in parts",
            limit="operations",
            maximum=DRAFTS_MAX,
            actual=len(drafts),
        )
    return drafts


def strip_prefix(text: str) -> str:
    """Read a hash, with or without its prefix."""
    return text.removeprefix(PREFIX)


def _read_draft(given: str, text: str, number: int) -> OperationDraft:
    """Leak: under a hash of the client's choosing one text would be reviewed and another one run."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    if strip_prefix(given) != digest:
        raise InvalidInputError(f"The hash of operation {number} is not the SHA-256 of its text.", hint=_HOW_TO_HASH)
    if len(text) > TEXT_MAX:
        hint = "ask for less in one operation"
        raise LimitExceededError(
            f"Operation {number} is too long.", hint=hint, limit="document", maximum=TEXT_MAX, actual=len(text)
        )
    try:
        document = parse(text, no_location=True, max_tokens=TOKENS_MAX)
    except GraphQLError as error:
        raise InvalidInputError(f"Operation {number} cannot be parsed.", hint=error.message[:200]) from error
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if not operations:
        raise InvalidInputError(f"Operation {number} is none.", hint="register queries and mutations")
    return OperationDraft(digest, text, tuple(node.name.value for node in operations if node.name))
