"""The composition root: what is opened when a server process starts, and which path leads where."""

import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from louver.authz.snapshot import Snapshot
from louver.db.reader import Reader, open_reader
from louver.endpoint import Endpoint, Executes, Send
from louver.errors import AuditUnavailableError, DatabaseUnavailableError
from louver.identity import Identifier
from louver.logging import AuditStore, ValueDigest, configure_logging
from louver.policy import load_snapshot
from louver.resolvers.cursors import CursorCipher
from louver.resolvers.dialects import PostgresSpeech, SqliteSpeech
from louver.schema.gateway import Gateway
from louver.schema.roots import build_schema
from louver.secret import derive_key, read_secret
from louver.settings import Settings
from louver.stores import require_current_stores
from louver.wire import Receive


@dataclass(frozen=True, slots=True)
class Parts:
    """What a gateway may be built from."""

    settings: Settings
    reader: Reader
    snapshot: Snapshot
    secret: str


GatewayBuilder = Callable[[Parts], Executes]


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that lives as long as the process does."""

    reader: Reader
    store: AuditStore
    endpoint: Endpoint


def create_app(settings: Settings | None = None, build_gateway: GatewayBuilder | None = None) -> Starlette:
    """Make the ASGI application; its parts are opened when the server starts and closed when it stops.

    Raises:
        MisconfiguredError: at start-up, when a setting or a store is not as it must be.
    """
    settings = settings or Settings.from_environment()
    configure_logging(settings.log_level)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            yield {"service": await open_service(settings, build_gateway or _build_gateway, stack)}

    return Starlette(
        routes=[
            Route("/graphql", _Graphql(), name="graphql"),
            Route("/healthz", _answer_health, name="healthz"),
            Route("/readyz", _answer_readiness, name="readyz"),
        ],
        lifespan=lifespan,
    )


async def open_service(settings: Settings, build_gateway: GatewayBuilder, stack: AsyncExitStack) -> Service:
    """Open everything; the stack closes it, last opened first.

    Raises:
        MisconfiguredError: a setting or a store is not as it must be.
    """
    secret = read_secret(settings)
    await require_current_stores(settings)
    reader = open_reader(settings.database_url, settings.pool_size)
    stack.push_async_callback(reader.close)
    snapshot = await load_snapshot(reader)
    store = await AuditStore.open(settings)
    stack.push_async_callback(store.close)
    endpoint = Endpoint(
        identify=Identifier(reader, snapshot).identify,
        gateway=build_gateway(Parts(settings, reader, snapshot, secret)),
        store=store,
        digest=ValueDigest(derive_key(secret, "log digest")),
        replica=f"{socket.gethostname()}:{os.getpid()}",
    )
    return Service(reader, store, endpoint)


def _build_gateway(parts: Parts) -> Executes:
    schema = build_schema()
    schema.catalogue.require_classified(parts.snapshot.coordinates)
    speech = PostgresSpeech() if parts.reader.dialect == "postgresql" else SqliteSpeech()
    cipher = CursorCipher(derive_key(parts.secret, "cursors"))
    return Gateway(schema, parts.reader, speech, cipher, parts.settings.page_size_max)


class _Graphql:
    """Leads to this process's endpoint. An object, so that Starlette hands over the bare ASGI call."""

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        service: Service = scope["state"]["service"]
        await service.endpoint(scope, receive, send)


async def _answer_health(_request: Request) -> JSONResponse:
    """Say that the process runs."""
    return _report({"process": True})


async def _answer_readiness(request: Request) -> JSONResponse:
    """Say whether a query would be answered now: the database reads and the log takes records."""
    service: Service = request.state.service
    return _report({"database": await _reads(service.reader), "audit": await _records(service.store)})


def _report(checks: Mapping[str, bool]) -> JSONResponse:
    content = {name: "ok" if is_well else "unavailable" for name, is_well in checks.items()}
    return JSONResponse(content, 200 if all(checks.values()) else 503, headers={"cache-control": "no-store"})


async def _reads(reader: Reader) -> bool:
    try:
        await reader.fetch("SELECT 1")
    except DatabaseUnavailableError:
        return False
    return True


async def _records(store: AuditStore) -> bool:
    try:
        await store.require_writable()
    except AuditUnavailableError:
        return False
    return True
