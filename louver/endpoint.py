"""GraphQL over HTTP: identify, execute, record, answer, in that order. Nothing leaves before its record is durable."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
import structlog

from louver.authz.principals import Principal
from louver.authz.vocabulary import DeniedMode
from louver.budgets import as_headers
from louver.errors import (
    AuditUnavailableError,
    LouverError,
    RefusedError,
    ThrottledError,
    UnauthenticatedError,
    UnavailableError,
)
from louver.exchange import Exchange
from louver.logging import AuditStore, Caller, Outcome, ValueDigest
from louver.resolvers.answer import Answer
from louver.statuses import MethodRefusedError, status_of_code, status_of_error
from louver.wire import (
    JSON,
    Receive,
    choose_media_type,
    read_body,
    read_denied_mode,
    read_operation,
    require_json,
    require_post,
)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Executes(Protocol):
    """The gateway: runs one operation as a principal."""

    async def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        denied_mode: DeniedMode,
    ) -> Answer:
        """Answer it; a refusal of the operation as a whole may also be raised."""


class Identified(Protocol):
    """What a credential came to: a principal or a refusal."""

    @property
    def caller(self) -> Caller:
        """Who it is, for the log."""

    @property
    def principal(self) -> Principal | None:
        """Who it is, for the gateway; None when refused."""

    @property
    def refusal(self) -> LouverError | None:
        """What the client is told when it is nobody, or when nothing can be decided for it."""

    @property
    def reason(self) -> str | None:
        """What the log is told."""


Identify = Callable[[str | None, str | None], Awaitable[Identified]]
"""From the `Authorization` header and the client's address."""


@dataclass(slots=True)
class Reply:
    """One HTTP response, ready to be sent."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    async def send(self, send: Send, exchange: Exchange) -> None:
        """Hand it to the server."""
        headers = {
            "content-type": f"{exchange.media_type}; charset=utf-8",
            "content-length": str(len(self.body)),
            "cache-control": "private, no-store",
            "x-request-id": str(exchange.request_id),
            **self.headers,
        }
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": self.body})


class Endpoint:
    """The ASGI application behind `/graphql`."""

    def __init__(
        self, *, identify: Identify, gateway: Executes, store: AuditStore, digest: ValueDigest, replica: str
    ) -> None:
        self._identify = identify
        self._gateway = gateway
        self._store = store
        self._digest = digest
        self._replica = replica
        self._log = structlog.get_logger().bind(replica=replica)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        exchange = Exchange.from_scope(scope)
        try:
            reply = await self._reply(exchange, receive)
        except asyncio.CancelledError:
            # Whoever cut it short does not erase its trace: the record is queued, and nobody waits for it.
            with contextlib.suppress(AuditUnavailableError):
                self._store.submit(exchange.as_record(self._digest, self._replica, Outcome.ABANDONED))
            raise
        exchange.bytes_out = len(reply.body)
        try:
            await self._store.append(exchange.as_record(self._digest, self._replica))
        except AuditUnavailableError as error:
            reply = _refuse(exchange, error)
        await reply.send(send, exchange)

    async def _reply(self, exchange: Exchange, receive: Receive) -> Reply:
        try:
            return await self._answer(exchange, receive)
        except LouverError as error:
            if isinstance(error, UnavailableError):
                self._log.error("request.unavailable", request_id=exchange.request_id, exc_info=error)
            exchange.fail(error)
            return _refuse(exchange, error)
        except Exception as error:  # noqa: BLE001 - only our errors speak; anything else shows an id and is logged
            self._log.error("request.crashed", request_id=exchange.request_id, exc_info=error)
            fault = LouverError("Something failed on our side.", hint="report the request id to your administrator")
            exchange.fail(fault)
            return _refuse(exchange, fault)

    async def _answer(self, exchange: Exchange, receive: Receive) -> Reply:
        headers = exchange.headers
        identity = await self._identify(headers.get("authorization"), exchange.address)
        exchange.caller, exchange.reason = identity.caller, identity.reason
        require_post(exchange.method)
        exchange.media_type = choose_media_type(headers.get("accept"))
        if identity.principal is None:
            raise identity.refusal or UnauthenticatedError(
                "No valid key was sent.", hint="send one as `Authorization: Bearer lvr_…`"
            )
        require_json(headers.get("content-type"))
        denied_mode = read_denied_mode(headers.get("louver-denied"), identity.principal.denied_mode)
        body = await read_body(receive, headers.get("content-length"))
        exchange.bytes_in = len(body)
        exchange.operation = operation = read_operation(body)
        try:
            answer = await self._gateway.execute(
                operation.query, operation.variables, operation.operation_name, identity.principal, denied_mode
            )
        except ThrottledError:
            raise  # tells by status and fields, to clients of either media type, when to come again
        except RefusedError as error:
            answer = Answer(has_data=False, errors=[_as_graphql(error)])
        return _render(exchange, answer)


def _render(exchange: Exchange, answer: Answer) -> Reply:
    exchange.facts = answer.facts
    exchange.has_data = answer.has_data
    exchange.codes = tuple(str(error.get("extensions", {}).get("code", "INTERNAL")) for error in answer.errors)
    content: dict[str, Any] = {"errors": answer.errors} if answer.errors else {}
    if answer.has_data:
        content["data"] = answer.data
    if answer.extensions:
        content["extensions"] = answer.extensions
    status = 200
    if not answer.has_data:
        # Clients of the older media type take any other status for a failure of the network.
        code = exchange.codes[0] if exchange.codes else "INTERNAL"
        is_refused = status_of_code(code) < 500  # noqa: PLR2004 - HTTP's own line between the client's fault and ours
        status = 200 if exchange.media_type == JSON and is_refused else status_of_code(code)
    return Reply(status, orjson.dumps(content, option=orjson.OPT_UTC_Z), as_headers(answer.quotas))


def _refuse(exchange: Exchange, error: LouverError) -> Reply:
    """Answer what never became an operation's result."""
    described = _as_graphql(error)
    if not isinstance(error, RefusedError):
        described["extensions"]["requestId"] = str(exchange.request_id)
    headers: dict[str, str] = {}
    if isinstance(error, UnauthenticatedError):
        headers["www-authenticate"] = 'Bearer realm="louver"'
    elif isinstance(error, MethodRefusedError):
        headers["allow"] = "POST"
    elif isinstance(error, ThrottledError):
        headers |= error.headers
    elif isinstance(error, UnavailableError):
        headers["retry-after"] = "1"
    return Reply(status_of_error(error), orjson.dumps({"errors": [described]}), headers=headers)


def _as_graphql(error: LouverError) -> dict[str, Any]:
    return {"message": error.message, "extensions": error.as_extensions()}
