"""Which access records an agency may see: its own, those of several agencies at once, and failures with its keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.duties import Administered
from louver.authz.principals import Membership
from louver.authz.vocabulary import Act, Reason
from louver.db.access import ApiKeyRow
from louver.db.agencies import AgencyRow
from louver.errors import InvalidInputError
from louver.logging.events import Outcome
from louver.logging.retention import is_retained
from louver.logging.subjects import holds_id
from louver.logging.tables import audit_records
from louver.resolvers.asking.fields import DUTIES

RECORD = audit_records.c
IS_COUNTED = RECORD.outcome != Outcome.BEGUN
"""What counts as one access: what begins is on record once more when it ends."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What one caller may see of the log, in one agency."""

    agency_id: UUID
    key_prefixes: Sequence[str]
    now: datetime
    timezone: str
    denials: dict[Administered, Reason | None]
    """Why a duty is not the caller's; None where it is."""

    @property
    def parts(self) -> list[ColumnElement[bool]]:
        """The conditions on records in reach; apart, because each goes by the index on (agency, time)."""
        nobodys = or_(
            holds_id(RECORD.agency_ids, self.agency_id),
            RECORD.key_prefix.in_(self.key_prefixes),
        )
        retained = is_retained(self.now)
        return [
            and_(RECORD.agency_id == self.agency_id, retained),
            and_(RECORD.agency_id.is_(None), nobodys, retained),
        ]

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on records in reach."""
        return or_(*self.parts)

    def hides(self, field: str) -> Reason | None:
        """Why a field is not shown; None where it is."""
        return self.denials[DUTIES[field]]

    def sees(self, duty: Administered) -> bool:
        """Whether the caller has the right to view what a duty names."""
        return self.denials[duty] is None


def is_own(membership: Membership, officer_id: UUID) -> bool:
    """Whether a member is the officer, and so may ask who opened the own record.

    It takes no role, but not what closes everything: the end of the subscription, or a key that was issued for less.
    """
    permission = membership.rights.permit(Administered.AUDIT_EVENT, Act.VIEW)
    return membership.officer_id == officer_id and permission.reason in (None, Reason.ROLE)


async def find_reach(records: AsyncConnection, membership: Membership, now: datetime) -> Reach:
    """Find what a caller may see of its agency's part of the log."""
    key, agency = ApiKeyRow, AgencyRow
    prefixes = await records.scalars(select(key.prefix).where(key.agency_id == membership.agency_id))
    timezone = await records.scalar(select(agency.timezone).where(agency.id == membership.agency_id))
    return Reach(membership.agency_id, prefixes.all(), now, timezone or "UTC", dict(_list_denials(membership)))


def _list_denials(membership: Membership) -> Iterator[tuple[Administered, Reason | None]]:
    """Who acted is shown of the events that are shown, so that takes both."""
    event, actor = (
        membership.rights.permit(duty, Act.VIEW) for duty in (Administered.AUDIT_EVENT, Administered.AUDIT_ACTOR)
    )
    yield Administered.AUDIT_EVENT, event.reason
    yield Administered.AUDIT_ACTOR, actor.reason or event.reason


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant until before another."""

    begin: datetime
    end: datetime

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on records, with the days that PostgreSQL finds its partitions by."""
        return and_(
            RECORD.at >= self.begin,
            RECORD.at < self.end,
            RECORD.day >= self.begin.date(),
            RECORD.day <= self.end.date(),
        )


def read_period(begin: datetime | None, end: datetime | None, now: datetime, length: timedelta) -> Period:
    """Read a period; what is left out is now, and so long before.

    Raises:
        InvalidInputError: it ends before it begins.
    """
    end = end or now
    begin = begin or end - length
    if begin >= end:
        raise InvalidInputError("The period ends before it begins.", hint="choose a later `to`, or an earlier `from`")
    return Period(begin, end)
