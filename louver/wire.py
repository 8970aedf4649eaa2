"""GraphQL over HTTP, the part about bytes: what a request must look like, and which media type answers it."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache
from typing import Any

import orjson

from louver.authz.vocabulary import DeniedMode
from louver.errors import InvalidInputError
from louver.statuses import AcceptRefusedError, BodyTooLargeError, MediaTypeRefusedError, MethodRefusedError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

BODY_BYTES_MAX = 1_000_000
JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
_OFFERED = (JSON, RESPONSE_JSON)
"""In our order of preference, for a client without one."""


@dataclass(frozen=True, slots=True)
class Operation:
    """The parameters of one GraphQL request."""

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None


def require_post(method: str) -> None:
    """Refuse every other method."""
    if method != "POST":
        raise MethodRefusedError("Operations are sent with POST.", hint="send {query, variables} as JSON with POST")


@lru_cache(256)
def choose_media_type(accept: str | None) -> str:
    """Choose the media type of the answer.

    Raises:
        AcceptRefusedError: the client takes neither of ours.
    """
    weights = _read_accept(accept) if accept and accept.strip() else {"*/*": 1.0}
    best = max(_OFFERED, key=lambda offered: _weigh(offered, weights))
    if not _weigh(best, weights):
        raise AcceptRefusedError("None of the media types in Accept is spoken.", hint=f"accept {' or '.join(_OFFERED)}")
    return best


def _read_accept(accept: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        weights[media_type] = next((_read_weight(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
    return weights


def _read_weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0


def _weigh(offered: str, weights: Mapping[str, float]) -> float:
    return next((weights[name] for name in (offered, "application/*", "*/*") if name in weights), 0.0)


@lru_cache(256)
def require_json(content_type: str | None) -> None:
    """Refuse a body that does not say that it is JSON in UTF-8.

    Leak: a body of type text/plain or of a form can be sent by any web page without asking the browser first.
    """
    message = Message()
    message["Content-Type"] = content_type or ""
    charset = message.get_content_charset("utf-8")
    if not content_type or message.get_content_type() != JSON or charset not in {"utf-8", "utf8"}:
        raise MediaTypeRefusedError("The body must be JSON in UTF-8.", hint=f"send Content-Type: {JSON}")


def read_denied_mode(text: str | None, default: DeniedMode) -> DeniedMode:
    """Read the `Louver-Denied` header; without one the key's own mode holds.

    Leak: a key whose fields are to be hidden has them hidden, and no header loosens it.
    """
    asked = default if text is None or default is DeniedMode.HIDE else text.strip().lower()
    mode = next((mode for mode in DeniedMode if mode == asked), None)
    if mode is None:
        raise InvalidInputError(
            "This way of telling denials is not offered.",
            hint=f"send Louver-Denied: {', '.join(DeniedMode)}, or none",
        )
    return mode


async def read_body(receive: Receive, declared_length: str | None) -> bytes:
    """Read the whole body, but never more than the limit.

    Raises:
        BodyTooLargeError: it is, or says that it is, larger.
        InvalidInputError: the client hung up before its end.
    """
    if declared_length and declared_length.isdecimal() and int(declared_length) > BODY_BYTES_MAX:
        raise _too_large(int(declared_length))
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise InvalidInputError("The request ended before its body did.", hint="send it again")
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            raise _too_large(len(body))
        if not message.get("more_body", False):
            return bytes(body)


def _too_large(actual: int) -> BodyTooLargeError:
    return BodyTooLargeError(
        "The body is larger than what is read.", hint="ask for less at once", limit=BODY_BYTES_MAX, actual=actual
    )


def read_operation(body: bytes) -> Operation:
    """Parse the body.

    Raises:
        InvalidInputError: it is not JSON, or not a GraphQL request. Its text is never part of the message.
    """
    try:
        parameters = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidInputError(
            f"The body is not JSON in UTF-8 (line {error.lineno}, column {error.colno}).",
            hint="send {query, variables} as JSON",
        ) from error
    if not isinstance(parameters, dict):
        raise InvalidInputError("The body is not a JSON object.", hint="batches are not taken: send one operation")
    query = parameters.get("query")
    if not isinstance(query, str):
        raise InvalidInputError("`query` is missing or not a string.", hint="send {query, variables} as JSON")
    _read_optional(parameters, "extensions", dict, "an object")
    return Operation(
        query,
        _read_optional(parameters, "variables", dict, "an object"),
        _read_optional(parameters, "operationName", str, "a string"),
    )


def _read_optional(parameters: Mapping[str, Any], name: str, kind: type, words: str) -> Any:
    value = parameters.get(name)
    if value is not None and not isinstance(value, kind):
        raise InvalidInputError(f"`{name}` is neither {words} nor null.", hint=f"send {words}, or leave it out")
    return value
