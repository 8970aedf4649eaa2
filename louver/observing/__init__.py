"""What an operator sees of a running process: figures, traces, readiness. Never a value, an id or a secret.

Nothing of it is in an answer's way unless it is asked for: the parts are then replaced by parts that are watched.
"""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, disable_created_metrics

from louver.db.reader import Reader, open_reader
from louver.endpoint import Send
from louver.logging import AuditStore
from louver.observing.gauges import Gauges
from louver.observing.meter import Meter
from louver.observing.metrics_server import require_servable, serving_metrics
from louver.observing.wanting import wants_traces
from louver.observing.watching import WatchedStore
from louver.policy import PolicyKeeper
from louver.settings import Settings
from louver.tracing import step
from louver.wire import Receive

if TYPE_CHECKING:  # imported in `open_observing`, where traces are wanted
    from louver.observing.traces import Traces

Application = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]
Sent = ParamSpec("Sent")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Observing:
    """What is wanted of one process."""

    settings: Settings
    traces: "Traces | None"

    def open_reader(self, url: str) -> Reader:
        """Make a reader of the records, or of a copy of them."""
        if self.traces is None:
            return open_reader(url, self.settings.pool_size)
        return self.traces.open_reader(url, self.settings.pool_size)

    async def open_store(self) -> AuditStore:
        """Open the store of access records."""
        if self.traces is None and not self.settings.metrics_port:
            return await AuditStore.open(self.settings)
        store = await WatchedStore.open(self.settings)
        if self.traces is not None:
            store.watches.append(self.traces.watch)
        return store

    def trace_identify(self, identify: Callable[Sent, Awaitable[Found]]) -> Callable[Sent, Awaitable[Found]]:
        """Time how long it takes to know who asks, and what they may."""
        if self.traces is None:
            return identify

        async def identify_in_step(*sent: Sent.args, **named: Sent.kwargs) -> Found:
            with step("identify"):
                return await identify(*sent, **named)

        return identify_in_step

    def trace(self, endpoint: Application) -> Application:
        """Make a trace of each request."""
        traces = self.traces
        if traces is None:
            return endpoint

        async def serve(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
            with traces.following(scope["headers"]):
                await endpoint(scope, receive, send)

        return serve

    @contextlib.asynccontextmanager
    async def serving(self, reader: Reader, store: AuditStore, keeper: PolicyKeeper) -> AsyncGenerator[None]:
        """Count, and serve the figures, for the length of a `with`.

        Raises:
            MisconfiguredError: they cannot be served, or could be read by others.
        """
        if not (self.settings.metrics_port and isinstance(store, WatchedStore)):
            yield
            return
        # They would be a second line for each counter, which this format has no use for.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        store.watches.append(Meter(registry).watch)
        registry.register(Gauges(reader, store, keeper))
        async with serving_metrics(self.settings, registry):
            yield


@contextlib.asynccontextmanager
async def open_observing(settings: Settings) -> AsyncGenerator[Observing]:
    """Begin, for the length of a `with`.

    Raises:
        MisconfiguredError: what is asked for cannot be done.
    """
    if not wants_traces(settings):
        yield Observing(settings, None)
        return
    from louver.observing.traces import tracing  # noqa: PLC0415 - an extra, and slow to import

    async with tracing() as traces:
        yield Observing(settings, traces)


def require_observable(settings: Settings, workers: int) -> None:
    """Check what is set, before the workers are started.

    Raises:
        MisconfiguredError: what is asked for cannot be done.
    """
    wants_traces(settings)
    require_servable(settings, workers)
