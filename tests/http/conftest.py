"""A real server on a loopback port, a key of each state, and a gateway that does as it is told."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import structlog
import uvicorn
from sqlalchemy import insert, select

from louver.app import Service, create_app
from louver.authz.keys import issue_key
from louver.authz.principals import Principal
from louver.cli.serve import bind
from louver.db.codes import Module
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import AgencyRow, ApiKeyRow
from louver.errors import FieldDeniedError, InvalidInputError
from louver.logging.location import locate_audit
from louver.logging.tables import audit_records
from louver.resolvers.answer import AccessFacts, Answer, Trail
from louver.serving.limits import ConnectionLimits
from louver.serving.server import GuardedServer
from louver.settings import Settings
from louver.stores import upgrade_stores

TIMEOUT_SECONDS = 0.5
SECRET_VALUE = "Whitcombe-4711"
OFFICER = uuid4()


class ToldGateway:
    """Stands in for the gateway: the document names what is to happen."""

    def __init__(self) -> None:
        self.principals: list[Principal] = []
        self.modes: list[str] = []
        self.started = asyncio.Event()
        self.released = asyncio.Event()

    async def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        denied_mode: str,
        *,
        is_read_only: bool = False,
        trail: Trail | None = None,
    ) -> Answer:
        """Do what the document's one field is called."""
        del operation_name, is_read_only, trail
        self.principals.append(principal)
        self.modes.append(denied_mode)
        return await getattr(self, f"_{query.strip('{ }')}")(variables or {})

    async def _answer(self, _variables: Mapping[str, Any]) -> Answer:
        facts = AccessFacts(
            operation_name="Roster",
            document_hash="d" * 64,
            returned=("Officer.rank",),
            officer_ids=frozenset({OFFICER.bytes}),
            rows=1,
            policy_version="p1",
        )
        return Answer(data={"officer": {"lastName": SECRET_VALUE}}, facts=facts)

    async def _partial(self, variables: Mapping[str, Any]) -> Answer:
        answer = await self._answer(variables)
        answer.facts.denied = ("Officer.badgeNumber",)
        answer.errors = [{"message": "You may not see it.", "extensions": {"code": "FIELD_DENIED"}}]
        return answer

    async def _invalid(self, _variables: Mapping[str, Any]) -> Answer:
        return Answer(has_data=False, errors=[{"message": "Syntax.", "extensions": {"code": "BAD_REQUEST"}}])

    async def _unreadable(self, _variables: Mapping[str, Any]) -> Answer:
        errors = [{"message": "Syntax Error: Unexpected Name.", "extensions": {"code": "BAD_REQUEST"}}]
        return Answer(has_data=False, errors=errors)

    async def _refused(self, _variables: Mapping[str, Any]) -> Answer:
        raise FieldDeniedError("You may not refer to it.")

    async def _large(self, _variables: Mapping[str, Any]) -> Answer:
        raise InvalidInputError("The page is too large.", hint="ask for at most 1000")

    async def _crash(self, variables: Mapping[str, Any]) -> Answer:
        raise ValueError(f"cannot read {SECRET_VALUE} of {variables}")

    async def _unprintable(self, variables: Mapping[str, Any]) -> Answer:
        answer = await self._answer(variables)
        answer.data = {"officer": object()}
        return answer

    async def _slow(self, variables: Mapping[str, Any]) -> Answer:
        self.started.set()
        await self.released.wait()
        return await self._answer(variables)


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings whose two stores are migrated."""
    settings = Settings(
        database_url=database_url, var=tmp_path, secret="s" * 32, audit_timeout_seconds=TIMEOUT_SECONDS, pool_size=2
    )
    await upgrade_stores(settings)
    return settings


@pytest.fixture(autouse=True)
def log_restored():
    """Undo what a server in this process did to logging."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class Running:
    """A server in this loop, a client for it, and its parts."""

    def __init__(self, client: httpx.AsyncClient, server: uvicorn.Server, port: int) -> None:
        self.client = client
        self.port = port
        self._server = server

    @property
    def service(self) -> Service:
        """What the process holds open."""
        return self._server.lifespan.state["service"]

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """The requests that are being served."""
        return self._server.server_state.tasks

    async def post(self, query: str, key: str | None = None, **options: Any) -> httpx.Response:
        """Send one operation."""
        headers = options.pop("headers", {})
        if key:
            headers = {"authorization": f"Bearer {key}", **headers}
        body = {"query": query, **options.pop("body", {})}
        return await self.client.post("/graphql", json=body, headers=headers, **options)


