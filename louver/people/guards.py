"""Bad log-ons counted: five under one name within fifteen minutes close it for fifteen more (CJIS AC-7).

Counted by name, whether or not anybody has it, so that being locked tells nothing of an account. Each try is counted
before it is checked and taken back if it was right: tries at the same moment cannot be more than the count allows.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.db.people import LogonGuardRow
from louver.db.types import as_instant_text

TRIES = 5
WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)
_PRUNED_AT_ONCE = 100


class Claim(NamedTuple):
    """One try, counted as bad until it is taken back."""

    digest: str
    at: datetime
    is_last: bool
    """If it is bad, the name is locked."""


async def claim_try(connection: AsyncConnection, digest: str, now: datetime) -> Claim | None:
    """Count a try; None if the name is locked."""
    row = LogonGuardRow
    await _ensure_row(connection, digest, now)
    found = await connection.execute(select(row.bad_at, row.locked_until).where(row.digest == digest).with_for_update())
    bad_at, locked_until = found.one()
    if locked_until is not None and locked_until > now:
        return None
    recent = [*(text for text in bad_at if datetime.fromisoformat(text) > now - WINDOW), as_instant_text(now)]
    is_last = len(recent) >= TRIES
    values = {"bad_at": recent, "last_at": now, "locked_until": now + LOCK if is_last else None}
    await connection.execute(update(row).where(row.digest == digest).values(values))
    return Claim(digest, now.astimezone(UTC), is_last)


async def release_try(connection: AsyncConnection, claim: Claim) -> None:
    """Take one try back. Those before it stay: a right password is half of a log-in and clears nothing."""
    row = LogonGuardRow
    found = await connection.execute(select(row.bad_at).where(row.digest == claim.digest).with_for_update())
    bad_at = list(found.scalar_one())
    if (text := as_instant_text(claim.at)) in bad_at:
        bad_at.remove(text)
    values = {"bad_at": bad_at} | ({"locked_until": None} if len(bad_at) < TRIES else {})
    await connection.execute(update(row).where(row.digest == claim.digest).values(values))


async def clear_tries(connection: AsyncConnection, digest: str) -> None:
    """Forget them: a whole log-in succeeded, or an administrator opened the lock."""
    await connection.execute(delete(LogonGuardRow).where(LogonGuardRow.digest == digest))


async def prune_guards(connection: AsyncConnection, now: datetime) -> None:
    """Forget some names of which nothing counts any more."""
    row = LogonGuardRow
    is_over = (row.last_at < now - WINDOW) & or_(row.locked_until.is_(None), row.locked_until < now)
    old = select(row.digest).where(is_over).limit(_PRUNED_AT_ONCE).with_for_update(skip_locked=True)
    await connection.execute(delete(row).where(row.digest.in_(old)))


async def _ensure_row(connection: AsyncConnection, digest: str, now: datetime) -> None:
    values = {"digest": digest, "bad_at": [], "last_at": now, "locked_until": None}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(LogonGuardRow).values(values).on_conflict_do_nothing()
    await connection.execute(statement)
