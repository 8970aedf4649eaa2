"""GraphQL over HTTP: identify, execute, record, answer, in that order. Nothing leaves before its record is durable."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import orjson
import structlog

from louver.authz.principals import Principal
from louver.authz.vocabulary import DeniedMode
from louver.budgets import as_headers
from louver.compression import compress
from louver.errors import (
    AuditUnavailableError,
    LouverError,
    ReadOnlyError,
    RefusedError,
    ThrottledError,
    UnauthenticatedError,
    UnavailableError,
)
from louver.exchange import Exchange
from louver.logging import AuditStore, Caller, Event, Outcome, ValueDigest
from louver.parameters import Operation, read_body_parameters, read_query_string
from louver.resolvers.answer import Answer, Trail
from louver.settings import Settings, StatusStyle
from louver.statuses import MethodRefusedError, NotStoredError, status_of_answer, status_of_error
from louver.wire import (
    JSON,
    Receive,
    choose_media_type,
    has_left,
    read_body,
    read_denied_mode,
    require_json,
    require_method,
    require_plain,
    require_queries_by_get,
)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
MESSAGE_MAX = 2_000
"""Characters of a message: whatever a client sent is told back in part at most."""


class Executes(Protocol):
    """The gateway: runs one operation as a principal."""

    def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        denied_mode: DeniedMode,
        *,
        is_read_only: bool = False,
        trail: Trail | None = None,
    ) -> Awaitable[Answer]:
        """Answer it; a refusal of the operation as a whole may also be raised."""


class StoresOperations(Protocol):
    """The operations that agencies have registered."""

    async def find(self, agency_ids: Iterable[UUID], document_hash: str) -> str | None:
        """Find the text of one by its hash."""


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


Identify = Callable[[Mapping[str, str], str | None], Awaitable[Identified]]
"""From the headers of a request, their names in small letters, and the client's address."""


_DEFAULTS = Settings()


