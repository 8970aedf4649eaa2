"""From a request's credential to a principal, checked against the store each time: who is out is out at once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

from louver.authz.addresses import admits
from louver.authz.grants import Opened, open_grants
from louver.authz.keys import PresentedKey, matches, parse_key
from louver.authz.principals import Budget, Membership, Principal, key_roles
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import DeniedMode, PrincipalKind, Role, Safelist
from louver.db.codes import Module, PersonStatus
from louver.db.reader import Reader
from louver.errors import REFERRAL, LouverError, PolicyStaleError, UnauthenticatedError
from louver.keys import KEYS_KEPT, Key, Keys
from louver.logging import Caller
from louver.policy import PolicyKeeper
from louver.resolvers.cache import Latest
from louver.uses import KeyUses

_SCHEME = "bearer "
_NOT_ACCEPTED = "No valid key was sent."
_HOW_TO_SEND = "send a key of your agency as `Authorization: Bearer lvr_…`"
_WHOM_TO_ASK = "ask your agency's administrator for what is stored about you"
_NEW_KEY = "ask your agency's administrator for a new key"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a credential came to: a principal, or a refusal; and in either case what the log says of it."""

    caller: Caller
    principal: Principal | None = None
    refusal: LouverError | None = None
    reason: str | None = None
    """Why it was refused, for the log alone."""


class Identifier:
    """Turns the `Authorization` header into an identity, with one statement a request."""

    def __init__(self, reader: Reader, keeper: PolicyKeeper, uses: KeyUses | None = None) -> None:
        self._keys = Keys(reader)
        self._keeper = keeper
        self._uses = uses
        self._admitted: Latest[Identity] = Latest(KEYS_KEPT)

    async def identify(self, authorization: str | None, address: str | None = None) -> Identity:
        """Identify whoever sent the header from the address.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        presented = _parse(authorization)
        if presented is None:
            return _refuse(Caller(), "CREDENTIAL_MALFORMED" if authorization else "CREDENTIAL_MISSING")
        now = datetime.now(UTC)
        key = await self._keys.find(presented.prefix)
        if not matches(presented, key.secret_hash if key else None) or key is None:
            # Leak: one answer for an unknown key and a wrong secret, or the ids of keys could be found by trying.
            return _refuse(Caller(key_prefix=presented.prefix), "KEY_WRONG" if key else "KEY_UNKNOWN")
        lapse = _find_lapse(key, now) or _find_stranger(key, address)
        if lapse is None and self._uses is not None:
            self._uses.note(key.agency_id, key.id, now, address)
        return lapse or await self._admit(key)

    async def _admit(self, key: Key) -> Identity:
        try:
            snapshot = await self._keeper.get(key.agency_id, key.policy_version)
        except PolicyStaleError as error:
            return Identity(_describe(key, _find_standing(key)[0]), refusal=error)
        return self._admitted.get_or_make(key.id, (key, snapshot), partial(_admit, key, snapshot))


def _admit(key: Key, snapshot: Snapshot) -> Identity:
    """Make the principal of a key that is accepted; it depends on these two alone."""
    roles, modules, opened = _find_standing(key)
    rights = snapshot.rights(
        key.agency_id,
        roles,
        scopes=opened.scopes,
        narrowed=opened.narrowed,
        modules=modules,
        subscription=key.subscription,
    )
    membership = Membership(
        agency_id=key.agency_id,
        rights=rights,
        unit_ids=key.unit_ids,
        officer_id=key.officer_id,
        small_cell_minimum=key.small_cell_minimum,
        trainings_cycle=_find_cycle(key),
        granted_officers=opened.officers,
        granted_incidents=opened.incidents,
    )
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
            person_id=key.person_id,
            grants=frozenset(grant.id for grant in key.grants),
            budget=Budget(key.rate_per_minute, key.cost_per_minute),
            safelist=Safelist(key.safelist or Safelist.OFF),
        ),
    )


def read_bearer(authorization: str | None) -> str | None:
    """Read what the header bears; None where it is of another scheme, or not there."""
    if authorization is None or authorization[: len(_SCHEME)].lower() != _SCHEME:
        return None
    return authorization[len(_SCHEME) :].strip()


def _parse(authorization: str | None) -> PresentedKey | None:
    text = read_bearer(authorization)
    return None if text is None else parse_key(text)


def _find_standing(key: Key) -> tuple[frozenset[str], list[str], Opened]:
    """Answer roles, modules and scopes that count now: vendor support has none without a live grant of the agency's."""
    modules = [str(module) for module in key.modules]
    if key.is_partner:
        # Leak: a partner's key that lost its scopes opens nothing, and not all of its template.
        return key_roles(key.role, is_partner=True), modules, Opened(key.scopes or ())
    if key.role != Role.SUPPORT:
        return frozenset({key.role}), modules, Opened(key.scopes)
    if not key.grants:
        return frozenset(), [], Opened(key.scopes)
    if not any(grant.includes_uof for grant in key.grants):
        modules = [module for module in modules if module != Module.UOF]
    return frozenset({key.role}), modules, open_grants(key.grants, key.scopes)


def _find_cycle(key: Key) -> tuple[date, date] | None:
    """Answer the training cycle that was granted. Leak: an open end would grant what was never named."""
    if key.trainings_from is None or key.trainings_to is None:
        return None
    return key.trainings_from, key.trainings_to


def _find_lapse(key: Key, now: datetime) -> Identity | None:
    """Say why a key whose secret was right is not accepted any more; whoever sends it has proved that it is theirs."""
    if key.revoked_at is not None and key.revoked_at <= now:
        return _refuse(_describe(key), "KEY_REVOKED", "This key was revoked.", _NEW_KEY)
    if key.expires_at is None or key.expires_at <= now:
        return _refuse(_describe(key), "KEY_EXPIRED", "This key has expired.", _NEW_KEY)
    if key.person_status not in {None, PersonStatus.ACTIVE}:
        closed = "The account that this key acts for is closed."
        return _refuse(_describe(key), "PERSON_DEACTIVATED", closed, _WHOM_TO_ASK, referral=REFERRAL)
    return None


def _find_stranger(key: Key, address: str | None) -> Identity | None:
    """Say that a key is sent from where it may not be used; the address is in the log, and not in the answer."""
    if key.allowed_addresses is None or admits(key.allowed_addresses, address):
        return None
    hint = "send it from one of the networks that it was issued for, or " + _NEW_KEY
    return _refuse(_describe(key), "KEY_ADDRESS", "This key is not accepted from this address.", hint)


def _describe(key: Key, roles: frozenset[str] = frozenset()) -> Caller:
    is_support, tickets = key.role == Role.SUPPORT, sorted({grant.ticket for grant in key.grants})
    return Caller(
        principal_id=key.id,
        principal_kind=PrincipalKind.SUPPORT if is_support else PrincipalKind.KEY,
        roles=tuple(sorted(roles)),
        key_prefix=key.prefix,
        agency_id=key.agency_id,
        on_behalf_of=f"person_{key.person_id.hex}" if key.person_id else None,
        purpose=f"support ticket {', '.join(tickets)}" if tickets else key.purpose,
    )


def _refuse(
    caller: Caller, reason: str, message: str = _NOT_ACCEPTED, hint: str = _HOW_TO_SEND, **details: str
) -> Identity:
    return Identity(caller, refusal=UnauthenticatedError(message, hint=hint, **details), reason=reason)
