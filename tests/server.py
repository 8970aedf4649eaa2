"""A real server on a loopback port, asked over HTTP."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import structlog
import uvicorn

from louver.app import Service, create_app
from louver.cli.serve import bind
from louver.logging.location import SQLITE_PREFIX, locate_audit
from louver.serving.limits import ConnectionLimits
from louver.serving.server import GuardedServer
from louver.settings import Settings
from louver.stores import upgrade_stores

JSON = dict[str, Any]
TRUST = httpx.create_ssl_context()
"""Read once: each client would read the trusted roots again, which takes longer than most tests."""
EMPTY_LOG: list[bytes] = []
"""A migrated file without a record, as bytes, after the first server of the run has made one."""


class Sent(str):
    """A statement as it was sent, with its parameters."""

    __slots__ = ("parameters",)
    parameters: Sequence[Any]


class Server:
    """A running server with its parts, and a client for it."""

    def __init__(self, client: httpx.AsyncClient, service: Service) -> None:
        self.client = client
        self.service = service

    async def post(
        self, key: str, query: str, variables: JSON | None = None, *, denied: str | None = None, name: str | None = None
    ) -> httpx.Response:
        """Send one operation."""
        headers = {"authorization": f"Bearer {key}"} | ({"louver-denied": denied} if denied else {})
        body = {"query": query, "variables": variables, "operationName": name}
        return await self.client.post("/graphql", json=body, headers=headers)

    async def ask(self, key: str, query: str, variables: JSON | None = None, **options: Any) -> JSON:
        """Send one operation and return the answer's body."""
        body: JSON = (await self.post(key, query, variables, **options)).json()
        return body

    @contextlib.contextmanager
    def recording(self) -> Iterator[list[Sent]]:
        """Collect the statements that operations send, without the look-ups of the key and its grants before each."""
        reader, fetch = self.service.reader, self.service.reader.fetch
        statements: list[Sent] = []

        async def record(sql: str, parameters: Sequence[Any] = ()) -> Sequence[Sequence[Any]]:
            if "FROM api_keys" not in sql and "FROM support_grants" not in sql:
                statements.append(sent := Sent(sql))
                sent.parameters = parameters
            return await fetch(sql, parameters)

        reader.fetch = record  # type: ignore[method-assign]  # on this one object, for the length of a `with`
        try:
            yield statements
        finally:
            del reader.fetch


@contextlib.asynccontextmanager
async def serving(
    url: str, folder: Path, *, pool_size: int = 3, audit_url: str | None = None, **more: Any
) -> AsyncIterator[Server]:
    """Serve a migrated database for the length of a `with`; the access records go to a file in `folder`.

    `more` are further settings.
    """
    settings = Settings(
        database_url=url,
        audit_url=audit_url or f"sqlite:///{folder}/audit.db",
        var=folder,
        secret="s" * 32,
        pool_size=pool_size,
        log_level="INFO",  # every line is made, to be grepped
        **{
            "cost_shown": False,  # what is left of a budget differs from one answer to the next
            "audit_checkpoint_seconds": 3_600,  # else one's line may land on the standard error of a command under test
            **more,
        },
    )
    if audit_url:
        await upgrade_stores(settings)
    else:
        await make_log(settings)
    with logging_restored():
        listener = bind("127.0.0.1", 0)
        config = uvicorn.Config(create_app(settings), lifespan="on", log_config=None, access_log=False)
        server = GuardedServer(config, ConnectionLimits())
        task = asyncio.create_task(_serve(server, listener))
        while not server.started:
            await asyncio.sleep(0.01)
            if task.done():
                await task
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            async with httpx.AsyncClient(base_url=address, timeout=30, verify=TRUST) as client:
                yield Server(client, server.lifespan.state["service"])
        finally:
            server.should_exit = True
            await task


async def make_log(settings: Settings) -> None:
    """Make the file for access records, unless there is one: a copy of the first that was migrated."""
    path = Path(locate_audit(settings).removeprefix(SQLITE_PREFIX))
    if path.exists() or not EMPTY_LOG:
        is_new = not path.exists()
        await upgrade_stores(settings)
        EMPTY_LOG.extend([path.read_bytes()] if is_new else [])
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(EMPTY_LOG[0])


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    try:
        await server._serve(sockets=[listener])
    except SystemExit as error:  # which would end the tests' own loop
        raise RuntimeError("the server did not start; its reason is on standard error") from error


@contextlib.contextmanager
def logging_restored() -> Iterator[None]:
    """Undo what a server in this process does to logging."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
