"""One visit to the log-in desk: what was sent, what came of it, and what the log is told."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from louver.authz.vocabulary import PrincipalKind
from louver.errors import InvalidInputError, UnauthenticatedError
from louver.logging import Caller, Event, Outcome

TEXT_MAX = 1_000
_NOT_ACCEPTED = "This log-in is not accepted."
_HOW = "check the e-mail address, the password and the code; after 5 bad tries within 15 minutes wait for 15 more"


@dataclass(frozen=True, slots=True)
class Happened:
    """One record for the log."""

    event: Event
    caller: Caller
    reason: str | None = None
    outcome: Outcome = Outcome.ANSWERED


Begin = Callable[[tuple[Happened, ...]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Visit:
    """What was sent."""

    body: Mapping[str, Any]
    token_hash: str | None
    """Of the cookie's token, if there was one of the right form."""
    address: str
    now: datetime
    begin: Begin
    """Records durably what is about to be changed.

    A log-in needs none: a session whose token reached nobody opens nothing.
    """

    def read(self, name: str) -> str:
        """Read a text of the body.

        Raises:
            InvalidInputError: it is missing, or none. Its value is never part of the message.
        """
        value = self.body.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= TEXT_MAX:
            raise InvalidInputError(f"`{name}` has to be a text of 1 to {TEXT_MAX} characters.", hint="send it as JSON")
        return value


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    content: Mapping[str, Any]
    happened: tuple[Happened, ...]
    token: str | None = field(default=None, repr=False)
    """For the cookie."""
    is_over: bool = False
    """The cookie is taken away."""
    location: str | None = None
    """Where the browser goes next."""


class LoginRefusedError(UnauthenticatedError):
    """Not accepted. The attributes are for the log alone."""

    caller = Caller()
    reason = "LOGIN_REFUSED"
    is_locking = False

    def list_happened(self) -> tuple[Happened, ...]:
        """List what the log is told."""
        failed = Happened(Event.AUTH_FAILED, self.caller, self.reason, Outcome.REFUSED)
        locked = Happened(Event.AUTH_LOCKED, self.caller, "LOGON_LOCKED", Outcome.REFUSED)
        return (failed, locked) if self.is_locking else (failed,)


def refuse_login(
    caller: Caller,
    reason: str,
    *,
    is_locking: bool = False,
    message: str = _NOT_ACCEPTED,
    hint: str = _HOW,
    **details: Any,
) -> LoginRefusedError:
    """Refuse. What the client is told is the same for every reason that it has not proved to know."""
    error = LoginRefusedError(message, hint=hint, **details)
    error.caller, error.reason, error.is_locking = caller, reason, is_locking
    return error


def place(agency_ids: Iterable[UUID]) -> dict[str, Any]:
    """Say whose the access is: one agency's or, of a person of several, all of theirs."""
    agencies = sorted({each.bytes for each in agency_ids})
    if len(agencies) == 1:
        return {"agency_id": UUID(bytes=agencies[0])}
    return {"agency_ids": b"".join(agencies)}


def name_person(person_id: UUID | None, agency_ids: Iterable[UUID] = ()) -> Caller:
    """Name a person for the log before anything is known of roles."""
    return Caller(
        principal_id=person_id,
        principal_kind=PrincipalKind.PERSON if person_id else None,
        purpose="log-in",
        **place(agency_ids),
    )


def tell_agencies(
    event: Event, caller: Caller, agency_ids: Iterable[UUID], reason: str | None = None, **more: Any
) -> tuple[Happened, ...]:
    """Tell each of a person's agencies: one of them alone would not see it in the log."""
    agencies: tuple[UUID | None, ...] = tuple(agency_ids) or (None,)
    callers = (replace(caller, agency_id=agency, agency_ids=b"") for agency in agencies)
    return tuple(Happened(event, each, reason, **more) for each in callers)
