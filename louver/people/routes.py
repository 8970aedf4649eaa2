"""The log-in desk over HTTP: JSON in and out, refusals in GraphQL's shape, and each visit recorded before it ends."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request

from louver.authz.session_tokens import parse_token
from louver.errors import AuditUnavailableError, InvalidInputError, LouverError, RefusedError, UnavailableError
from louver.exchange import Exchange
from louver.logging import AccessRecord, AuditStore, Caller, Event, Outcome, ValueDigest
from louver.people.cookies import clear_cookie, read_cookie, write_cookie
from louver.people.csrf import require_own_site
from louver.people.factors import confirm_totp, enrol_totp
from louver.people.logins import change_password, give_code, log_in
from louver.people.logouts import log_out, log_out_everywhere
from louver.people.office import Office
from louver.people.oidc_routes import OidcDesk
from louver.people.visits import Done, Happened, LoginRefusedError, Visit
from louver.settings import StatusStyle
from louver.statuses import DENIED_CODES, BodyTooLargeError, MethodRefusedError, status_of_error
from louver.wire import require_json

BODY_BYTES_MAX = 10_000
Step = Callable[[Office, Visit], Awaitable[Done]]
Send = Callable[[Any], Awaitable[None]]
STEPS: Mapping[str, Step] = {
    "/auth/login": log_in,
    "/auth/totp": give_code,
    "/auth/totp/enrol": enrol_totp,
    "/auth/totp/confirm": confirm_totp,
    "/auth/password": change_password,
    "/auth/logout": log_out,
    "/auth/logout-everywhere": log_out_everywhere,
}


class Desk:
    """Answers the paths of `STEPS`, and those of log-in by an identity provider."""

    def __init__(self, office: Office, oidc: OidcDesk, store: AuditStore, digest: ValueDigest, replica: str) -> None:
        self._office = office
        self._oidc = oidc
        self._store = store
        self._digest = digest
        self._replica = replica
        self._log = structlog.get_logger().bind(replica=replica)

    async def serve(self, scope: MutableMapping[str, Any], receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        """Serve one request."""
        exchange = Exchange.from_scope(scope)
        path = str(scope["path"])
        begun: list[Happened] = []
        try:
            status, body, headers = await self._reply(exchange, path, Request(scope, receive), begun)
        except asyncio.CancelledError:
            # Whoever cut it short does not erase its trace: the record is queued, and nobody waits for it.
            with contextlib.suppress(AuditUnavailableError):
                for cut in _end(begun, Happened(Event.ACCESS_REFUSED, Caller(), "ABANDONED", Outcome.ABANDONED)):
                    self._store.submit(self._as_record(exchange, path, cut))
            raise
        await _send(send, exchange, status, body, headers)

    async def _reply(
        self, exchange: Exchange, path: str, request: Request, begun: list[Happened]
    ) -> tuple[int, bytes, dict[str, str]]:
        try:
            done = await self._take(exchange, path, request, begun)
            await self._record(exchange, path, done.happened)
        except LouverError as error:
            return await self._refuse(exchange, path, error, begun)
        except Exception as error:  # noqa: BLE001 - only our errors speak; anything else shows an id and is logged
            self._log.error("request.crashed", request_id=exchange.request_id, exc_info=error)
            fault = LouverError("Something failed on our side.", hint="report the request id to your administrator")
            return await self._refuse(exchange, path, fault, begun)
        cookie = clear_cookie() if done.is_over else write_cookie(done.token) if done.token else None
        headers = {"set-cookie": cookie} if cookie else {}
        if done.location is not None:
            return 303, b"{}", headers | {"location": done.location, "referrer-policy": "no-referrer"}
        return 200, orjson.dumps(done.content), headers

    async def _take(self, exchange: Exchange, path: str, request: Request, begun: list[Happened]) -> Done:
        if exchange.method != _find_method(path):
            raise MethodRefusedError(
                f"This path takes {_find_method(path)}.", hint="see docs/people.md for what it takes"
            )
        await self._store.require_writable()
        cookie, address, now = read_cookie(exchange.headers), exchange.address or "", datetime.now(UTC)
        token_hash = parse_token(cookie) if cookie else None
        if path not in STEPS:
            return await self._oidc.take(path, token_hash, request.query_params, address, now)
        require_own_site(exchange.headers)
        require_json(exchange.headers.get("content-type"))
        body = _read_object(await _read_body(request))

        async def begin(happened: tuple[Happened, ...]) -> None:
            """Record what is about to be changed."""
            records = [self._as_record(exchange, path, each) for each in happened]
            await asyncio.gather(*(self._store.submit(each.as_begun(each.event, ())) for each in records))
            begun.extend(happened)

        return await STEPS[path](self._office, Visit(body, token_hash, address, now, begin))

    async def _refuse(
        self, exchange: Exchange, path: str, error: LouverError, begun: Sequence[Happened]
    ) -> tuple[int, bytes, dict[str, str]]:
        if isinstance(error, UnavailableError):
            self._log.error("request.unavailable", request_id=exchange.request_id, exc_info=error)
        try:
            await self._record(exchange, path, _end(begun, *_list_happened(error)))
        except AuditUnavailableError as unavailable:
            error = unavailable
        described: dict[str, Any] = {"message": error.message, "extensions": error.as_extensions()}
        if not isinstance(error, RefusedError):
            described["extensions"]["requestId"] = str(exchange.request_id)
        headers = {"allow": _find_method(path)} if isinstance(error, MethodRefusedError) else {}
        if isinstance(error, UnavailableError) or error.code == "RATE_LIMITED":
            headers["retry-after"] = "1"
        return status_of_error(StatusStyle.CLASSIC, error), orjson.dumps({"errors": [described]}), headers

    async def _record(self, exchange: Exchange, path: str, happened: tuple[Happened, ...]) -> None:
        await asyncio.gather(*(self._store.submit(self._as_record(exchange, path, each)) for each in happened))

    def _as_record(self, exchange: Exchange, path: str, happened: Happened) -> AccessRecord:
        record = exchange.as_record(self._digest, self._replica, happened.outcome)
        name = path.strip("/").replace("/", "_").replace("-", "_") if path in STEPS else "auth_oidc"
        return replace(
            record, event=happened.event, reason=happened.reason, caller=happened.caller, operation_name=name
        )


def _end(begun: Sequence[Happened], *ends: Happened) -> tuple[Happened, ...]:
    """Tell of what was begun how it ended: it may have been changed, whatever the client was told."""
    reason, outcome = ends[0].reason, ends[0].outcome
    return tuple(replace(each, reason=reason, outcome=outcome) for each in begun) or ends


def _find_method(path: str) -> str:
    return "POST" if path in STEPS else "GET"


def _list_happened(error: LouverError) -> tuple[Happened, ...]:
    if isinstance(error, LoginRefusedError):
        return error.list_happened()
    event = Event.ACCESS_DENIED if error.code in DENIED_CODES else Event.ACCESS_REFUSED
    outcome = Outcome.REFUSED if isinstance(error, RefusedError) else Outcome.UNAVAILABLE
    return (Happened(event, Caller(), error.code, outcome if error.code != "INTERNAL" else Outcome.ERROR),)


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_BYTES_MAX:
                raise BodyTooLargeError(
                    "The body is larger than what is read.",
                    hint="send what the path takes, and no more",
                    limit=BODY_BYTES_MAX,
                    actual=len(body),
                )
    except ClientDisconnect as error:
        raise InvalidInputError("The request ended before its body did.", hint="send it whole") from error
    return bytes(body)


def _read_object(body: bytes) -> Mapping[str, Any]:
    try:
        content = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise InvalidInputError("The body is not JSON in UTF-8.", hint='send an object, as {"email": …}') from error
    if not isinstance(content, dict):
        raise InvalidInputError("The body is not a JSON object.", hint='send an object, as {"email": …}')
    return content


async def _send(send: Send, exchange: Exchange, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    whole = {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(body)),
        "cache-control": "private, no-store",
        "x-request-id": str(exchange.request_id),
        **headers,
    }
    raw = [(name.encode(), value.encode()) for name, value in whole.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
