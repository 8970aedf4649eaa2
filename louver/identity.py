"""From a request's credential to a principal, checked against the store each time: who is out is out at once."""

from dataclasses import dataclass
from datetime import UTC, datetime

from louver.authz.keys import PresentedKey, matches, parse_key
from louver.authz.principals import Membership, Principal
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import DeniedMode, PrincipalKind, Role
from louver.db.codes import Module, PersonStatus
from louver.db.reader import Reader
from louver.errors import UnauthenticatedError
from louver.keys import Key, Keys
from louver.logging import Caller

_SCHEME = "bearer "
_NOT_ACCEPTED = "No valid key was sent."
_HOW_TO_SEND = "send a key of your agency as `Authorization: Bearer lvr_…`"
_NEW_KEY = "ask your agency's administrator for a new key"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a credential came to: a principal, or a refusal; and in either case what the log says of it."""

    caller: Caller
    principal: Principal | None = None
    refusal: UnauthenticatedError | None = None
    reason: str | None = None
    """Why it was refused, for the log alone."""


class Identifier:
    """Turns the `Authorization` header into an identity, with one statement a request."""

    def __init__(self, reader: Reader, snapshot: Snapshot) -> None:
        self._keys = Keys(reader)
        self._snapshot = snapshot

    async def identify(self, authorization: str | None) -> Identity:
        """Identify.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        presented = _parse(authorization)
        if presented is None:
            return _refuse(Caller(), "CREDENTIAL_MALFORMED" if authorization else "CREDENTIAL_MISSING")
        now = datetime.now(UTC)
        key = await self._keys.find(presented.prefix, now)
        if not matches(presented, key.secret_hash if key else None) or key is None:
            # Leak: one answer for an unknown key and a wrong secret, or the ids of keys could be found by trying.
            return _refuse(Caller(key_prefix=presented.prefix), "KEY_WRONG" if key else "KEY_UNKNOWN")
        return _find_lapse(key, now) or self._admit(key)

    def _admit(self, key: Key) -> Identity:
        roles, modules = _find_standing(key)
        rights = self._snapshot.rights(
            key.agency_id, roles, scopes=key.scopes, modules=modules, subscription=key.subscription
        )
        units = frozenset([key.unit_id] if key.unit_id else ())
        membership = Membership(key.agency_id, rights, units, key.officer_id, key.small_cell_minimum)
        caller = _describe(key, roles)
        return Identity(
            caller,
            Principal(
                kind=PrincipalKind(str(caller.principal_kind)),
                id=key.id,
                label=key.prefix,
                memberships=(membership,),
                purpose=caller.purpose,
                denied_mode=DeniedMode(key.denied_mode or DeniedMode.ERRORS),
            ),
        )


def _parse(authorization: str | None) -> PresentedKey | None:
    if authorization is None or authorization[: len(_SCHEME)].lower() != _SCHEME:
        return None
    return parse_key(authorization[len(_SCHEME) :].strip())


def _find_standing(key: Key) -> tuple[frozenset[str], list[str]]:
    """Answer the roles and modules that count now: vendor support has none without a live grant of the agency's."""
    modules = [str(module) for module in key.modules]
    if key.role != Role.SUPPORT:
        return frozenset({key.role}), modules
    if key.grant_ticket is None:
        return frozenset(), []
    if not key.grant_includes_uof:
        modules = [module for module in modules if module != Module.UOF]
    return frozenset({key.role}), modules


def _find_lapse(key: Key, now: datetime) -> Identity | None:
    """Say why a key whose secret was right is not accepted any more; whoever sends it has proved that it is theirs."""
    if key.revoked_at is not None and key.revoked_at <= now:
        return _refuse(_describe(key), "KEY_REVOKED", "This key was revoked.", _NEW_KEY)
    if key.expires_at is not None and key.expires_at <= now:
        return _refuse(_describe(key), "KEY_EXPIRED", "This key has expired.", _NEW_KEY)
    if key.person_status not in {None, PersonStatus.ACTIVE}:
        return _refuse(_describe(key), "PERSON_DEACTIVATED", "The account that this key acts for is closed.", _NEW_KEY)
    return None


def _describe(key: Key, roles: frozenset[str] = frozenset()) -> Caller:
    is_support = key.role == Role.SUPPORT
    return Caller(
        principal_id=key.id,
        principal_kind=PrincipalKind.SUPPORT if is_support else PrincipalKind.KEY,
        roles=tuple(sorted(roles)),
        key_prefix=key.prefix,
        agency_id=key.agency_id,
        on_behalf_of=f"person_{key.person_id.hex}" if key.person_id else None,
        purpose=f"support ticket {key.grant_ticket}" if is_support and key.grant_ticket else key.purpose,
    )


def _refuse(caller: Caller, reason: str, message: str = _NOT_ACCEPTED, hint: str = _HOW_TO_SEND) -> Identity:
    return Identity(caller, refusal=UnauthenticatedError(message, hint=hint), reason=reason)
