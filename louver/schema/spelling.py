"""Errors as answers spell them."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import GraphQLError

from louver.errors import AccessDeniedError, LouverError, RefusedError
from louver.resolvers.access import UnknownAgencyError
from louver.schema.documents import cut_quoted

_HOW_TO_CORRECT = "correct the document or its variables; `louver schema`, or introspection, says what there is"


def spell(error: LouverError) -> dict[str, Any]:
    """Spell an error of ours."""
    return {"message": error.message, "extensions": error.as_extensions()}


def spell_request_error(error: GraphQLError) -> dict[str, Any]:
    """Spell an error of parsing, validation or coercion."""
    if isinstance(error.original_error, LouverError):
        return spell(error.original_error)
    return {
        **error.formatted,
        "message": cut_quoted(error.message),
        "extensions": {"code": "BAD_REQUEST", "hint": _HOW_TO_CORRECT},
    }


def spell_execution_error(error: GraphQLError) -> dict[str, Any]:
    """Spell an error of execution that the caller can act on; any other ends the operation as a whole."""
    if isinstance(error.original_error, RefusedError):
        return {**spell(error.original_error), "path": error.path}
    raise error.original_error or error


def are_denials(errors: Iterable[GraphQLError]) -> bool:
    """Whether it is only denials, which leave the rest of an answer; a refused argument refuses the operation."""
    causes = [error.original_error for error in errors]
    return all(isinstance(each, AccessDeniedError) and not isinstance(each, UnknownAgencyError) for each in causes)


def without_path(error: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out where in an answer it was: there is none."""
    return {name: value for name, value in error.items() if name != "path"}
