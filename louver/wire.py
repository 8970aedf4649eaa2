"""GraphQL over HTTP, the part about bytes: what a request must look like, and which media type answers it."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from email.message import Message
from functools import lru_cache
from typing import Any

from louver.authz.vocabulary import DeniedMode, PrincipalKind
from louver.errors import InvalidInputError, ReadOnlyError
from louver.parameters import Operation
from louver.settings import GetQueries
from louver.statuses import (
    AcceptRefusedError,
    BodyTooLargeError,
    MediaTypeRefusedError,
    MethodRefusedError,
)

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

BODY_BYTES_MAX = 1_000_000
_MEDIA_TYPE_MAX = 200
"""Characters: reading its parameters takes time by the square of them."""
JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
_OFFERED = (JSON, RESPONSE_JSON)
"""In our order of preference, for a client without one."""


def require_method(method: str, get_queries: GetQueries) -> None:
    """Refuse what is neither POST nor a GET that somebody's queries are taken by."""
    is_taken = method == "POST" or (method == "GET" and get_queries is not GetQueries.OFF)
    if not is_taken:
        allowed = "POST" if get_queries is GetQueries.OFF else "GET, POST"
        raise MethodRefusedError(allowed, hint="send {query, variables} as JSON with POST")


def require_queries_by_get(operation: Operation, kind: PrincipalKind, get_queries: GetQueries) -> None:
    """Refuse a GET of somebody whose queries are not taken by it, or not this one.

    Leak: a page of anybody's can have a browser GET an address, and the browser sends its cookie along.
    """
    if kind is PrincipalKind.PERSON and get_queries is not GetQueries.ALL:
        raise MethodRefusedError("POST", hint="send {query, variables} as JSON with POST")
    if operation.query is not None and get_queries is GetQueries.STORED:
        raise ReadOnlyError("By GET only stored operations are taken.", hint="send documentId, or use POST")


@lru_cache(256)
def choose_media_type(accept: str | None) -> str:
    """Choose the media type of the answer.

    Raises:
        AcceptRefusedError: the client takes neither of ours.
    """
    weights = read_weights(accept) if accept and accept.strip() else {"*/*": 1.0}
    best = max(_OFFERED, key=lambda offered: _weigh(offered, weights))
    if not _weigh(best, weights):
        raise AcceptRefusedError("None of the media types in Accept is spoken.", hint=f"accept {' or '.join(_OFFERED)}")
    return best


def read_weights(accept: str) -> dict[str, float]:
    """Read a header that lists what is accepted, each with its weight or 1."""
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
    if content_type is None or len(content_type) > _MEDIA_TYPE_MAX:
        raise _refuse_media_type()
    message = Message()
    message["Content-Type"] = content_type
    charset = message.get_content_charset("utf-8")
    if message.get_content_type() != JSON or charset not in {"utf-8", "utf8"}:
        raise _refuse_media_type()


def _refuse_media_type() -> MediaTypeRefusedError:
    return MediaTypeRefusedError("The body must be JSON in UTF-8.", hint=f"send Content-Type: {JSON}")


def require_plain(content_encoding: str | None) -> None:
    """Refuse a compressed body: a small one can unfold to any size."""
    if content_encoding and content_encoding.strip().lower() != "identity":
        raise MediaTypeRefusedError("Compressed bodies are not read.", hint="send no Content-Encoding")


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


def has_left(receive: Receive) -> bool:
    """Whether the client is known to have hung up, once its body was read; asked without waiting."""
    # Uvicorn's own flag, where it is uvicorn: to ask takes longer than to find the rows of a small answer.
    if (disconnected := getattr(getattr(receive, "__self__", None), "disconnected", None)) is not None:
        return bool(disconnected)
    asking = receive()
    try:
        asking.send(None)  # type: ignore[attr-defined]  # a coroutine, as every server's is
    except StopIteration as told:
        return bool(told.value["type"] == "http.disconnect")
    asking.close()  # type: ignore[attr-defined]  # it would have to wait: the client is there
    return False


def _too_large(actual: int) -> BodyTooLargeError:
    return BodyTooLargeError(
        "The body is larger than what is read.",
        hint="ask for less at once",
        limit="body",
        maximum=BODY_BYTES_MAX,
        actual=actual,
    )
