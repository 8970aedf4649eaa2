"""The composition root: what is opened when a server process starts, and which path leads where."""

import gc
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from louver.budgets import Budgets, open_budgets
from louver.checkpoints import keeping_log
from louver.concurrency import Gate
from louver.db.engine import create_engine
from louver.db.reader import Reader
from louver.endpoint import Endpoint, Executes, Send
from louver.errors import InvalidInputError
from louver.identity import Identifier
from louver.logging import AuditStore, ValueDigest, configure_logging
from louver.logging.location import locate_audit
from louver.lookups import speech_of
from louver.metering import MeteredGateway
from louver.observing import Application, open_observing
from louver.observing.readiness import WELL, Readiness
from louver.operations import StoredOperations
from louver.people import People, open_people
from louver.people.oidc_routes import PATHS
from louver.people.routes import STEPS
from louver.policy import PolicyKeeper
from louver.replicas import open_reads
from louver.resolvers.access import Administration
from louver.resolvers.cursors import CursorCipher
from louver.resolvers.recorded import RecordedLog
from louver.resolvers.statements import Reads
from louver.retention import keeping_twelve_months
from louver.safelist import SafelistedGateway
from louver.schema.gateway import Gateway
from louver.schema.limits import Limits
from louver.schema.limits.meter import Meter
from louver.schema.roots import build_schema
from louver.secret import derive_key, read_secret
from louver.serving.front import Front
from louver.serving.proxies import TrustedProxies
from louver.settings import Settings
from louver.stores import require_current_stores
from louver.support import GrantedGateway
from louver.uses import KeyUses
from louver.wire import Receive

_PATH = "/graphql"
_WRITERS = 2
"""Connections per process for changes: they are few, and one agency's wait for each other anyway."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a gateway may be built from."""

    settings: Settings
    reader: Reader
    writer: AsyncEngine
    store: AuditStore
    keeper: PolicyKeeper
    secret: str
    budgets: Budgets
    operations: StoredOperations
    reads: Reads
    """What plans read from: the reader itself, or replicas."""


_COLLECTOR_THRESHOLDS = (10_000, 20, 50)
GatewayBuilder = Callable[[Parts], Executes]


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that lives as long as the process does."""

    reader: Reader
    store: AuditStore
    keeper: PolicyKeeper
    budgets: Budgets
    gate: Gate
    endpoint: Application
    readiness: Readiness
    people: People


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
            service = await open_service(settings, build_gateway or _build_gateway, stack)
            await stack.enter_async_context(keeping_log(settings, service.store, _name_replica()))
            await stack.enter_async_context(keeping_twelve_months(settings, service.store))
            _spare_collector()
            yield {"service": service}

    proxies = TrustedProxies(settings.trusted_proxies)
    return _Application(
        partial(Front, proxies=proxies, is_tls_required=settings.require_tls),
        routes=[
            Route(_PATH, _Graphql(), name="graphql"),
            *(Route(path, _Desk()) for path in (*STEPS, *PATHS)),
            Route("/healthz", _answer_health, name="healthz"),
            Route("/readyz", _answer_readiness, name="readyz"),
        ],
        lifespan=lifespan,
        exception_handlers={404: _answer_elsewhere, 405: _answer_elsewhere},
    )


def _name_replica() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _spare_collector() -> None:
    """Keep the garbage collector from walking the schema and the policy, which live as long as the process.

    Rows are many objects at once and none of them is in a cycle: with the default thresholds a nested answer spends
    more than half of its time in collections that free nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)


