"""The gauges: how the process stands at the moment it is asked."""

import time
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from louver import __version__
from louver.db.reader import Reader
from louver.observing.watching import WatchedStore
from louver.policy import PolicyKeeper


class Gauges:
    """Reads the parts of a process for Prometheus."""

    def __init__(self, reader: Reader, store: WatchedStore, keeper: PolicyKeeper) -> None:
        self._reader = reader
        self._store = store
        self._keeper = keeper

    def collect(self) -> Iterator[Metric]:
        """Read them all."""
        reader, store, keeper = self._reader, self._store, self._keeper
        yield _gauge("build_info", "Which version runs", 1, version=__version__)
        yield _gauge("pool_size", "Connections for reading, at most", reader.size)
        yield _gauge("pool_in_use", "Connections in use", min(reader.calls, reader.size))
        yield _gauge("pool_waiting", "Statements that wait for a connection", max(0, reader.calls - reader.size))
        yield CounterMetricFamily("louver_statements", "Statements sent to the records' database", reader.statements)
        yield _gauge("audit_healthy", "1: the last record was written", store.is_healthy)
        yield _gauge("audit_retention_healthy", "1: the retention's last run ended well", store.is_retention_healthy)
        yield _gauge("audit_queue", "Records that wait to be written", store.waiting)
        yield _gauge(
            "audit_lag_seconds", "For how long nothing was written although something waits", store.lag_seconds
        )
        yield CounterMetricFamily("louver_policy_loads", "How often an agency's policy was loaded", keeper.loads)
        age = time.monotonic() - keeper.changed_at
        yield _gauge("policy_age_seconds", "Since the policy in memory was made, or last changed", age)
        yield _gauge("policy_stale_agencies", "Agencies whose policy could not be loaded", len(keeper.stale))


def _gauge(name: str, text: str, value: float, **labels: str) -> Metric:
    family = GaugeMetricFamily(f"louver_{name}", text, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family
