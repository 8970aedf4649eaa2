"""Every error that Louver speaks, as one tree.

LouverError
├─ RefusedError          the caller can act on it
│  ├─ UnauthenticatedError    no credential, or one that is not accepted
│  ├─ AccessDeniedError       the operation as a whole is not allowed
│  ├─ FieldDeniedError        it refers to a field that the caller may not see
│  ├─ InvalidInputError       the request is malformed or out of range
 │  ├─ ReadOnlyError           it would change something, on a way that only reads
 │  ├─ LimitExceededError      the request is well-formed but too large
 │  └─ ThrottledError          it comes too soon after others, or beside too many
├─ UnavailableError      ours; retryable; the detail is logged, not shown
│  ├─ AuditUnavailableError
│  ├─ DatabaseUnavailableError
│  ├─ PolicyStaleError
│  └─ ProviderUnavailableError
└─ MisconfiguredError    start-up only: one line on what to change, exit status 78
"""

from collections.abc import Mapping
from typing import Any, ClassVar

REFERRAL = "AGENCY_ADMINISTRATOR"
"""Who answers instead, told as `referral` beside a code: the agency holds its people's data, and not the vendor."""


class LouverError(Exception):
    """Base of all: a stable `code`, a `message` that is safe to show, a `hint` on what to change."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, *, hint: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    def as_extensions(self) -> dict[str, Any]:
        """Render what goes under `extensions` of a GraphQL error."""
        extensions: dict[str, Any] = {"code": self.code, **self.details}
        if self.hint:
            extensions["hint"] = self.hint
        return extensions


class RefusedError(LouverError):
    """The caller can act on it."""

    code = "BAD_REQUEST"


class UnauthenticatedError(RefusedError):
    """No credential, or one that is not accepted; which of the two is never said."""

    code = "UNAUTHENTICATED"


class AccessDeniedError(RefusedError):
    """The operation as a whole is not allowed."""

    code = "ACCESS_DENIED"


class FieldDeniedError(RefusedError):
    """The operation refers to coordinates that the caller may not see; `denials` lists them all."""

    code = "FIELD_DENIED"


class InvalidInputError(RefusedError):
    """The request is malformed, or a value of it is out of range."""

    code = "BAD_REQUEST"


class ReadOnlyError(RefusedError):
    """The operation would change something, and was sent on a way that only reads."""


class LimitExceededError(RefusedError):
    """Well-formed, but larger than what is served; `limit`, `maximum` and `actual` are in the details."""

    code = "LIMIT_EXCEEDED"


class ThrottledError(RefusedError):
    """It comes too soon after others, or beside too many. `headers` say when to come again."""

    code = "RATE_LIMITED"

    def __init__(
        self, message: str, *, hint: str | None = None, headers: Mapping[str, str] | None = None, **details: Any
    ) -> None:
        super().__init__(message, hint=hint, **details)
        self.headers = headers or {}


class UnavailableError(LouverError):
    """Ours, not the caller's; retryable. The detail is logged and an id is shown."""


class AuditUnavailableError(UnavailableError):
    """The access record could not be made durable, so nothing is answered."""

    code = "AUDIT_UNAVAILABLE"


class DatabaseUnavailableError(UnavailableError):
    """The records' database did not answer."""

    code = "DATABASE_UNAVAILABLE"


class PolicyStaleError(UnavailableError):
    """This replica cannot prove that its policy snapshot is fresh."""

    code = "POLICY_STALE"


class ProviderUnavailableError(UnavailableError):
    """The agency's identity provider did not answer, so nobody it vouches for is known."""

    code = "PROVIDER_UNAVAILABLE"


class MisconfiguredError(LouverError):
    """Start-up only: says in one line what to change. Ends the process with exit status 78."""

    code = "MISCONFIGURED"
    exit_status: ClassVar[int] = 78
