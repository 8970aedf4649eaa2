"""Where the access records are kept, from the settings."""

from pathlib import PurePath

from louver.errors import MisconfiguredError
from louver.settings import Settings

AUDIT_FILE = "audit.db"
SQLITE_PREFIX = "sqlite:///"
_PREFIXES = (SQLITE_PREFIX, "postgresql://", "postgres://")


def locate_audit(settings: Settings) -> str:
    """Answer the store's URL: `LOUVER_AUDIT_URL`, or beside the records.

    On SQLite a file of its own: one file has one writer at a time, and an answer must not wait for an import.

    Raises:
        MisconfiguredError: the URL names no engine that can hold the log.
    """
    url = settings.audit_url or settings.database_url
    if not url.startswith(_PREFIXES) or url == SQLITE_PREFIX:
        raise MisconfiguredError(
            "the URL of the access records is not one that Louver knows",
            hint="set LOUVER_AUDIT_URL to sqlite:///path/to/file.db or postgresql://user@host/database, or unset it",
        )
    if settings.audit_url or not url.startswith(SQLITE_PREFIX):
        return url
    return SQLITE_PREFIX + str(PurePath(url.removeprefix(SQLITE_PREFIX)).with_name(AUDIT_FILE))
