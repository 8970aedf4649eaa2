"""What happened: log lines, access records and their durable store. Knows nothing of GraphQL, SQL plans or HTTP."""

from louver.logging.digest import InlineValues, ValueDigest
from louver.logging.events import Event, Outcome
from louver.logging.record import AccessRecord, Caller
from louver.logging.setup import configure_logging
from louver.logging.store import AuditStore

__all__ = [
    "AccessRecord",
    "AuditStore",
    "Caller",
    "Event",
    "InlineValues",
    "Outcome",
    "ValueDigest",
    "configure_logging",
]
