"""Bytes on a socket, as no HTTP library would send them, and what comes back."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import uvicorn

from louver.cli.serve import bind
from louver.serving.front import Front
from louver.serving.limits import ConnectionLimits
from louver.serving.protocol import GuardedProtocol
from louver.serving.proxies import TrustedProxies
from louver.serving.server import GuardedServer


class Answer(NamedTuple):
    """One response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of its one error."""
        content = json.loads(self.body)
        assert list(content) == ["errors"]
        return content["errors"][0]["extensions"]["code"]


class Wire:
    """A connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Send bytes; that the other end is gone shows in what is read."""
        self._writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()

    async def answer(self) -> Answer:
        """Read one response."""
        head = (await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 10)).decode()
        line, *rest = head.strip().split("\r\n")
        headers = dict(each.lower().split(": ", 1) for each in rest)
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(line.split()[1]), headers, body)

    async def has_ended(self) -> bool:
        """Whether the server says no more, and has closed."""
        with contextlib.suppress(ConnectionResetError):
            return await asyncio.wait_for(self._reader.read(), 10) == b""
        return True

    def close(self) -> None:
        """End."""
        self._writer.close()


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[Wire]:
    """Open a connection for the length of a `with`."""
    wire = Wire(*await asyncio.open_connection("127.0.0.1", port))
    try:
        yield wire
    finally:
        wire.close()


@dataclass
class Guarded:
    """A server in this loop over an application that does as the path says."""

    server: GuardedServer
    port: int
    seen: list[str]
    """What the application was asked, and how it ended for it."""
    released: asyncio.Event

    def connected(self) -> contextlib.AbstractAsyncContextManager[Wire]:
        """Open a connection for the length of a `with`."""
        return connected(self.port)

    async def ask(self, data: bytes) -> Answer:
        """Send bytes on a connection of their own; the answer must be its last."""
        async with self.connected() as wire:
            await wire.send(data)
            answer = await wire.answer()
            assert answer.headers["connection"] == "close"
            assert await wire.has_ended()
            return answer


@contextlib.asynccontextmanager
async def guarding(
    proxies: str = "", *, is_tls_required: bool = False, app: Any = None, **limits: Any
) -> AsyncIterator[Guarded]:
    """Serve for the length of a `with`."""
    seen: list[str] = []
    released = asyncio.Event()
    app = app or Front(_answering(seen, released), TrustedProxies(proxies), is_tls_required=is_tls_required)
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(
        app, http=GuardedProtocol, ws="none", lifespan="auto", log_config=None, proxy_headers=False, server_header=False
    )
    server = GuardedServer(config, ConnectionLimits(**limits))
    task = asyncio.create_task(server._serve(sockets=[listener]))
    port = listener.getsockname()[1]
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event to wait for
        await asyncio.sleep(0.005)
    try:
        yield Guarded(server, port, seen, released)
    finally:
        released.set()
        server.should_exit = True
        await task


def _answering(seen: list[str], released: asyncio.Event) -> Callable[..., Any]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"  # which says that there is nothing to start
        path = scope["path"]
        if path == "/early":  # answers before it has read the body
            seen.append(path)
            await _say(send, 413, path.encode())
            return
        size = 0
        while (message := await receive())["type"] == "http.request":
            size += len(message["body"])
            if not message["more_body"]:
                break
        else:
            seen.append(f"{path} left")
            return
        if path == "/held":
            await released.wait()
        seen.append(f"{path} {size}")
        body = b"x" * 20_000_000 if path == "/large" else f"{scope['client'][0]} {scope['scheme']} {size}".encode()
        await _say(send, 200, body)

    return app


async def _say(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
