"""Twelve months: what of the log may be shown, what has to stay, and what goes when its time is over."""

from louver.logging.retention.agencies import Removal
from louver.logging.retention.holds import Hold, HoldKind
from louver.logging.retention.periods import find_cutoff, is_retained
from louver.logging.retention.runs import Report, Retention

__all__ = ["Hold", "HoldKind", "Removal", "Report", "Retention", "find_cutoff", "is_retained"]
