"""The outermost layer of the application: who asks over what, and the headers that every answer carries."""

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

import structlog

from louver.errors import InvalidInputError
from louver.serving.forwarding import is_forwarded
from louver.serving.proxies import TrustedProxies, client_address, is_loopback
from louver.serving.refusals import ALWAYS_HEADERS, SECURE_HEADERS, Refusal, refuse_syntax

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_PROBES = frozenset({"/healthz", "/readyz"})
"""A load balancer asks them in the clear, without a credential, and is told no more than whether we are well."""
IN_THE_CLEAR = Refusal(
    HTTPStatus.FORBIDDEN,
    "ACCESS_DENIED",
    "Plain HTTP is not answered here.",
    "send it to https://, and have a key replaced that was sent in the clear",
)
UNLISTED = Refusal(
    HTTPStatus.FORBIDDEN,
    "ACCESS_DENIED",
    "This came through a proxy that is not trusted.",
    "list the proxy's address in LOUVER_TRUSTED_PROXIES",
)


class Front:
    """Stands before the application."""

    def __init__(self, app: Application, proxies: TrustedProxies, *, is_tls_required: bool) -> None:
        self._app = app
        self._proxies = proxies
        self._is_tls_required = is_tls_required

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._admit(scope)
        extra = SECURE_HEADERS if scope["scheme"] == "https" else ALWAYS_HEADERS

        def send_with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *extra]
            return send(message)

        if refusal is None:
            await self._app(scope, receive, send_with_headers)
            return
        await send_with_headers(
            {"type": "http.response.start", "status": int(refusal.status), "headers": refusal.headers}
        )
        await send({"type": "http.response.body", "body": refusal.body})

    def _admit(self, scope: Message) -> Refusal | None:
        peer = client_address(scope)
        try:
            self._proxies.resolve(scope)
        except InvalidInputError as error:
            structlog.get_logger().warning("request.forwarded_badly", peer=peer)
            return refuse_syntax(error.message, error.hint or "")
        refusal = self._find_exposure(scope, peer)
        if refusal:
            structlog.get_logger().warning("request.in_the_clear", address=client_address(scope), peer=peer)
        return refusal

    def _find_exposure(self, scope: Message, peer: str | None) -> Refusal | None:
        """Answer what is wrong about how it came; nothing is if it did not leave this machine."""
        if not self._is_tls_required or scope["scheme"] == "https" or scope["path"] in _PROBES:
            return None
        if not is_loopback(peer):
            return IN_THE_CLEAR
        if not is_forwarded(scope["headers"]):
            return None
        return UNLISTED if client_address(scope) == peer else IN_THE_CLEAR