async def open_service(settings: Settings, build_gateway: GatewayBuilder, stack: AsyncExitStack) -> Service:
    """Open everything; the stack closes it, last opened first.

    Raises:
        MisconfiguredError: a setting or a store is not as it must be.
    """
    secret = read_secret(settings)
    await require_current_stores(settings)
    observing = await stack.enter_async_context(open_observing(settings))
    reader = observing.open_reader(settings.database_url)
    stack.push_async_callback(reader.close)
    writer = create_engine(settings.database_url, _WRITERS)
    stack.push_async_callback(writer.dispose)
    keeper = PolicyKeeper(reader)
    store = await observing.open_store()
    stack.push_async_callback(store.close)
    uses = KeyUses(writer)
    uses.start()
    stack.push_async_callback(uses.close)
    digest, replica = ValueDigest(derive_key(secret, "log digest")), _name_replica()
    operations = StoredOperations(reader, digest)
    budgets, gate = await open_budgets(settings, stack), Gate.from_settings(settings)
    reads = await open_reads(settings, reader, stack, observing.open_reader)
    parts = Parts(settings, reader, writer, store, keeper, secret, budgets, operations, reads)
    gateway = GrantedGateway(build_gateway(parts), reader)
    safelisted = SafelistedGateway(gateway, operations)
    people = open_people(
        settings, stack, keys=Identifier(reader, keeper, uses), reader=reader, engine=writer, keeper=keeper,
        store=store, digest=digest, replica=replica, secret=secret,
    )  # fmt: skip
    endpoint = Endpoint(
        identify=observing.trace_identify(people.door.identify),
        gateway=MeteredGateway(safelisted, budgets, gate, is_cost_shown=settings.cost_shown),
        operations=operations,
        store=store,
        digest=digest,
        replica=replica,
        settings=settings,
    )
    await stack.enter_async_context(observing.serving(reader, store, keeper))
    readiness = Readiness(reader, store, keeper)
    return Service(reader, store, keeper, budgets, gate, observing.trace(endpoint), readiness, people)


def _build_gateway(parts: Parts) -> Executes:
    schema = build_schema()
    schema.catalogue.require_classified(parts.keeper.snapshot.coordinates)
    cipher = CursorCipher(derive_key(parts.secret, "cursors"))
    log = RecordedLog(locate_audit(parts.settings))
    administration = Administration(parts.writer, log, parts.operations)
    meter = Meter(Limits.from_settings(parts.settings), parts.budgets.charge_cost)
    return Gateway(
        schema, parts.reads, speech_of(parts.reader), cipher, parts.settings.page_size_max, administration, meter
    )


class _Application(Starlette):
    """Takes operations to the endpoint past the router and the error handlers, which it has no use for."""

    def __init__(self, build_front: Callable[[Any], Front], **options: Any) -> None:
        super().__init__(middleware=[Middleware(build_front)], **options)
        self._operations = build_front(_Graphql())

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        is_operation = scope["type"] == "http" and scope["path"] == _PATH and not scope.get("root_path")
        await (self._operations if is_operation else super().__call__)(scope, receive, send)


class _Graphql:
    """Leads to this process's endpoint. An object, so that Starlette hands over the bare ASGI call."""

    def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> Awaitable[None]:
        service: Service = scope["state"]["service"]
        return service.endpoint(scope, receive, send)


class _Desk:
    """Leads to this process's log-in desk."""

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        service: Service = scope["state"]["service"]
        await service.people.desk.serve(scope, receive, send)


async def _answer_elsewhere(_request: Request, error: Exception) -> JSONResponse:
    """Say where something is answered, in the shape of every refusal."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what these handlers are registered for
    refusal = InvalidInputError("Nothing is answered here.", hint="send operations to POST /graphql; see docs/http.md")
    described = {"message": refusal.message, "extensions": refusal.as_extensions()}
    return JSONResponse({"errors": [described]}, error.status_code, headers=error.headers)


async def _answer_health(_request: Request) -> JSONResponse:
    """Say that the process runs."""
    return _report({"process": WELL})


async def _answer_readiness(request: Request) -> JSONResponse:
    """Say whether a query would be answered now, and which part is why where it would not."""
    service: Service = request.state.service
    return _report(await service.readiness.check())


def _report(checks: Mapping[str, str]) -> JSONResponse:
    is_well = all(found == WELL for found in checks.values())
    return JSONResponse(checks, 200 if is_well else 503, headers={"cache-control": "no-store"})
