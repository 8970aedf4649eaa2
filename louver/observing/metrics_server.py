"""`/metrics` on a port of its own: one small page to one scraper, in the loop that it tells of.

Each worker has its own port, so each is a target of its own. Shared counters would need files mapped into memory, and a
full disk would then end the process that counts.
"""

import asyncio
import contextlib
import hmac
import ipaddress
import socket
from collections.abc import AsyncGenerator
from http import HTTPStatus

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from louver.errors import MisconfiguredError
from louver.settings import Settings

HEAD_BYTES_MAX = 8_192
CLIENTS_MAX = 8
TIMEOUT_SECONDS = 5.0
_PORTS_TRIED = 64
_PORT_MAX = 65_535
_AUTHORIZATION = b"authorization"
_TOKEN_CHARACTERS = 32


def require_servable(settings: Settings, workers: int = 1) -> None:
    """Check what is set for `/metrics`, and that every worker will find its port.

    Raises:
        MisconfiguredError: the port is taken, or others could read what only the operator should.
    """
    if not settings.metrics_port:
        return
    if not 0 < settings.metrics_port <= _PORT_MAX - workers:
        raise MisconfiguredError("LOUVER_METRICS_PORT is no port", hint="set it to a number such as 9464, or unset it")
    if settings.metrics_token and len(settings.metrics_token) < _TOKEN_CHARACTERS:
        raise MisconfiguredError(
            f"LOUVER_METRICS_TOKEN is shorter than {_TOKEN_CHARACTERS} characters", hint="make a longer one"
        )
    if not settings.metrics_token and not _is_loopback(settings.metrics_host):
        raise MisconfiguredError(
            "/metrics would be open to the network",
            hint="set LOUVER_METRICS_TOKEN to at least 32 characters, or leave LOUVER_METRICS_HOST at 127.0.0.1",
        )
    for port in range(settings.metrics_port, settings.metrics_port + workers):
        _bind(settings.metrics_host, port).close()


@contextlib.asynccontextmanager
async def serving_metrics(settings: Settings, registry: CollectorRegistry) -> AsyncGenerator[int]:
    """Serve on this worker's port, the first that no other worker has, for the length of a `with`.

    Raises:
        MisconfiguredError: see `require_servable`; or there is no free port.
    """
    require_servable(settings, workers=0)
    listener = _find_port(settings.metrics_host, settings.metrics_port)
    page = _Page(registry, settings.metrics_token)
    server = await asyncio.start_server(page.serve, sock=listener, limit=HEAD_BYTES_MAX)
    port: int = listener.getsockname()[1]
    structlog.get_logger().info("metrics.served", port=port)
    try:
        yield port
    finally:
        server.close()
        page.close()


class _Page:
    """Answers a scrape, and nothing else."""

    def __init__(self, registry: CollectorRegistry, token: str) -> None:
        self._registry = registry
        self._credential = f"Bearer {token}".encode() if token else b""
        self._clients: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, for a few seconds at most."""
        try:
            if len(self._clients) >= CLIENTS_MAX:
                return
            self._clients.add(writer)
            # What a scraper does wrong, or does not do in time, is its own loss.
            with contextlib.suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    writer.write(self._answer(await reader.readuntil(b"\r\n\r\n")))
                    await writer.drain()
        finally:
            self._clients.discard(writer)
            writer.close()

    def close(self) -> None:
        """Cut off who is still there."""
        for writer in self._clients:
            writer.close()

    def _answer(self, head: bytes) -> bytes:
        first, *lines = head.split(b"\r\n")
        if first.split(b" ")[:2] != [b"GET", b"/metrics"]:
            return _respond(HTTPStatus.NOT_FOUND)
        if self._credential and not hmac.compare_digest(_find_authorization(lines), self._credential):
            return _respond(HTTPStatus.UNAUTHORIZED)
        return _respond(HTTPStatus.OK, generate_latest(self._registry))


def _find_authorization(lines: list[bytes]) -> bytes:
    headers = (line.partition(b":") for line in lines)
    found = [value.strip() for name, _, value in headers if name.lower() == _AUTHORIZATION]
    return found[0] if len(found) == 1 else b""


def _respond(status: HTTPStatus, body: bytes = b"") -> bytes:
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {CONTENT_TYPE_PLAIN_0_0_4}\r\n"
        f"content-length: {len(body)}\r\ncache-control: no-store\r\nconnection: close\r\n"
    )
    challenge = "www-authenticate: Bearer\r\n" if status is HTTPStatus.UNAUTHORIZED else ""
    return f"{head}{challenge}\r\n".encode() + body


def _find_port(host: str, first: int) -> socket.socket:
    for port in range(first, first + _PORTS_TRIED - 1):
        with contextlib.suppress(MisconfiguredError):
            return _bind(host, port)
    return _bind(host, first + _PORTS_TRIED - 1)


def _bind(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise MisconfiguredError(
            f"cannot serve /metrics on {host}:{port}", hint="choose another LOUVER_METRICS_PORT or LOUVER_METRICS_HOST"
        ) from error


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
