"""HTTP statuses: the one place where an outcome becomes a number."""

from louver.errors import LouverError, RefusedError, ThrottledError, UnavailableError


class MethodRefusedError(RefusedError):
    """The path does not take this method."""


class AcceptRefusedError(RefusedError):
    """None of the media types that the client accepts is spoken."""


class MediaTypeRefusedError(RefusedError):
    """The body is of a media type that is not read."""


class BodyTooLargeError(RefusedError):
    """The body is larger than what is read."""

    code = "LIMIT_EXCEEDED"


class CrowdedError(ThrottledError):
    """Too many operations run at once; this one waited for a place in vain."""


_BY_KIND: dict[type[LouverError], int] = {
    MethodRefusedError: 405,
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
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
    "AUDIT_UNAVAILABLE": 503,
    "DATABASE_UNAVAILABLE": 503,
    "POLICY_STALE": 503,
}
UNAVAILABLE_CODES = frozenset(kind.code for kind in UnavailableError.__subclasses__())
DENIED_CODES = frozenset({"FIELD_DENIED", "ACCESS_DENIED", "MODULE_NOT_SUBSCRIBED", "SUBSCRIPTION_ENDED"})


def status_of_error(error: LouverError) -> int:
    """Answer the status of a refusal that happened before an operation ran."""
    return _BY_KIND.get(type(error)) or status_of_code(error.code)


def status_of_code(code: str) -> int:
    """Answer the status of an operation that has no data, from the code of its first error."""
    return _BY_CODE.get(code, 500)
