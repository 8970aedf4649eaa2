"""Documents: parsed and validated once per text, and kept."""

import hashlib
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, parse, validate
from strawberry.extensions import SchemaExtension

from louver.errors import LimitExceededError
from louver.logging import InlineValues
from louver.resolvers.cache import LruCache
from louver.resolvers.requests import Request
from louver.schema.hiding import hide_in_document, unmark
from louver.schema.limits import Figures, Limits, measure, scan
from louver.schema.literals import list_literals
from louver.schema.visibility import Visibility
from louver.tracing import step

DOCUMENTS_KEPT = 1_000
_TOKENS_PER_SHARE = 50
"""A document of more takes the room of several, so that a thousand of the largest cannot fill the memory."""
_REQUESTS_KEPT = 50
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
    literals: InlineValues | None = None
    operations: dict[str | None, OperationDefinitionNode] = field(default_factory=dict)
    switches: tuple[str, ...] | None = None
    requests: LruCache[Request] = field(default_factory=lambda: LruCache(_REQUESTS_KEPT))
    """The requests already collected from it, by operation and the variables that @skip and @include ask."""
    tokens: int = 0
    introspected: int = 0
    """About how many objects an operation of it lists by introspection."""


@dataclass(frozen=True, slots=True)
class Hiding:
    """What to hide, and what documents from which it was hidden are kept under."""

    key: Hashable
    visibility: Visibility


class Documents:
    """Parses and validates, remembering what it did."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self.kept: LruCache[Document] = LruCache(DOCUMENTS_KEPT, _weigh)

    def get(self, text: str, hiding: "Hiding | None" = None) -> Document:
        """Return the document of a text; with `hiding`, as it is to those who may not know of all of the schema.

        What cannot be executed is not kept, and texts are kept as digests: what is kept is bounded in bytes.
        """
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if "\\u" in text and _NUL.search(text):
            return Document(digest, None, [GraphQLError("The document has a NUL character in it.")])
        key = digest if hiding is None else (digest, hiding.key)
        try:
            return self.kept.get_or_build(key, lambda: self._read(digest, text, hiding.visibility if hiding else None))
        except _UnusableError as unusable:
            return Document(digest, None, unusable.errors, unusable.literals)

    def _read(self, digest: str, text: str, visibility: Visibility | None) -> Document:
        parsed, tokens, figures = self._parse(text)
        literals = list_literals(parsed)
        if visibility is not None:
            parsed = hide_in_document(self._schema, parsed, visibility)
        # Leak: "did you mean" would name what the caller may not know of.
        with step("validate"):
            errors = validate(self._schema, parsed, max_errors=ERRORS_SHOWN, hide_suggestions=True)
        if errors:
            raise _UnusableError([unmark(error) for error in errors], literals)
        operations = {
            node.name.value if node.name else None: node
            for node in parsed.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        return Document(digest, parsed, [], literals, operations, tokens=tokens, introspected=figures.introspected)

    def _parse(self, text: str) -> tuple[DocumentNode, int, Figures]:
        try:
            with step("parse"):
                tokens = scan(text, self._limits)
                parsed = parse(text)
                return parsed, tokens, measure(parsed, self._limits)
        except GraphQLError as error:
            raise _UnusableError([error]) from error
        except LimitExceededError as error:
            raise _UnusableError([GraphQLError(error.message, original_error=error)]) from error


class _UnusableError(Exception):
    """There is nothing to execute."""

    def __init__(self, errors: list[GraphQLError], literals: InlineValues | None = None) -> None:
        super().__init__()
        self.errors = errors
        self.literals = literals


def _weigh(document: Document) -> int:
    return 1 + document.tokens // _TOKENS_PER_SHARE


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
