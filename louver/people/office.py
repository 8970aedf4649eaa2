"""What every step of a log-in works with."""

import hmac
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from louver.authz.passwords import LoginBusyError, Passwords, Verdict
from louver.authz.sealing import Sealer
from louver.authz.session_tokens import SessionToken
from louver.db.engine import begin_writing
from louver.logging import Caller
from louver.people.accounts import Account, Accounts, begin_session, note_login, touch_session
from louver.people.guards import Claim, claim_try, clear_tries, prune_guards, release_try
from louver.people.sessions import Session, Sessions, Stage
from louver.people.visits import Visit, name_person, refuse_login

_LOGGED_OUT = "You are not logged in, or not any more."


def digest_name(key: bytes, kind: str, text: str) -> str:
    """Answer a keyed digest of a name or an address."""
    return hmac.new(key, f"{kind}\0{text}".encode("utf-8", "surrogatepass"), "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Office:
    """The parts."""

    engine: AsyncEngine
    accounts: Accounts
    sessions: Sessions
    passwords: Passwords
    sealer: Sealer
    digest_key: bytes
    banned: frozenset[str]
    idle: timedelta
    life: timedelta

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """Open a transaction.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        async with begin_writing(self.engine) as connection:
            yield connection

    def digest(self, kind: str, text: str) -> str:
        """Answer a keyed digest of a name or an address."""
        return digest_name(self.digest_key, kind, text)

    async def claim(self, email: str, now: datetime, caller: Caller) -> Claim:
        """Count a try under this name.

        Raises:
            LoginRefusedError: the name is locked.
            LoginBusyError: too many wait to be checked; told before anything is written.
        """
        self.passwords.require_room()
        async with self.writing() as connection:
            claim = await claim_try(connection, self.digest("email", email), now)
        if claim is None:
            raise refuse_login(caller, "LOGON_LOCKED")
        return claim

    async def release(self, claim: Claim) -> None:
        """Take a try back that was not a bad one."""
        async with self.writing() as connection:
            await release_try(connection, claim)

    async def verify(self, stored_hash: str | None, password: str, claim: Claim) -> Verdict:
        """Verify a password. A crowd at the desk is not the fault of who tried.

        Raises:
            LoginBusyError: too many wait.
        """
        try:
            return await self.passwords.verify(stored_hash, password)
        except LoginBusyError:
            await self.release(claim)
            raise

    async def require_session(self, visit: Visit, *stages: Stage, by_provider: bool = False) -> Session:
        """Get the session of the cookie.

        Leak: whom a provider vouched for has not given our second factor, and must not come round it from there.

        Raises:
            LoginRefusedError: there is none that lasts, it has not come to one of these stages or is past it, or it
                is an identity provider's.
        """
        session = await self.sessions.find(visit.token_hash) if visit.token_hash else None
        if session is None:
            raise refuse_login(name_person(None), "SESSION_UNKNOWN", message=_LOGGED_OUT)
        reason = session.find_lapse(visit.now, self.idle)
        if session.provider_id is not None and not by_provider:
            reason = reason or "SESSION_BY_PROVIDER"
        if reason or session.stage not in stages:
            caller = name_person(session.person.id, (member.agency_id for member in session.members))
            raise refuse_login(caller, reason or f"SESSION_AT_{session.stage}", message=_LOGGED_OUT)
        return session

    async def touch(self, session_id: UUID, now: datetime) -> None:
        """Note that a session was used."""
        async with self.writing() as connection:
            await touch_session(connection, session_id, now)

    async def admit(self, connection: AsyncConnection, account: Account, visit: Visit) -> tuple[SessionToken, bool]:
        """Open a session for somebody who has proved everything; tell too whether the address is new."""
        await clear_tries(connection, self.digest("email", account.person.email))
        await prune_guards(connection, visit.now)
        is_new = await note_login(connection, account.person.id, self.digest("address", visit.address), visit.now)
        return await begin_session(connection, account.person.id, Stage.OPEN, visit.now, self.life), is_new
