"""Traces for a collector, by OpenTelemetry. Spans have names of ours, codes, a request id and a hash, and no value."""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache, partial
from hashlib import sha256
from os import environ
from typing import Any

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, format_trace_id, get_current_span

from louver import __version__
from louver.db.reader import Reader
from louver.db.urls import DatabaseUrl
from louver.errors import AuditUnavailableError
from louver.logging import AccessRecord, Outcome
from louver.tracing import STARTER, TRACE_ID, read_trace_id, step

FLUSH_SECONDS = 2.0
"""For what is left when the service stops."""
_QUIET: dict[str, Any] = {"record_exception": False, "set_status_on_exception": False}
"""Leak: OpenTelemetry would put an exception's words into the span, and a driver's words quote rows."""
_FAULTS = (Outcome.UNAVAILABLE, Outcome.ERROR)
_LITERAL = re.compile(r"'|(?<![$\w])(?!1\b)[1-9][\d.]*")
"""A quoted text, or a number but 0 and 1, which stand for false and true and for one more row than a page."""
_WANTED: ContextVar[int] = ContextVar("louver_wanted_trace", default=0)


@contextlib.asynccontextmanager
async def tracing() -> AsyncGenerator["Traces"]:
    """Send spans for the length of a `with`; in batches, from a thread of its own, dropped where nobody takes them."""
    resource = Resource.create({"service.name": environ.get("OTEL_SERVICE_NAME", "louver")})
    provider = TracerProvider(resource=resource, id_generator=_TraceIds(), shutdown_on_exit=False)
    exporter = OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield Traces(provider.get_tracer("louver", __version__))
    finally:
        await asyncio.wait([asyncio.create_task(asyncio.to_thread(provider.force_flush))], timeout=FLUSH_SECONDS)
        # Ends its waiting for a collector that is not there.
        exporter.shutdown()  # type: ignore[no-untyped-call]  # OpenTelemetry leaves it untyped
        await asyncio.to_thread(provider.shutdown)


class _TraceIds(RandomIdGenerator):
    """Takes the client's trace id, where it sent one."""

    def generate_trace_id(self) -> int:
        return _WANTED.get() or super().generate_trace_id()


class Traces:
    """Makes a trace of each operation."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    @contextlib.contextmanager
    def following(self, headers: Sequence[tuple[bytes, bytes]]) -> Iterator[None]:
        """Trace one request."""
        sent = [value.decode("latin-1") for name, value in headers if name == b"traceparent"]
        _WANTED.set(int(read_trace_id(sent[0] if len(sent) == 1 else None) or "0", 16))
        starting = self._tracer.start_as_current_span("graphql", Context(), SpanKind.SERVER, **_QUIET)
        with starting as span:
            TRACE_ID.set(format_trace_id(span.get_span_context().trace_id))
            STARTER.set(partial(self._tracer.start_as_current_span, **_QUIET))
            yield

    def open_reader(self, url: str, size: int) -> Reader:
        """Make a reader whose statements are traced."""
        return TracedReader(DatabaseUrl.from_text(url), size)

    def watch(self, record: AccessRecord, done: asyncio.Future[None]) -> None:
        """Trace a record's way into the store, and say on the operation's span how it ended."""
        root = get_current_span()
        _describe(root, record)
        done.add_done_callback(partial(_end, root, self._tracer.start_span("audit", **_QUIET)))


def _describe(span: Span, record: AccessRecord) -> None:
    known = {
        "louver.event": record.event.value,
        "louver.outcome": record.outcome.value,
        "louver.reason": record.reason,
        "louver.request_id": str(record.request_id),
        "graphql.document.hash": record.document_hash,
    }
    span.set_attributes({name: value for name, value in known.items() if value is not None})
    if record.outcome in _FAULTS:
        span.set_status(Status(StatusCode.ERROR))


def _end(root: Span, span: Span, done: asyncio.Future[None]) -> None:
    if not done.cancelled() and done.exception() is not None:
        root.set_attributes({"louver.outcome": Outcome.UNAVAILABLE.value, "louver.reason": AuditUnavailableError.code})
        for failed in (root, span):
            failed.set_status(Status(StatusCode.ERROR))
    span.end()


class TracedReader(Reader):
    """The reader, with a span for each statement."""

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Sequence[Any]]:
        """See Reader."""
        with step("sql") as span:
            if span is not None:
                span.set_attributes(describe_sql(sql, self.dialect))
            return await super().fetch(sql, parameters)


@lru_cache(2_000)
def describe_sql(sql: str, dialect: str) -> Mapping[str, str]:
    """Say which statement it is. Its parameters are not told; its text is, unless a literal stands in it."""
    described = {"db.system.name": dialect, "louver.statement": sha256(sql.encode()).hexdigest()[:16]}
    return described if _LITERAL.search(sql) else {**described, "db.query.text": sql}
