"""Weekly reviews: which weeks of the log somebody signed that they looked at. In the log's own database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ColumnElement, String, Table, Text, Uuid, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.logging.columns import Instant
from louver.logging.tables import metadata

audit_reviews = Table(
    "audit_reviews",
    metadata,
    Column("agency_id", Uuid, primary_key=True),
    Column("week", String, primary_key=True),
    Column("signed_at", Instant, nullable=False),
    Column("signed_by", String, nullable=False),
    Column("note", Text, nullable=False),
)
"""One line a week and agency, written once."""


@dataclass(frozen=True, slots=True)
class Review:
    """A week, as `2026-W12`, and who signed it off."""

    week: str
    signed_at: datetime
    signed_by: str
    note: str


async def add_review(connection: AsyncConnection, agency_id: UUID, review: Review) -> None:
    """Store a signature. A week that is signed off already is the database's to refuse."""
    values = {"week": review.week, "signed_at": review.signed_at, "signed_by": review.signed_by, "note": review.note}
    await connection.execute(insert(audit_reviews).values(agency_id=agency_id, **values))


async def list_reviews(connection: AsyncConnection, agency_id: UUID, cutoff: datetime) -> dict[str, Review]:
    """List an agency's signatures by week. Leak: those up to the cutoff are over, whether or not a run came to them."""
    review = audit_reviews.c
    wanted = select(review.week, review.signed_at, review.signed_by, review.note)
    wanted = wanted.where(review.agency_id == agency_id, review.signed_at > cutoff)
    return {row.week: Review(*row) for row in await connection.execute(wanted)}


async def forget_reviews(connection: AsyncConnection, which: ColumnElement[bool]) -> None:
    """Delete signatures: they name who signed."""
    await connection.execute(delete(audit_reviews).where(which))
