"""What is answered to bytes that never become a request: a status and a GraphQL error, and then the connection ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson

from louver.serving.limits import HEAD_BYTES_MAX, HEADERS_MAX, PIPELINE_MAX, TARGET_BYTES_MAX

ALWAYS_HEADERS = (
    (b"content-security-policy", b"default-src 'self'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
"""On every answer of the process, whatever it is."""
SECURE_HEADERS = (*ALWAYS_HEADERS, (b"strict-transport-security", b"max-age=31536000"))
"""On those that come over TLS. Over plain HTTP a browser must not believe the last, so it is not sent there."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One of them. Leak: the words are ours alone; nothing that was sent comes back."""

    status: HTTPStatus
    code: str
    message: str
    hint: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """As GraphQL says it."""
        extensions = {"code": self.code, **self.details, "hint": self.hint}
        return orjson.dumps({"errors": [{"message": self.message, "extensions": extensions}]})

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """With them the body can stand alone."""
        headers = [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", str(len(self.body)).encode()),
            (b"cache-control", b"private, no-store"),
            (b"connection", b"close"),
        ]
        return [*headers, (b"retry-after", b"1")] if self.status is HTTPStatus.SERVICE_UNAVAILABLE else headers

    def as_bytes(self, *, is_secure: bool) -> bytes:
        """Render the whole response."""
        common = SECURE_HEADERS if is_secure else ALWAYS_HEADERS
        lines = [f"HTTP/1.1 {self.status} {self.status.phrase}".encode()]
        lines += [name + b": " + value for name, value in (*self.headers, *common)]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


def refuse_syntax(message: str, hint: str = "send HTTP/1.1 as RFC 9112 has it") -> Refusal:
    """Make the refusal of a request that two readers could take for two different ones, or for none."""
    return Refusal(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", message, hint)


def refuse_slow(part: str, seconds: float) -> Refusal:
    """Make the refusal of a client that does not finish."""
    message = f"The {part} of the request did not arrive in time."
    return Refusal(
        HTTPStatus.REQUEST_TIMEOUT, "LIMIT_EXCEEDED", message, "send the request again, whole", {"limit": seconds}
    )


MALFORMED = refuse_syntax("The request is not HTTP.")
HEAD_TOO_LARGE = Refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "LIMIT_EXCEEDED",
    "The head of the request is larger than what is read.",
    "send fewer or shorter headers",
    {"limit": HEAD_BYTES_MAX},
)
TOO_MANY_HEADERS = Refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "LIMIT_EXCEEDED",
    "The request has more headers than are read.",
    "send fewer headers",
    {"limit": HEADERS_MAX},
)
TARGET_TOO_LONG = Refusal(
    HTTPStatus.REQUEST_URI_TOO_LONG,
    "LIMIT_EXCEEDED",
    "The URL is longer than what is read.",
    "send the operation with POST",
    {"limit": TARGET_BYTES_MAX},
)
TOO_MANY_AHEAD = Refusal(
    HTTPStatus.TOO_MANY_REQUESTS,
    "LIMIT_EXCEEDED",
    "Too many requests were sent ahead of their answers.",
    "wait for answers, or open another connection",
    {"limit": PIPELINE_MAX},
)
BUSY = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "RATE_LIMITED", "All connections are in use.", "send the request again in a moment"
)
STOPPING = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "RATE_LIMITED", "This server is stopping.", "send the request again in a moment"
)