@dataclass(slots=True)
class Reply:
    """One HTTP response, ready to be sent."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    async def send(self, send: Send, exchange: Exchange) -> None:
        """Hand it to the server."""
        self.body, coded = await compress(self.body, exchange.headers.get("accept-encoding"))
        headers = {
            "content-type": f"{exchange.media_type}; charset=utf-8",
            "content-length": str(len(self.body)),
            "cache-control": "private, no-store",
            "x-request-id": str(exchange.request_id),
            **coded,
            **self.headers,
        }
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": self.body})


class Endpoint:
    """The ASGI application behind `/graphql`."""

    def __init__(
        self,
        *,
        identify: Identify,
        gateway: Executes,
        store: AuditStore,
        digest: ValueDigest,
        replica: str,
        operations: StoresOperations | None = None,
        settings: Settings = _DEFAULTS,
    ) -> None:
        self._identify = identify
        self._gateway = gateway
        self._operations = operations
        self._settings = settings
        self._store = store
        self._digest = digest
        self._replica = replica
        self._log = structlog.get_logger().bind(replica=replica)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        exchange = Exchange.from_scope(scope)
        self._store.expected += 1
        try:
            await self._serve(exchange, scope, receive, send)
        finally:
            self._store.expected -= 1

    async def _serve(self, exchange: Exchange, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        try:
            reply = await self._reply(exchange, scope, receive)
        except asyncio.CancelledError:
            # Whoever cut it short does not erase its trace: the record is queued, and nobody waits for it.
            with contextlib.suppress(AuditUnavailableError):
                self._store.submit(exchange.as_record(self._digest, self._replica, Outcome.ABANDONED))
            raise
        exchange.bytes_out = len(reply.body)
        outcome = Outcome.ABANDONED if exchange.has_data and has_left(receive) else None
        try:
            await self._store.append(exchange.as_record(self._digest, self._replica, outcome))
        except AuditUnavailableError as error:
            reply = self._refuse(exchange, error)
        await reply.send(send, exchange)

    async def _reply(self, exchange: Exchange, scope: Mapping[str, Any], receive: Receive) -> Reply:
        try:
            return await self._answer(exchange, scope.get("query_string", b""), receive)
        except LouverError as error:
            if isinstance(error, UnavailableError):
                self._log.error("request.unavailable", request_id=exchange.request_id, exc_info=error)
            exchange.fail(error)
            return self._refuse(exchange, error)
        except Exception as error:  # noqa: BLE001 - only our errors speak; anything else shows an id and is logged
            self._log.error("request.crashed", request_id=exchange.request_id, exc_info=error)
            fault = LouverError("Something failed on our side.", hint="report the request id to your administrator")
            exchange.fail(fault)
            return self._refuse(exchange, fault)

    async def _answer(self, exchange: Exchange, query_string: bytes, receive: Receive) -> Reply:
        headers = exchange.headers
        identity = await self._identify(headers, exchange.address)
        exchange.caller, exchange.reason = identity.caller, identity.reason
        require_method(exchange.method, self._settings.get_queries)
        exchange.media_type = choose_media_type(headers.get("accept"))
        principal = identity.principal
        if principal is None:
            raise identity.refusal or UnauthenticatedError(
                "No valid key was sent.", hint="send one as `Authorization: Bearer lvr_…`"
            )
        denied_mode = read_denied_mode(headers.get("louver-denied"), principal.denied_mode)
        trail = Trail(begin=partial(self._begin, exchange))
        exchange.facts = trail.facts
        execute = partial(self._gateway.execute, trail=trail)
        if exchange.method == "GET":
            exchange.operation = operation = read_query_string(query_string)
            require_queries_by_get(operation, principal.kind, self._settings.get_queries)
            execute = partial(execute, is_read_only=True)
        else:
            exchange.operation = operation = await _receive_operation(exchange, receive)
        try:
            query = await self._find_query(operation, principal)
            answer = await execute(query, operation.variables, operation.operation_name, principal, denied_mode)
        except (ReadOnlyError, ThrottledError):
            raise  # tell by status and fields, to clients of either media type, what to do
        except RefusedError as error:
            answer = Answer(has_data=False, errors=[_as_graphql(error)])
        return _render(exchange, answer, self._settings.status_style)

    async def _begin(self, exchange: Exchange, event: Event, coordinate: str) -> None:
        """Record that a change begins. Nothing is changed before that is durable."""
        await self._store.append(exchange.as_record(self._digest, self._replica).as_begun(event, (coordinate,)))

    def _refuse(self, exchange: Exchange, error: LouverError) -> Reply:
        """Answer what never became an operation's result."""
        described = _as_graphql(error)
        if not isinstance(error, RefusedError):
            described["extensions"]["requestId"] = str(exchange.request_id)
        headers: dict[str, str] = {}
        if isinstance(error, UnauthenticatedError):
            headers["www-authenticate"] = 'Bearer realm="louver"'
        elif isinstance(error, MethodRefusedError):
            headers["allow"] = error.allowed
        elif isinstance(error, ReadOnlyError):
            headers["allow"] = "POST"
        elif isinstance(error, ThrottledError):
            headers |= error.headers
        elif isinstance(error, UnavailableError):
            headers["retry-after"] = "1"
        return Reply(
            status_of_error(self._settings.status_style, error), orjson.dumps({"errors": [described]}), headers=headers
        )

    async def _find_query(self, operation: Operation, principal: Principal) -> str:
        if operation.query is not None or operation.document_hash is None:
            return operation.query or ""
        agencies = [membership.agency_id for membership in principal.memberships]
        query = await self._operations.find(agencies, operation.document_hash) if self._operations else None
        if query is None:
            raise NotStoredError("No operation is registered under this hash.", hint="send the query itself")
        return query


async def _receive_operation(exchange: Exchange, receive: Receive) -> Operation:
    headers = exchange.headers
    require_json(headers.get("content-type"))
    require_plain(headers.get("content-encoding"))
    body = await read_body(receive, headers.get("content-length"))
    exchange.bytes_in = len(body)
    return read_body_parameters(body)


def _render(exchange: Exchange, answer: Answer, style: StatusStyle) -> Reply:
    exchange.facts = answer.facts
    exchange.has_data = answer.has_data
    exchange.codes = tuple(str(error.get("extensions", {}).get("code", "INTERNAL")) for error in answer.errors)
    content: dict[str, Any] = {"errors": list(map(_cut, answer.errors))} if answer.errors else {}
    if answer.has_data:
        content["data"] = answer.data
    if answer.extensions:
        content["extensions"] = answer.extensions
    is_legacy = exchange.media_type == JSON
    status = status_of_answer(style, answer.errors, has_data=answer.has_data, is_legacy=is_legacy)
    return Reply(status, orjson.dumps(content, option=orjson.OPT_UTC_Z), as_headers(answer.quotas))


def _as_graphql(error: LouverError) -> dict[str, Any]:
    return _cut({"message": error.message, "extensions": error.as_extensions()})


def _cut(error: dict[str, Any]) -> dict[str, Any]:
    message = error["message"]
    return error if len(message) <= MESSAGE_MAX else {**error, "message": f"{message[:MESSAGE_MAX]}…"}
