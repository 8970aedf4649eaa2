"""The two stores together, records and log: both are brought up to date, and checked, in one place."""

from pathlib import Path

from louver.db import migrate as records
from louver.db.engine import begin_writing, create_engine
from louver.errors import DatabaseUnavailableError, MisconfiguredError
from louver.logging import AuditStore
from louver.logging import migrate as log
from louver.logging.location import SQLITE_PREFIX, locate_audit
from louver.settings import Settings

_UPGRADE = "run `louver db upgrade`"


async def upgrade_stores(settings: Settings) -> None:
    """Create or migrate both.

    Raises:
        DatabaseUnavailableError: one did not answer.
    """
    engine = create_engine(settings.database_url)
    try:
        await records.upgrade(engine)
    finally:
        await engine.dispose()
    await _upgrade_log(locate_audit(settings))


async def _upgrade_log(url: str) -> None:
    if url.startswith(SQLITE_PREFIX):
        Path(url.removeprefix(SQLITE_PREFIX)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    try:
        async with begin_writing(engine) as connection:
            await log.upgrade(connection)
    finally:
        await engine.dispose()


async def require_current_stores(settings: Settings) -> None:
    """Check what a server cannot do without, before it says that it is up.

    Raises:
        MisconfiguredError: a store is missing, unreachable or not at this version's schema.
    """
    await require_current_records(settings.database_url)
    store = await AuditStore.open(settings)
    await store.close()


async def require_current_records(url: str) -> None:
    """Check the store of records alone.

    Raises:
        MisconfiguredError: it is missing, unreachable or not at this version's schema.
    """
    # A missing SQLite file would be made by opening it, and the server would then serve an empty agency list.
    if _is_missing_file(url):
        raise MisconfiguredError("there is no database where LOUVER_DATABASE_URL points", hint=_UPGRADE)
    engine = create_engine(url)
    try:
        found = await records.find_revision(engine)
    except DatabaseUnavailableError as error:
        raise MisconfiguredError(
            "the database cannot be reached", hint="start it, or set LOUVER_DATABASE_URL"
        ) from error
    finally:
        await engine.dispose()
    if found != records.get_newest_revision():
        raise MisconfiguredError("the database is not at this version's schema", hint=_UPGRADE)


def _is_missing_file(url: str) -> bool:
    return url.startswith(SQLITE_PREFIX) and not Path(url.removeprefix(SQLITE_PREFIX)).is_file()
