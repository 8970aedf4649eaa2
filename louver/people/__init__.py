"""People: log-in, second factor, sessions. `build_office` makes what they share."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from louver.authz.password_rules import read_banned
from louver.authz.passwords import Passwords
from louver.authz.sealing import Sealer
from louver.db.reader import Reader
from louver.errors import MisconfiguredError
from louver.people.accounts import Accounts
from louver.people.door import Door
from louver.people.office import Office, digest_name
from louver.people.routes import Desk
from louver.people.sessions import Sessions
from louver.secret import derive_key
from louver.settings import Settings

__all__ = ["Desk", "Door", "Office", "build_office", "digest_login_name"]

_NAMES = "log-in names"


def build_office(settings: Settings, reader: Reader, engine: AsyncEngine, secret: str) -> Office:
    """Make what every step of a log-in works with.

    Raises:
        MisconfiguredError: the list of banned passwords cannot be read.
    """
    return Office(
        engine=engine,
        accounts=Accounts(reader),
        sessions=Sessions(reader),
        passwords=Passwords(),
        sealer=Sealer(derive_key(secret, "second factors")),
        digest_key=derive_key(secret, _NAMES),
        banned=_read_banned(settings.banned_passwords),
        idle=timedelta(minutes=settings.session_idle_minutes),
        life=timedelta(hours=settings.session_hours),
    )


def digest_login_name(secret: str, email: str) -> str:
    """Answer the digest under which log-ons with this address are counted."""
    return digest_name(derive_key(secret, _NAMES), "email", email)


def _read_banned(path: str) -> frozenset[str]:
    try:
        return read_banned(Path(path).read_text(encoding="utf-8")) if path else frozenset()
    except (OSError, UnicodeError) as error:
        raise MisconfiguredError(
            "the list of banned passwords cannot be read",
            hint="set LOUVER_BANNED_PASSWORDS to a UTF-8 file with one password a line, or unset it",
        ) from error
