"""Which errors of the drivers mean that the database is not there, as against a mistake of ours."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from louver.errors import DatabaseUnavailableError

_POSTGRES_FAILURES = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.PostgresSystemError,
)
_SQLITE_FAILURES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
_PRIMARY_CODE = 0xFF
"""SQLite's extended codes hold the primary code in their low byte."""


@contextmanager
def unavailable_on_failure(*, is_reported: bool = False) -> Generator[None]:
    """Turn a failure of the database into `DatabaseUnavailableError`; any other error passes as it is.

    Around code that does other things too, only what is reported as the database's counts: a file that the code
    cannot read is no outage.
    """
    is_failure = is_reported_failure if is_reported else is_database_failure
    try:
        yield
    except Exception as error:
        if is_failure(error):
            raise report_outage() from error
        raise


def report_outage() -> DatabaseUnavailableError:
    """Say that the database is not there."""
    return DatabaseUnavailableError("the database did not answer", hint="try again later")


def is_database_failure(error: BaseException) -> bool:
    """Whether the database failed, and not the statement that it was given."""
    return is_reported_failure(error) or isinstance(error, OSError)


def is_reported_failure(error: BaseException) -> bool:
    """Whether a driver or SQLAlchemy itself says that the database failed."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return (
            error.connection_invalidated or is_database_failure(error.orig) or is_database_failure(_cause(error.orig))
        )
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE in _SQLITE_FAILURES
    return isinstance(error, (PoolTimeoutError, *_POSTGRES_FAILURES))


def _cause(error: BaseException) -> BaseException:
    """Find the driver's own error under SQLAlchemy's rendering of it."""
    return error.__cause__ or error
