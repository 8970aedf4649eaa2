"""Who comes in: a key or a token in `Authorization`, or a person's session in the cookie; looked up at each request."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from louver.authz.session_tokens import parse_token
from louver.errors import AccessDeniedError, DatabaseUnavailableError, PolicyStaleError, UnauthenticatedError
from louver.identity import Identifier, Identity
from louver.logging import Caller
from louver.people.bearers import Bearers, find_token
from louver.people.cookies import read_cookie
from louver.people.csrf import require_own_site
from louver.people.office import Office
from louver.people.sessions import Session, Stage
from louver.people.standing import build_principal, describe
from louver.policy import PolicyKeeper

SEEN_SECONDS = 60
"""How old the time of last use may get before it is written anew: a write at each request would cost more than it."""


class Door:
    """Turns the head of a request into an identity, with one statement a request."""

    def __init__(self, keys: Identifier, bearers: Bearers, office: Office, keeper: PolicyKeeper) -> None:
        self._keys = keys
        self._bearers = bearers
        self._office = office
        self._keeper = keeper
        self._touching: dict[UUID, asyncio.Task[None]] = {}

    async def identify(self, headers: Mapping[str, str], address: str | None = None) -> Identity:
        """Identify. A credential that was sent on purpose counts before a cookie that was sent along.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        authorization, cookie = headers.get("authorization"), read_cookie(headers)
        if (token := find_token(authorization)) is not None:
            return await self._bearers.identify(token, datetime.now(UTC))
        if authorization is not None or cookie is None:
            return await self._keys.identify(authorization, address)
        try:
            require_own_site(headers)
        except AccessDeniedError as error:
            return Identity(Caller(), refusal=error, reason="CSRF")
        return await self._identify_session(cookie, datetime.now(UTC))

    async def close(self) -> None:
        """Wait for what is being written."""
        await asyncio.gather(*self._touching.values())

    async def _identify_session(self, cookie: str, now: datetime) -> Identity:
        token_hash = parse_token(cookie)
        session = await self._office.sessions.find(token_hash) if token_hash else None
        if session is None:
            return refuse(Caller(), "SESSION_UNKNOWN")
        caller = describe(session.person, session.members, session.label)
        reason = session.find_lapse(now, self._office.idle) or _find_gap(session)
        if reason is not None:
            return refuse(caller, reason)
        try:
            principal = await build_principal(session.person, session.members, caller, self._keeper)
        except PolicyStaleError as error:
            return Identity(caller, refusal=error)
        self._note_use(session, now)
        return Identity(caller, principal)

    def _note_use(self, session: Session, now: datetime) -> None:
        if session.id in self._touching or now - session.last_seen_at < timedelta(seconds=SEEN_SECONDS):
            return
        task = asyncio.get_running_loop().create_task(self._write_use(session.id, now))
        self._touching[session.id] = task

    async def _write_use(self, session_id: UUID, now: datetime) -> None:
        """A write that fails ends the session early, which is the safe side."""
        try:
            await self._office.touch(session_id, now)
        except DatabaseUnavailableError as error:
            structlog.get_logger().warning("session.use_not_written", exc_info=error)
        finally:
            self._touching.pop(session_id, None)


def _find_gap(session: Session) -> str | None:
    """Say what is still due."""
    if session.stage != Stage.OPEN:
        return f"{session.stage}_DUE"
    return None if session.members else "PERSON_WITHOUT_ROLE"


def refuse(caller: Caller, reason: str) -> Identity:
    """Refuse. Leak: one answer, whether there was such a session or not; the log tells."""
    error = UnauthenticatedError(
        "You are not logged in, or not any more.", hint="log in with POST /auth/login, or finish what it asked for next"
    )
    return Identity(caller, refusal=error, reason=reason)
