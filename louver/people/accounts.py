"""Accounts: what a log-in has to know of a person, and what it writes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Select, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.session_tokens import SessionToken, draw_token
from louver.db.access import MembershipRow, PersonRow
from louver.db.people import KnownAddressRow, PersonCredentialRow, PersonSessionRow, RecoveryCodeRow
from louver.db.reader import Reader
from louver.lookups import Lookup
from louver.people.sessions import Stage
from louver.people.standing import Person

IDLE_DAYS = 90
"""After so many days without a log-in an account is closed (CJIS AC-2(3))."""
PENDING = timedelta(minutes=10)
"""How long a log-in may take from its first step to its last."""
REMEMBERED = timedelta(days=365)
"""How long an address is remembered: log data is kept for twelve months."""


class Account(NamedTuple):
    """A person and what the person proves to be the one with. In the order of the SELECT, but for the last."""

    person: Person
    last_login_at: datetime | None
    password_hash: str | None
    is_temporary: bool
    temporary_until: datetime | None
    enabled_at: datetime | None
    totp_secret: str | None
    totp_confirmed_at: datetime | None
    agency_ids: tuple[UUID, ...]

    def find_bar(self, now: datetime) -> str | None:
        """Say why this account takes no log-in, for the log; None if it does."""
        if not self.person.is_active:
            return "PERSON_DEACTIVATED"
        since = max((moment for moment in (self.last_login_at, self.enabled_at) if moment), default=None)
        if since is None or since + timedelta(days=IDLE_DAYS) <= now:
            return "PERSON_IDLE"
        return None if self.agency_ids else "PERSON_WITHOUT_ROLE"

    def find_password_bar(self, now: datetime) -> str | None:
        """Say why its password is not taken, for the log."""
        is_over = self.is_temporary and self.temporary_until is not None and self.temporary_until <= now
        return "PASSWORD_EXPIRED" if is_over else self.find_bar(now)

    def find_stage(self) -> Stage:
        """Answer what comes after the password."""
        if self.totp_confirmed_at is not None:
            return Stage.TOTP
        return Stage.PASSWORD if self.is_temporary else Stage.OPEN


_PERSON_COLUMNS = 4


class Accounts:
    """Finds accounts by e-mail address."""

    def __init__(self, reader: Reader) -> None:
        self._lookup = Lookup(_select_account(), reader)

    async def find(self, email: str) -> Account | None:
        """Find one, whatever its state.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        rows = await self._lookup.fetch(email=email)
        if not rows:
            return None
        agencies = tuple(row[-1] for row in rows if row[-1] is not None)
        values = list(rows[0][_PERSON_COLUMNS:-1])
        values[2] = bool(values[2])  # null where there are no credentials
        return Account._make((Person(*rows[0][:_PERSON_COLUMNS]), *values, agencies))


def normalize_email(text: str) -> str:
    """Bring an address to the form that the store has."""
    return text.strip().lower()


async def write_credentials(connection: AsyncConnection, person_id: UUID, values: Mapping[str, Any]) -> None:
    """Change what the person proves to be the one with; the row is made with the first value of it."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"person_id": person_id, "is_temporary": False}
    await connection.execute(dialect.insert(PersonCredentialRow).values(row).on_conflict_do_nothing())
    is_it = PersonCredentialRow.person_id == person_id
    await connection.execute(update(PersonCredentialRow).where(is_it).values(dict(values)))


async def begin_session(
    connection: AsyncConnection, person_id: UUID, stage: Stage, now: datetime, lasts: timedelta, **values: Any
) -> SessionToken:
    """Begin a session, and forget those of the person that are over."""
    session, token = PersonSessionRow, draw_token()
    await connection.execute(delete(session).where(session.person_id == person_id, session.expires_at <= now))
    row = {
        "id": uuid4(), "person_id": person_id, "token_hash": token.token_hash, "stage": stage, "created_at": now,
        "last_seen_at": now, "expires_at": now + lasts, **values,
    }  # fmt: skip
    await connection.execute(insert(session).values(row))
    return token


async def end_session(connection: AsyncConnection, session_id: UUID) -> bool:
    """End one; tell whether it was there still. Two steps at once cannot both take it."""
    done = await connection.execute(delete(PersonSessionRow).where(PersonSessionRow.id == session_id))
    return bool(done.rowcount)


async def end_all_sessions(connection: AsyncConnection, person_id: UUID) -> None:
    """End all that the person has."""
    await connection.execute(delete(PersonSessionRow).where(PersonSessionRow.person_id == person_id))


async def touch_session(connection: AsyncConnection, session_id: UUID, now: datetime) -> None:
    """Note that a session was used."""
    session = PersonSessionRow
    is_it = (session.id == session_id) & (session.last_seen_at < now)
    await connection.execute(update(session).where(is_it).values(last_seen_at=now))


async def note_login(connection: AsyncConnection, person_id: UUID, address_digest: str, now: datetime) -> bool:
    """Write down that the person logged in; tell whether from an address that was not seen with that person lately."""
    known = KnownAddressRow
    await connection.execute(update(PersonRow).where(PersonRow.id == person_id).values(last_login_at=now))
    is_old = (known.person_id == person_id) & (known.last_seen_at < now - REMEMBERED)
    await connection.execute(delete(known).where(is_old))
    is_it = (known.person_id == person_id) & (known.digest == address_digest)
    if (await connection.execute(update(known).where(is_it).values(last_seen_at=now))).rowcount:
        return False
    values = {"person_id": person_id, "digest": address_digest, "last_seen_at": now}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    done = await connection.execute(dialect.insert(known).values(values).on_conflict_do_nothing())
    return bool(done.rowcount)


async def use_recovery_code(connection: AsyncConnection, person_id: UUID, code_hash: str) -> bool:
    """Use a code up; tell whether there was such a one."""
    code = RecoveryCodeRow
    done = await connection.execute(delete(code).where(code.person_id == person_id, code.code_hash == code_hash))
    return bool(done.rowcount)


def _select_account() -> Select[*tuple[Any, ...]]:
    credential = PersonCredentialRow
    return (
        select(
            PersonRow.id,
            PersonRow.email,
            PersonRow.name,
            PersonRow.status,
            PersonRow.last_login_at,
            credential.password_hash,
            credential.is_temporary,
            credential.temporary_until,
            credential.enabled_at,
            credential.totp_secret,
            credential.totp_confirmed_at,
            MembershipRow.agency_id,
        )
        .outerjoin(credential, credential.person_id == PersonRow.id)
        .outerjoin(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .where(PersonRow.email == bindparam("email"))
        .order_by(MembershipRow.agency_id)
    )
