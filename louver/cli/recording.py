"""How a command is on record: before it changes something or takes it out, and once it has ended, whatever ends it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from louver.errors import LouverError, RefusedError
from louver.logging import AccessRecord, AuditStore, Outcome

Describe = Callable[[BaseException | None], AccessRecord]
"""Makes the record of what ended, with the error that ended it."""


@asynccontextmanager
async def recording(store: AuditStore, describe: Describe) -> AsyncGenerator[None]:
    """Record the end of a `with`: an interrupt and a full disk are ends too.

    Raises:
        AuditUnavailableError: it could not be recorded.
    """
    try:
        yield
    except BaseException as error:
        await store.append(describe(error))
        raise
    await store.append(describe(None))


def find_ending(error: BaseException | None) -> tuple[Outcome, str | None]:
    """Answer the outcome and the code for what ended a command."""
    match error:
        case None:
            return Outcome.ANSWERED, None
        case RefusedError():
            return Outcome.REFUSED, error.code
        case LouverError():
            return Outcome.UNAVAILABLE, error.code
        case Exception():
            return Outcome.ERROR, LouverError.code
        case _:
            return Outcome.ABANDONED, None