@contextlib.asynccontextmanager
async def running(settings: Settings, gateway: Any) -> AsyncIterator[Running]:
    """Serve on a free loopback port for the length of a `with`."""
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    app = create_app(settings, build_gateway=lambda _parts: gateway)
    config = uvicorn.Config(app, http="httptools", lifespan="on", log_config=None, access_log=False)
    server = GuardedServer(config, ConnectionLimits())
    task = asyncio.create_task(server._serve(sockets=[listener]))
    while not server.started and not task.done():  # noqa: ASYNC110  # uvicorn has no event to wait for
        await asyncio.sleep(0.01)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            yield Running(client, server, port)
    finally:
        server.should_exit = True
        await task


@pytest.fixture
def gateway() -> ToldGateway:
    return ToldGateway()


@pytest.fixture
async def server(settings: Settings, gateway: ToldGateway) -> AsyncIterator[Running]:
    """A server over the told gateway."""
    async with running(settings, gateway) as server:
        yield server


@pytest.fixture
def list_rows(settings: Settings) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    """Read the log over a connection of its own, oldest first, without the server's own start and stop."""

    async def list_rows() -> list[dict[str, Any]]:
        engine = create_engine(locate_audit(settings))
        async with engine.connect() as connection:
            is_of_a_request = ~audit_records.c.event.like("service.%")
            found = await connection.execute(
                select(audit_records).where(is_of_a_request).order_by(audit_records.c.sequence)
            )
            rows = [dict(row) for row in found.mappings()]
        await engine.dispose()
        return rows

    return list_rows


@pytest.fixture
async def add(settings: Settings) -> AsyncIterator[Callable[..., Awaitable[UUID]]]:
    """Insert a row of any table and return its id."""
    engine = create_engine(settings.database_url)

    async def add(table: Any, **values: Any) -> UUID:
        identity: UUID = values.setdefault("id", uuid4())
        async with begin_writing(engine) as connection:
            await connection.execute(insert(table).values(**values))
        return identity

    yield add
    await engine.dispose()


@pytest.fixture
async def agency_id(add: Callable[..., Awaitable[UUID]]) -> UUID:
    """An agency with both modules."""
    modules = [Module.TRAINING, Module.UOF]
    return await add(AgencyRow, name="Fallowmere", ori="ZZ0000001", state="ZZ", timezone="UTC", modules=modules)


@pytest.fixture
def issue(add: Callable[..., Awaitable[UUID]], agency_id: UUID) -> Callable[..., Awaitable[str]]:
    """Issue a key and return its text; any column may be given."""

    async def issue(role: str = "chief", **values: Any) -> str:
        key = issue_key()
        now = datetime.now(UTC)
        columns = {
            "agency_id": agency_id,
            "prefix": key.prefix,
            "secret_hash": key.secret_hash,
            "label": "dashboard",
            "role": role,
            "purpose": "dashboard",
            "created_at": now,
            "expires_at": now + timedelta(days=1),
        }
        await add(ApiKeyRow, **(columns | values))
        return key.text

    return issue


@pytest.fixture
async def key(issue: Callable[..., Awaitable[str]]) -> str:
    """A chief's key."""
    return await issue()


@pytest.fixture
def serve_with() -> Callable[..., Any]:
    """Serve with other settings than the test's own."""
    return running


@pytest.fixture
async def settings_apart(settings: Settings, tmp_path: Path) -> Settings:
    """The same database of records, and a log in another store."""
    apart = replace(settings, audit_url=f"sqlite:///{tmp_path}/apart/audit.db")
    await upgrade_stores(apart)
    return apart
