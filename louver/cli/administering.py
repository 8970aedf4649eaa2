"""An administrator at the command line: known by a key, held to the rights of that key, recorded in the same log."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from louver import __version__
from louver.authz.duties import Administered
from louver.authz.lines import PolicyLine
from louver.authz.overlays import CellChange
from louver.authz.principals import Membership, Principal
from louver.authz.rights import Rights
from louver.authz.vocabulary import Act
from louver.cli.recording import find_ending, recording
from louver.db.engine import create_engine
from louver.db.reader import open_reader
from louver.errors import (
    AccessDeniedError,
    DatabaseUnavailableError,
    RefusedError,
    UnauthenticatedError,
)
from louver.identity import Identifier, Identity
from louver.logging import AccessRecord, AuditStore, Event, configure_logging
from louver.logging.location import locate_audit
from louver.policy import PolicyKeeper
from louver.resolvers.access import Administration, require_right
from louver.resolvers.overlays import Author, Stamp
from louver.resolvers.recorded import RecordedLog
from louver.settings import Settings
from louver.statuses import DENIED_CODES
from louver.stores import require_current_records
from louver.uses import KeyUses

KEY_VARIABLE = "LOUVER_KEY"
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Acting:
    """What is under way: the connection, the agency, and who acts."""

    connection: AsyncConnection
    agency_id: UUID
    author: Author
    now: datetime
    membership: Membership
    named: list[str] = field(default_factory=list)
    """What the access record is to name, beside what is administered: prefixes of keys."""
    details: dict[str, Any] = field(default_factory=dict)
    """What the access record says besides: ids, counts and codes."""

    @property
    def rights(self) -> Rights:
        """What the administrator may do in the agency."""
        return self.membership.rights

    def stamp(self, reason: str) -> Stamp:
        """Sign it."""
        return Stamp(self.author, reason, self.now)


Work = Callable[[Acting], Awaitable[Result]]


def change(
    duty: Administered, event: Event, name: str, work: Work[Result], variables: Mapping[str, Any] | None = None
) -> Result:
    """Change something, in one transaction, as the administrator whose key is in the environment.

    `variables`, as digests, say in the record what was changed.

    Raises:
        UnauthenticatedError: there is no such key, or it is not accepted.
        AccessDeniedError: the key may not.
    """
    return asyncio.run(_act(_Task(duty, Act.ENTER, event, name, variables), work))


def read(duty: Administered, name: str, work: Work[Result]) -> Result:
    """Read something; raises as `change` does."""
    return asyncio.run(_act(_Task(duty, Act.VIEW, Event.ACCESS_QUERY, name), work))


def ask(event: Event, name: str, work: Work[Result], duty: Administered | None, act: Act = Act.VIEW) -> Result:
    """Ask the log, which is recorded as such; without a duty the work itself says who may. Raises as `change` does."""
    return asyncio.run(_act(_Task(duty, act, event, name, is_reading=True), work))


def as_json(answer: Any) -> str:
    """Render what `as_dict` made for a program."""
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode()


def as_dict(answer: Any) -> dict[str, Any]:
    """Take a dataclass apart, down to what JSON has."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(asdict(answer), default=_as_plain, option=orjson.OPT_UTC_Z))
    return plain


def _as_plain(value: Any) -> Any:
    if isinstance(value, PolicyLine):
        return {"role": value.sub, "object": value.obj, "act": value.act, "rows": value.rows, "effect": value.eft}
    return value._asdict() if isinstance(value, CellChange) else str(value)


@dataclass(frozen=True, slots=True)
class _Task:
    duty: Administered | None
    act: Act
    event: Event
    name: str
    """What the log calls it."""
    variables: Mapping[str, Any] | None = None
    is_reading: bool = False
    """Whether it changes nothing, even where it takes the right to enter."""

    @property
    def is_changing(self) -> bool:
        """Whether it is done in a transaction."""
        return self.act is Act.ENTER and not self.is_reading


@dataclass(slots=True)
class _Course:
    """How far it came, for its record."""

    now: datetime
    request_id: UUID = field(default_factory=uuid4)
    is_begun: bool = False
    """Whether something may be changed, or taken out, from now on."""
    named: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


