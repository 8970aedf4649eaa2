"""Sessions as the store holds them: found by token, with all that their principal depends on, in one statement."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, or_, select

from louver.db.access import MembershipRow, MembershipUnitRow, PersonRow
from louver.db.agencies import AgencyRow
from louver.db.people import IdentityProviderRow, PersonSessionRow
from louver.db.reader import Reader
from louver.lookups import Lookup
from louver.people.standing import MEMBER_COLUMNS, Member, Person


class Stage(StrEnum):
    """How far a log-in has come. Only the last one opens anything."""

    TOTP = "TOTP"
    """The password was right; the second factor is due."""
    PASSWORD = "PASSWORD"  # noqa: S105 - a stage, no password
    """Somebody else set the password; a new one is due."""
    OPEN = "OPEN"


class Session(NamedTuple):
    """A session and its person. In the order of the SELECT."""

    id: UUID
    stage: str
    last_seen_at: datetime
    expires_at: datetime
    roles: list[str] | None
    """From the claims of the agency's identity provider; null: those of the memberships."""
    provider_id: UUID | None
    provider_disabled_at: datetime | None
    person: Person
    members: tuple[Member, ...]

    @property
    def label(self) -> str:
        """What logs call it: enough of its id to tell it from the person's others."""
        return f"ses_{self.id.hex[:12]}"

    def find_lapse(self, now: datetime, idle: timedelta) -> str | None:
        """Say why it is over, for the log; None while it lasts."""
        if self.expires_at <= now:
            return "SESSION_EXPIRED"
        if self.stage == Stage.OPEN and self.last_seen_at + idle <= now:
            return "SESSION_IDLE"
        if self.provider_disabled_at is not None:
            return "PROVIDER_DISABLED"
        return None if self.person.is_active else "PERSON_DEACTIVATED"


_OWN_COLUMNS = 7
_PERSON_COLUMNS = 4


class Sessions:
    """Finds sessions."""

    def __init__(self, reader: Reader) -> None:
        self._lookup = Lookup(_select_session(), reader)

    async def find(self, token_hash: str) -> Session | None:
        """Find a session by the hash of its token, whatever its state.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        rows = await self._lookup.fetch(token_hash=token_hash)
        if not rows:
            return None
        own, person = rows[0][:_OWN_COLUMNS], rows[0][_OWN_COLUMNS : _OWN_COLUMNS + _PERSON_COLUMNS]
        members = Member.list_from_rows(row[_OWN_COLUMNS + _PERSON_COLUMNS :] for row in rows)
        narrowed = (member.narrow(own[4]) for member in members)
        counting = tuple(member for member in narrowed if member.roles)
        return Session._make((*own, Person(*person), counting))


def _select_session() -> Select[*tuple[Any, ...]]:
    session, provider, member = PersonSessionRow, IdentityProviderRow, MembershipRow
    # Leak: whom an agency's provider vouched for is nobody in any other agency.
    is_within = or_(session.agency_id.is_(None), session.agency_id == member.agency_id)
    return (
        select(
            session.id,
            session.stage,
            session.last_seen_at,
            session.expires_at,
            session.roles,
            session.provider_id,
            provider.disabled_at,
            PersonRow.id,
            PersonRow.email,
            PersonRow.name,
            PersonRow.status,
            *MEMBER_COLUMNS,
        )
        .join(PersonRow, PersonRow.id == session.person_id)
        .outerjoin(provider, and_(provider.agency_id == session.agency_id, provider.id == session.provider_id))
        .outerjoin(member, and_(member.person_id == session.person_id, is_within))
        .outerjoin(AgencyRow, AgencyRow.id == member.agency_id)
        .outerjoin(
            MembershipUnitRow,
            and_(MembershipUnitRow.agency_id == member.agency_id, MembershipUnitRow.membership_id == member.id),
        )
        .where(session.token_hash == bindparam("token_hash"))
        .order_by(member.agency_id)
    )
