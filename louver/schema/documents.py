"""Documents: parsed and validated once per text, and kept."""

import hashlib
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, parse, validate
from strawberry.extensions import SchemaExtension

from louver.resolvers.cache import LruCache
from louver.resolvers.requests import Request
from louver.schema.hiding import hide_in_document, unmark
from louver.schema.visibility import Visibility
from louver.tracing import step

DOCUMENTS_KEPT = 1_000
ERRORS_SHOWN = 3
_QUOTED_MAX = 300
_NUL = re.compile(r"\\u(?:0000|\{0+\})")
"""As a document spells it. PostgreSQL stores it in no text, so nothing is called that."""


def cut_quoted(message: str) -> str:
    """Cut a message of graphql-core's, which quotes what was sent."""
    return message if len(message) <= _QUOTED_MAX else f"{message[:_QUOTED_MAX]}…"


@dataclass(slots=True)
class Document:
    """A text as graphql-core understands it; with errors there is nothing to execute."""

    hash: str
    parsed: DocumentNode | None
    errors: list[GraphQLError]
    operations: dict[str | None, OperationDefinitionNode] = field(default_factory=dict)
    switches: tuple[str, ...] | None = None
    requests: dict[Any, Request] = field(default_factory=dict)
    """The requests already collected from it, by operation and the variables that @skip and @include ask."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """What to hide, and what documents from which it was hidden are kept under."""

    key: Hashable
    visibility: Visibility


class Documents:
    """Parses and validates, remembering what it did."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self.kept: LruCache[Document] = LruCache(DOCUMENTS_KEPT)

    def get(self, text: str, hiding: "Hiding | None" = None) -> Document:
        """Return the document of a text; with `hiding`, as it is to those who may not know of all of the schema."""
        if hiding is None:
            return self.kept.get_or_build(text, lambda: self._read(text, None))
        return self.kept.get_or_build((text, hiding.key), lambda: self._read(text, hiding.visibility))

    def _read(self, text: str, visibility: Visibility | None) -> Document:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if _NUL.search(text):
            return Document(digest, None, [GraphQLError("The document has a NUL character in it.")])
        try:
            with step("parse"):
                parsed = parse(text)
        except GraphQLError as error:
            return Document(digest, None, [error])
        if visibility is not None:
            parsed = hide_in_document(self._schema, parsed, visibility)
        # Leak: "did you mean" would name what the caller may not know of.
        with step("validate"):
            errors = validate(self._schema, parsed, max_errors=ERRORS_SHOWN, hide_suggestions=True)
        if errors:
            return Document(digest, None, [unmark(error) for error in errors])
        operations = {
            node.name.value if node.name else None: node
            for node in parsed.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        return Document(digest, parsed, [], operations)


class UseParsedDocument(SchemaExtension):
    """Hands Strawberry the document that was parsed and validated before."""

    def on_parse(self) -> Iterator[None]:
        """Parse: done."""
        self.execution_context.graphql_document = self.execution_context.context.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Validate: done."""
        self.execution_context.pre_execution_errors = []
        yield
