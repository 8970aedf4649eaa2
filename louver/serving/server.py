"""One server process: it accepts, watches the deadlines, and stops without cutting anybody off."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any, cast

import structlog
from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.server import Server

from louver.serving.census import Census
from louver.serving.limits import ConnectionLimits
from louver.serving.protocol import GuardedProtocol

_SWEEP_TICKS = 3
"""Uvicorn ticks ten times a second."""
_STOP_SECONDS = 2.0
"""How long requests that were given up may take to write their records."""


class GuardedServer(Server):
    """Uvicorn's server around guarded connections."""

    def __init__(self, config: Config, limits: ConnectionLimits, *, on_alive: Callable[[], None] | None = None) -> None:
        super().__init__(config)
        self.census = Census(limits)
        self._on_alive = on_alive
        self._parent = os.getppid()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the application, then listen."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        loop = asyncio.get_running_loop()
        self.servers = [
            await loop.create_server(
                self._build_protocol, sock=sock, backlog=self.config.backlog, **self._tls_options()
            )
            for sock in sockets or []
        ]
        self.started = True

    async def on_tick(self, counter: int) -> bool:
        """Watch the deadlines, and as a worker whether the process that it belongs to is still there."""
        if counter % _SWEEP_TICKS == 0:
            self._sweep()
        is_orphan = self._on_alive is not None and os.getppid() != self._parent
        return await super().on_tick(counter) or is_orphan

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nobody else, answer everybody who is here, and only then close."""
        arrived = self._close_door(sockets or [])
        self.census.is_draining = True
        for guest in self._guests():
            guest.shutdown()
        await self._take_in(arrived)
        await self._drain()
        if not self.force_exit:
            await self.lifespan.shutdown()

    def _close_door(self, listeners: Sequence[socket.socket]) -> list[socket.socket]:
        """Stop listening; answer who had been let in by the kernel and would be cut off by it."""
        arrived: list[socket.socket] = []
        for listener in listeners:
            listener.setblocking(False)
            with contextlib.suppress(OSError):
                while True:
                    arrived.append(listener.accept()[0])
        for server in self.servers:
            server.close()
        for listener in listeners:
            listener.close()
        return arrived

    async def _take_in(self, arrived: Sequence[socket.socket]) -> None:
        connect = asyncio.get_running_loop().connect_accepted_socket
        for connection in arrived:
            connection.setblocking(False)
        connecting = [connect(self._build_protocol, connection, **self._tls_options()) for connection in arrived]
        await asyncio.gather(*connecting, return_exceptions=True)

    async def _drain(self) -> None:
        loop, state = asyncio.get_running_loop(), self.server_state
        deadline = loop.time() + self.census.limits.drain_seconds
        while (state.connections or state.tasks) and not self.force_exit:
            if loop.time() > deadline:
                await self._give_up()
                return
            self._sweep()
            await asyncio.sleep(0.05)

    async def _give_up(self) -> None:
        tasks = set(self.server_state.tasks)
        structlog.get_logger().error("server.drain_ended", requests=len(tasks))
        for guest in self._guests():
            guest.give_up()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_SECONDS)

    def _sweep(self) -> None:
        if self._on_alive:
            self._on_alive()
        now = asyncio.get_running_loop().time()
        for guest in self._guests():
            guest.check_time(now)

    def _guests(self) -> list[GuardedProtocol]:
        return cast("list[GuardedProtocol]", list(self.server_state.connections))

    def _build_protocol(self) -> GuardedProtocol:
        return GuardedProtocol(self.config, self.server_state, self.lifespan.state, census=self.census)

    def _tls_options(self) -> dict[str, Any]:
        tls = self.config.ssl
        return {"ssl": tls, "ssl_handshake_timeout": self.census.limits.head_seconds} if tls else {}
