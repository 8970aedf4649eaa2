"""The meter: what access records add up to. Labels are words of ours and names of stored operations, nothing else."""

import asyncio
import re
import time
from functools import cache, partial

from prometheus_client import CollectorRegistry, Counter, Histogram

from louver.logging import AccessRecord, Event, Outcome
from louver.statuses import UNAVAILABLE_CODES

NAMES_KEPT = 200
REASONS_KEPT = 50
OTHER_NAME, OTHER_REASON = "other", "OTHER"
_REASON = re.compile(r"[A-Z][A-Z_]{1,39}")
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LIMIT_CODES = frozenset({"LIMIT_EXCEEDED", "RATE_LIMITED"})


class Meter:
    """Counts records."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def count(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"louver_{name}", text, labels, registry=registry)

        def time_it(name: str, text: str) -> Histogram:
            return Histogram(f"louver_{name}_seconds", text, buckets=_SECONDS, registry=registry)

        self._operations = count("operations", "Requests on record", "name", "outcome")
        self._reasons = {
            Event.AUTH_FAILED: count("auth_failures", "Credentials not accepted, by the log's reason", "reason"),
            Event.ACCESS_DENIED: count("denials", "Operations that asked for what the caller may not see", "reason"),
        }
        self._limits = count("limit_hits", "Requests over a limit or a budget", "reason")
        self._unavailable = count("unavailable", "Requests not answered because a part of ours was down", "reason")
        self._rows = count("rows", "Rows read")
        self._cost = count("cost", "Cost of the operations that were let in")
        self._bytes = count("response_bytes", "Bytes of bodies answered")
        self._failed = count("audit_failed", "Records not durable in time; nothing was answered")
        self._duration = time_it("operation_duration", "From the request's head to its answer, before it is on record")
        self._wait = time_it("audit_wait", "From a record to its commit")
        self._find_operations = cache(self._operations.labels)  # the library's own look-up takes longer than the rest
        self._names: set[str] = set()
        self._known_reasons: set[str] = set()

    def watch(self, record: AccessRecord, done: asyncio.Future[None]) -> None:
        """Count a record once it is known whether its answer may leave; a start, a stop and a begin answer nobody."""
        if record.event in (Event.SERVICE_STARTED, Event.SERVICE_STOPPED) or record.outcome is Outcome.BEGUN:
            return
        done.add_done_callback(partial(self._count, record, time.perf_counter()))

    def _count(self, record: AccessRecord, started: float, done: asyncio.Future[None]) -> None:
        outcome, reason = record.outcome, record.reason
        if done.cancelled():
            outcome = Outcome.ABANDONED
        elif done.exception() is not None:
            outcome, reason = Outcome.UNAVAILABLE, "AUDIT_UNAVAILABLE"
            self._failed.inc()
        else:
            self._wait.observe(time.perf_counter() - started)
        self._find_operations(self._find_name(record), outcome).inc()
        if reason or record.event in self._reasons:
            self._count_reason(record.event, reason)
        self._rows.inc(record.rows)
        self._bytes.inc(record.bytes_out)
        if record.cost:
            self._cost.inc(record.cost)
        self._duration.observe(record.duration_us / 1_000_000)

    def _count_reason(self, event: Event, reason: str | None) -> None:
        # In the modes `extensions` and `hide` a denial has no error, and so its record no code.
        label = self._find_reason(reason or "FIELD_DENIED")
        counter = self._reasons.get(event)
        if counter is not None:
            counter.labels(label).inc()
        if reason in _LIMIT_CODES:
            self._limits.labels(label).inc()
        elif reason in UNAVAILABLE_CODES:
            self._unavailable.labels(label).inc()

    def _find_name(self, record: AccessRecord) -> str:
        """Name the operation, if an administrator did.

        Leak: a client names its operations as it likes, by an officer if need be, and as many as it likes. A stored
        operation's name counts once it was answered by that name: what is refused may have been asked for by any.
        """
        name = record.operation_name
        if record.saved_operation_id is None or name is None:
            return OTHER_NAME
        is_answered = record.outcome in (Outcome.ANSWERED, Outcome.PARTIAL)
        if is_answered and len(self._names) < NAMES_KEPT:
            self._names.add(name)
        return name if name in self._names else OTHER_NAME

    def _find_reason(self, reason: str) -> str:
        if len(self._known_reasons) < REASONS_KEPT and _REASON.fullmatch(reason):
            self._known_reasons.add(reason)
        return reason if reason in self._known_reasons else OTHER_REASON
