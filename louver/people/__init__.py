"""People: log-in, second factor, sessions. `open_people` opens what a server needs for them."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from louver.authz.password_rules import read_banned
from louver.authz.passwords import Passwords
from louver.authz.sealing import Sealer
from louver.db.reader import Reader
from louver.errors import MisconfiguredError
from louver.identity import Identifier
from louver.logging import AuditStore, ValueDigest
from louver.people.accounts import Accounts
from louver.people.bearers import Bearers
from louver.people.door import Door
from louver.people.key_sets import KeySets
from louver.people.office import Office, digest_name
from louver.people.oidc import Oidc
from louver.people.oidc_routes import OidcDesk
from louver.people.providers import Providers
from louver.people.routes import Desk
from louver.people.sessions import Sessions
from louver.policy import PolicyKeeper
from louver.secret import derive_key
from louver.settings import Settings

__all__ = ["People", "digest_login_name", "open_people"]

_NAMES = "log-in names"


@dataclass(frozen=True, slots=True)
class People:
    """What a server opens for people."""

    door: Door
    desk: Desk


def open_people(
    settings: Settings, stack: AsyncExitStack, *, keys: Identifier, reader: Reader, engine: AsyncEngine,
    keeper: PolicyKeeper, store: AuditStore, digest: ValueDigest, replica: str, secret: str,
) -> People:  # fmt: skip
    """Open everything; the stack closes it.

    Raises:
        MisconfiguredError: a setting is not as it must be.
    """
    office = _build_office(settings, reader, engine, secret)
    stack.callback(office.passwords.close)
    key_sets, providers = KeySets(), Providers(reader)
    stack.push_async_callback(key_sets.close)
    door = Door(keys, Bearers(providers, key_sets, keeper), office, keeper)
    stack.push_async_callback(door.close)
    oidc = Oidc(providers, key_sets, Sealer(derive_key(secret, "log-in states")), settings.public_url)
    return People(door, Desk(office, OidcDesk(office, oidc), store, digest, replica))


def _build_office(settings: Settings, reader: Reader, engine: AsyncEngine, secret: str) -> Office:
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
