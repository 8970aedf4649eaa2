"""What the log's retention goes by. In the log's own database, so that it needs no other."""

from sqlalchemy import Column, Index, String, Table, Text, Uuid

from louver.logging.columns import Instant, Json
from louver.logging.tables import metadata

audit_holds = Table(
    "audit_holds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agency_id", Uuid, nullable=False),
    Column("kind", String, nullable=False),
    Column("target", String),
    Column("records_from", Instant),
    Column("records_until", Instant),
    Column("reason", Text, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("placed_by", String, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("released_at", Instant),
    Column("released_by", String),
    Index(None, "agency_id", "ends_at"),
)
"""Legal holds: records that stay although their time is over."""

audit_agencies = Table(
    "audit_agencies",
    metadata,
    Column("agency_id", Uuid, primary_key=True),
    Column("removal", String),
    Column("purged_at", Instant),
    Column("key_prefixes", Json),
    Column("cleared_at", Instant),
)
"""What an agency chose, and whether it was purged, with its keys; cleared when no record names anybody of it."""

audit_turns = Table(
    "audit_turns",
    metadata,
    Column("task", String, primary_key=True),
    Column("holder", Uuid),
    Column("until", Instant),
    Column("done_at", Instant),
)
"""Whose turn it is to do what only one process may do at a time, and when it was last done."""
