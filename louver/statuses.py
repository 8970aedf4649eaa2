"""HTTP statuses: the one place where an outcome becomes a number."""

from collections.abc import Mapping, Sequence
from typing import Any

from louver.errors import InvalidInputError, LouverError, ReadOnlyError, RefusedError, ThrottledError, UnavailableError
from louver.settings import StatusStyle


class MethodRefusedError(RefusedError):
    """The path does not take this method."""

    def __init__(self, allowed: str, **arguments: Any) -> None:
        super().__init__("Operations are not taken by this method.", **arguments)
        self.allowed = allowed
        """What it takes, for the header `Allow`."""


class AcceptRefusedError(RefusedError):
    """None of the media types that the client accepts is spoken."""


class MediaTypeRefusedError(RefusedError):
    """The body is of a media type that is not read."""


class BodyTooLargeError(RefusedError):
    """The body is larger than what is read."""

    code = "LIMIT_EXCEEDED"


class ParametersRefusedError(InvalidInputError):
    """What was sent is JSON, but no GraphQL request."""


class NotStoredError(RefusedError):
    """An operation is asked for by a hash under which none is registered. The code is the one that clients know."""

    code = "PERSISTED_QUERY_NOT_FOUND"


class CrowdedError(ThrottledError):
    """Too many operations run at once; this one waited for a place in vain."""


_BY_KIND: dict[type[LouverError], int] = {
    MethodRefusedError: 405,
    ReadOnlyError: 405,
    AcceptRefusedError: 406,
    BodyTooLargeError: 413,
    MediaTypeRefusedError: 415,
    CrowdedError: 503,
}
_BY_CODE: dict[str, int] = {
    "BAD_REQUEST": 400,
    "LIMIT_EXCEEDED": 400,
    "PROHIBITED_CONTENT": 400,
    "UNAUTHENTICATED": 401,
    "FIELD_DENIED": 403,
    "ACCESS_DENIED": 403,
    "MODULE_NOT_SUBSCRIBED": 403,
    "SUBSCRIPTION_ENDED": 403,
    "PERSISTED_QUERY_NOT_FOUND": 404,
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
    "AUDIT_UNAVAILABLE": 503,
    "DATABASE_UNAVAILABLE": 503,
    "POLICY_STALE": 503,
    "PROVIDER_UNAVAILABLE": 503,
}
UNAVAILABLE_CODES = frozenset(kind.code for kind in UnavailableError.__subclasses__())
_PARTIAL = 294
_UNPROCESSABLE = 422
_SERVER_FAULT = 500
_SYNTAX = "Syntax Error"
"""How graphql-core begins to tell that a document cannot be parsed."""
DENIED_CODES = frozenset({"FIELD_DENIED", "ACCESS_DENIED", "MODULE_NOT_SUBSCRIBED", "SUBSCRIPTION_ENDED"})


def status_of_error(style: StatusStyle, error: LouverError) -> int:
    """Answer the status of a refusal that happened before an operation ran."""
    if style is StatusStyle.DRAFT and isinstance(error, ParametersRefusedError):
        return _UNPROCESSABLE
    return _BY_KIND.get(type(error)) or status_of_code(error.code)


def status_of_code(code: str) -> int:
    """Answer the status that a code stands for by itself."""
    return _BY_CODE.get(code, 500)


def status_of_answer(
    style: StatusStyle, errors: Sequence[Mapping[str, Any]], *, has_data: bool, is_legacy: bool
) -> int:
    """Answer the status of an operation's answer; `is_legacy` is the older media type, application/json."""
    if has_data:
        return _PARTIAL if errors and style is StatusStyle.DRAFT else 200
    first = errors[0] if errors else {}
    status = status_of_code(str(first.get("extensions", {}).get("code", "INTERNAL")))
    if style is StatusStyle.DRAFT:
        is_understood = status == _BY_CODE["BAD_REQUEST"] and not str(first.get("message")).startswith(_SYNTAX)
        return _UNPROCESSABLE if is_understood else status
    # Clients of the older media type take any other status for a failure of the network.
    return 200 if is_legacy and status < _SERVER_FAULT else status
