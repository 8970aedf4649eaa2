"""How a connection ends: after the last answer, with a refusal, or because its time is over."""

import asyncio
from collections.abc import Callable
from enum import Enum, auto
from math import inf
from typing import Any

import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from louver.serving.census import Census
from louver.serving.limits import STALL_BYTES
from louver.serving.refusals import BUSY, STOPPING, Refusal, refuse_slow


class Reading(Enum):
    """What of a request is being read."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class Outlet:
    """What an answer is written to: head and body leave in one packet, and closing is the protocol's."""

    __slots__ = ("_held", "_loop", "_transport", "close", "is_closing")

    def __init__(
        self, transport: asyncio.WriteTransport, loop: asyncio.AbstractEventLoop, close: Callable[[], None]
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._held: bytes | None = None
        self.is_closing = transport.is_closing
        self.close = close

    def write(self, data: bytes) -> None:
        """Write, at the latest when whoever is at work pauses."""
        if self._held is None:
            self._held = data
            self._loop.call_soon(self.flush)
        else:
            held, self._held = self._held, None
            self._transport.writelines((held, data))

    def flush(self) -> None:
        """Write what is held."""
        if self._held is not None:
            held, self._held = self._held, None
            self._transport.write(held)


class EndingProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, which knows when it is over and says so in GraphQL's shape."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        census: Census,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._census = census
        self._limits = census.limits
        self._reading = Reading.NOTHING
        self._deadline = inf
        self._keeps_alive = False
        """Whether the connection goes on after the latest request."""
        self._last_word: Refusal | None = None
        """Said after the answers to requests that came before what is refused."""
        self._is_deaf = False
        """Whatever else is sent is thrown away."""
        self._is_parting = False
        self._stall_deadline = inf
        self._stall_size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base has it
        """Begin, or turn the client away."""
        super().connection_made(transport)
        self._outlet = Outlet(transport, self.loop, self._close)
        self._await(self._limits.head_seconds)
        self._census.admit(self, len(self.connections))

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._census.forget(self)
        self._outlet.close = self.transport.close  # or the two would hold each other until the collector comes by
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Note that the client does not take what it is sent as fast as it is made."""
        super().pause_writing()
        self._stall_size = self.transport.get_write_buffer_size()
        self._stall_deadline = self.loop.time() + self._limits.stall_seconds

    def resume_writing(self) -> None:
        """Note that it has taken it."""
        super().resume_writing()
        self._stall_deadline = inf

    def check_time(self, now: float) -> None:
        """End it if a deadline has passed; the server asks now and then."""
        if now > self._stall_deadline:
            self._check_progress()
        elif now <= self._deadline:
            return
        elif self._is_parting:
            self.transport.abort()
        elif self._reading is Reading.NOTHING:
            self._part(None)
        elif self._reading is Reading.BODY:
            self._refuse(refuse_slow("body", self._limits.body_seconds))
        else:
            self._refuse(STOPPING if self._census.is_draining else refuse_slow("head", self._limits.head_seconds))

    def shutdown(self) -> None:
        """Let requests in flight end; one that is on the way may still arrive, and is the connection's last."""
        self._keeps_alive = False
        if self._is_busy():
            self.cycle.keep_alive = False
        elif not self._is_parting:
            self._deadline = min(self._deadline, self.loop.time() + self._limits.grace_seconds)

    def give_up(self) -> None:
        """Refuse what is still being answered: the time to stop in is over."""
        if self._is_busy() and not self.cycle.response_started and not self._is_parting:
            self._abandon_cycle()
            self._part(STOPPING)
        self.transport.close()

    def refuse_entry(self) -> None:
        """Turn it away at the door."""
        self._part(BUSY)

    def give_place(self) -> None:
        """End it now: another needs its place. Whoever has begun to speak is told."""
        if self._is_parting:
            self.transport.abort()
            return
        if self._reading is not Reading.NOTHING:
            self._refuse(BUSY)
        self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        """Answer the request that is being read with a refusal, after the answers to those before it."""
        self._is_deaf = True
        if not self._is_busy():
            self._part(refusal)
        elif self._reading is Reading.BODY and not self.pipeline:
            has_begun = self.cycle.response_started
            self._abandon_cycle()
            self._part(None if has_begun else refusal)
        else:
            if self._reading is Reading.BODY:
                self.pipeline.popleft()
            self._last_word = refusal
            self._deadline = inf

    def _abandon_cycle(self) -> None:
        """Tell the application that the client is gone: it writes its record, and nothing to the client."""
        self.cycle.disconnected = True
        self.cycle.message_event.set()

    def _part(self, refusal: Refusal | None) -> None:
        if refusal and not self.transport.is_closing():
            self.transport.write(refusal.as_bytes(is_secure=self.scheme == "https"))
            structlog.get_logger().warning(
                "request.turned_away", status=int(refusal.status), code=refusal.code, client=self.client
            )
            self._linger()
        else:
            self._leave()

    def _close(self) -> None:
        """End after an answer that is the last."""
        self._outlet.flush()
        if self._reading is Reading.NOTHING and not self.pipeline:
            self._leave()
        else:
            self._linger()

    def _leave(self) -> None:
        self._is_parting = self._is_deaf = True
        self._census.forget(self)
        self._deadline = self.loop.time() + self._limits.stall_seconds
        self.transport.close()

    def _linger(self) -> None:
        """Read on for a while. To close on a client that still sends resets the connection, and loses the answer."""
        self._is_parting = self._is_deaf = True
        self._census.let_go_first(self)
        self._deadline = self.loop.time() + self._limits.linger_seconds
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _check_progress(self) -> None:
        size = self.transport.get_write_buffer_size()
        if size > self._stall_size - STALL_BYTES:
            self.transport.abort()
            return
        self._stall_size = size
        self._stall_deadline = self.loop.time() + self._limits.stall_seconds

    def _await_client(self, seconds: float) -> None:
        self._census.await_client(self)
        self._await(seconds)

    def _await(self, seconds: float) -> None:
        limit = self._limits.grace_seconds if self._census.is_draining and not self._is_busy() else inf
        self._deadline = self.loop.time() + min(seconds, limit)

    def _is_busy(self) -> bool:
        """Whether an earlier request is still being answered."""
        return self.cycle is not None and not self.cycle.response_complete
