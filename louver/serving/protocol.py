"""One connection: requests are read for as long as they are in time, in bounds and unambiguous."""

from math import inf
from typing import NoReturn

import httptools

from louver.serving.endings import EndingProtocol, Reading
from louver.serving.framing import TRAILER, find_fault
from louver.serving.limits import HEAD_BYTES_MAX, HEADERS_MAX, PIPELINE_MAX, TARGET_BYTES_MAX
from louver.serving.refusals import (
    HEAD_TOO_LARGE,
    MALFORMED,
    TARGET_TOO_LONG,
    TOO_MANY_AHEAD,
    TOO_MANY_HEADERS,
    Refusal,
)


class RefusedHeadError(Exception):
    """Thrown through the parser to stop it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class GuardedProtocol(EndingProtocol):
    """The parser's callbacks, each with its bound."""

    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Read."""
        if self._is_deaf:
            return
        unfinished = self.headers if self._reading is Reading.HEAD else None
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            stopped = error.__context__
            self._refuse(stopped.refusal if isinstance(stopped, RefusedHeadError) else MALFORMED)
            return
        if unfinished is not None and unfinished is self.headers and self._reading is Reading.HEAD:
            # Of a header that does not end nothing comes through the callbacks, so its bytes are counted here.
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX:
                self._refuse(HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._reading = Reading.HEAD
        self._head_bytes = 0
        if not self._is_busy():
            self._await(self._limits.head_seconds)

    def on_url(self, url: bytes) -> None:
        """Take a piece of the request's target."""
        super().on_url(url)
        if len(self.url) > TARGET_BYTES_MAX:
            _stop(TARGET_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        if self._reading is not Reading.HEAD:
            _stop(TRAILER)
        if len(self.headers) >= HEADERS_MAX:
            _stop(TOO_MANY_HEADERS)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Check the head, and start answering."""
        parser, is_queued = self.parser, self._is_busy()
        fault = find_fault(parser.get_http_version(), self.url, self.headers, is_upgrade=parser.should_upgrade())
        if fault or (is_queued and len(self.pipeline) >= PIPELINE_MAX):
            _stop(fault or TOO_MANY_AHEAD)
        super().on_headers_complete()
        self._reading = Reading.BODY
        cycle = self.cycle
        cycle.transport = self._outlet  # type: ignore[assignment]  # the three methods of it that a cycle uses
        # An answer that leaves before the body is in says that the connection ends: the rest of it is not read.
        self._keeps_alive, cycle.keep_alive = cycle.keep_alive and not self._census.is_draining, False
        if is_queued:
            self._deadline = inf
        else:
            self._await_client(self._limits.body_seconds)

    def on_message_complete(self) -> None:
        """End a body: now it is our turn."""
        super().on_message_complete()
        self._reading = Reading.NOTHING
        self._deadline = inf
        self._census.forget(self)
        if not self.cycle.response_started:
            self.cycle.keep_alive = self._keeps_alive

    def on_response_complete(self) -> None:
        """Go on with what was sent ahead, with what is left to say, or with waiting."""
        self.server_state.total_requests += 1
        if self._is_parting or self.transport.is_closing():
            self.pipeline.clear()
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            if cycle.more_body:
                self._await_client(self._limits.body_seconds)
            self._start_asgi_task(cycle, app)
        elif self._last_word:
            self._part(self._last_word)
        elif self._reading is Reading.HEAD:
            self._await_client(self._limits.head_seconds)
        else:
            self._await_client(self._limits.idle_seconds)


def _stop(refusal: Refusal) -> NoReturn:
    raise RefusedHeadError(refusal)
