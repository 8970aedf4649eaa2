"""Agencies and their units."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, and_, delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, aliased, mapped_column

from louver.db.base import Base, TenantRow, same_agency
from louver.db.codes import Module, SubscriptionStatus
from louver.errors import InvalidInputError


class AgencyRow(Base):
    """A tenant. Nine-character ORI: two letters of the state, then seven letters or digits."""

    __tablename__ = "agencies"
    __table_args__ = (
        CheckConstraint("ori ~ '^[A-Z]{2}[A-Z0-9]{7}$'", name="ori").ddl_if(dialect="postgresql"),
        CheckConstraint(f"ori GLOB '{'[A-Z]' * 2}{'[A-Z0-9]' * 7}'", name="ori").ddl_if(dialect="sqlite"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    ori: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    timezone: Mapped[str]
    contact_name: Mapped[str | None]
    contact_title: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    modules: Mapped[list[Module]]
    status: Mapped[SubscriptionStatus] = mapped_column(default=SubscriptionStatus.ACTIVE)
    cancelled_at: Mapped[datetime | None]
    purge_at: Mapped[datetime | None]
    small_cell_minimum: Mapped[int] = mapped_column(default=5)
    retention_training_years: Mapped[int | None]
    retention_uof_years: Mapped[int | None]
    policy_overlay_version: Mapped[int] = mapped_column(default=0)


class UnitRow(TenantRow):
    """A unit of an agency; units form a tree."""

    __tablename__ = "units"
    __table_args__ = (
        same_agency("parent_id", "units", deferrable=True, initially="DEFERRED"),
        same_agency("commander_id", "officers", deferrable=True, initially="DEFERRED", use_alter=True),
        Index(None, "agency_id", "parent_id"),
        Index(None, "agency_id", "commander_id"),
        Index(None, "agency_id", "name", "id"),
        Index(None, "agency_id", "id", "name"),  # see OfficerRow
    )

    name: Mapped[str]
    parent_id: Mapped[UUID | None]
    commander_id: Mapped[UUID | None]


class UnitClosureRow(Base):
    """Each unit paired with each of its ancestors and itself: "this unit and below" becomes one join."""

    __tablename__ = "unit_closure"
    __table_args__ = (
        same_agency("ancestor_id", "units", ondelete="CASCADE"),
        same_agency("unit_id", "units", ondelete="CASCADE"),
        Index(None, "agency_id", "unit_id"),
    )

    agency_id: Mapped[UUID] = mapped_column(primary_key=True)
    ancestor_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)


async def rebuild_unit_closure(connection: AsyncConnection, agency_id: UUID) -> None:
    """Write an agency's pairs anew from its units' parents; to be called whenever those change.

    Leak: in a circle every unit would be below every other, and a supervisor would reach all of them.

    Raises:
        InvalidInputError: the units form a circle.
    """
    pairs = (
        select(UnitRow.agency_id, UnitRow.id.label("ancestor_id"), UnitRow.id.label("unit_id"))
        .where(UnitRow.agency_id == agency_id)
        .cte("pairs", recursive=True)
    )
    is_below = and_(UnitRow.agency_id == pairs.c.agency_id, UnitRow.parent_id == pairs.c.unit_id)
    pairs = pairs.union(select(pairs.c.agency_id, pairs.c.ancestor_id, UnitRow.id).join(UnitRow, is_below))
    await connection.execute(delete(UnitClosureRow).where(UnitClosureRow.agency_id == agency_id))
    await connection.execute(insert(UnitClosureRow).from_select(["agency_id", "ancestor_id", "unit_id"], select(pairs)))
    await _require_tree(connection, agency_id)


async def _require_tree(connection: AsyncConnection, agency_id: UUID) -> None:
    down, up = aliased(UnitClosureRow), aliased(UnitClosureRow)
    is_circle = and_(
        up.agency_id == down.agency_id,
        up.ancestor_id == down.unit_id,
        up.unit_id == down.ancestor_id,
        down.ancestor_id != down.unit_id,
        down.agency_id == agency_id,
    )
    if await connection.scalar(select(exists().where(is_circle))):
        raise InvalidInputError("units are above each other in a circle", hint="give one of them another parent")