async def _act(task: _Task, work: Work[Result]) -> Result:
    settings = Settings.from_environment()
    configure_logging("ERROR")  # the record goes to the store; here it would stand among the answer
    await require_current_records(settings.database_url)
    identity = await _identify(settings)
    store = await AuditStore.open(settings)
    course = _Course(datetime.now(UTC))

    async def begin() -> None:
        """Record it. Nothing is changed, and no byte is in a file, before that is durable."""
        duties = () if task.duty is None else (task.duty,)
        await store.append(_as_record(task, identity, course).as_begun(task.event, duties))
        course.is_begun = True

    try:
        async with (
            recording(store, lambda error: _as_record(task, identity, course, error)),
            _open(settings) as administration,
        ):
            return await _perform(task, identity, administration, work, course, begin)
    finally:
        await store.close()


async def _perform(
    task: _Task,
    identity: Identity,
    administration: Administration,
    work: Work[Result],
    course: _Course,
    begin: Callable[[], Awaitable[None]],
) -> Result:
    principal = _require_principal(identity)
    membership = _find_membership(principal, task)
    if task.event is Event.AUDIT_EXPORTED:
        await begin()
    opened = administration.changing(begin) if task.is_changing else administration.reading()
    async with opened as connection:
        author = Author.from_principal(principal)
        details = (membership, course.named, course.details)
        return await work(Acting(connection, membership.agency_id, author, course.now, *details))


def _find_membership(principal: Principal, task: _Task) -> Membership:
    if task.duty is not None:
        return require_right(principal, None, task.duty, task.act)
    if len(principal.memberships) != 1:
        raise AccessDeniedError("You are in several agencies, or in none.", hint="use a key of one agency")
    return principal.memberships[0]


async def _identify(settings: Settings) -> Identity:
    key = os.environ.get(KEY_VARIABLE)
    if not key:
        raise UnauthenticatedError(
            "No key was given.", hint=f"set {KEY_VARIABLE} to a key of the agency's administrator"
        )
    reader, engine = open_reader(settings.database_url, 1), create_engine(settings.database_url, 1)
    uses = KeyUses(engine)
    try:
        return await Identifier(reader, PolicyKeeper(reader), uses).identify(f"Bearer {key}")
    finally:
        with contextlib.suppress(DatabaseUnavailableError):
            await uses.flush()
        await engine.dispose()
        await reader.close()


def _require_principal(identity: Identity) -> Principal:
    if identity.principal is None:
        raise identity.refusal or UnauthenticatedError(
            "No valid key was given.", hint=f"put an administrator's key into {KEY_VARIABLE}"
        )
    return identity.principal


@contextlib.asynccontextmanager
async def _open(settings: Settings) -> AsyncGenerator[Administration]:
    engine = create_engine(settings.database_url, 1)
    try:
        yield Administration(engine, RecordedLog(locate_audit(settings)))
    finally:
        await engine.dispose()


def _as_record(task: _Task, identity: Identity, course: _Course, error: BaseException | None = None) -> AccessRecord:
    outcome, reason = find_ending(error)
    duties = () if task.duty is None else (task.duty,)
    event = task.event
    if isinstance(error, UnauthenticatedError):
        event = Event.AUTH_FAILED
    elif error is not None and (isinstance(error, RefusedError) or not course.is_begun):
        event = Event.ACCESS_DENIED if reason in DENIED_CODES else Event.ACCESS_REFUSED
    is_done = event is task.event
    return AccessRecord(
        at=course.now,
        event=event,
        outcome=outcome,
        reason=identity.reason or reason,
        caller=identity.caller,
        user_agent=f"louver/{__version__}",
        operation_name=task.name,
        coordinates={
            "returned": (*duties, *(f"{task.duty}/{each}" for each in course.named)) if is_done else (),
            "denied": duties if event is Event.ACCESS_DENIED else (),
            "masked": (),
            "suppressed": (),
        },
        variables=task.variables,
        details=course.details or None,
        request_id=course.request_id,
        replica=f"{socket.gethostname()}:{os.getpid()}",
    )
