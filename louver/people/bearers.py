"""Bearer tokens of an agency's own identity provider: never more than its configuration maps, never another agency."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc.jwk import KeySet

from louver.authz.claims import find_roles, is_unverified
from louver.authz.tokens import Agreed, Peeked, TokenRefusedError, peek, verify
from louver.errors import PolicyStaleError, ProviderUnavailableError, UnauthenticatedError
from louver.identity import Identity, read_bearer
from louver.logging import Caller
from louver.people.key_sets import KeySets
from louver.people.providers import Provider, Providers, Vouched
from louver.people.standing import Member, Person, build_principal, describe
from louver.policy import PolicyKeeper

_FORM = "eyJ"
"""How the first part of every token begins: `{"` in base 64."""


def find_token(authorization: str | None) -> str | None:
    """Find a token in the header; None where there is something else, such as a key."""
    text = read_bearer(authorization)
    return text if text is not None and text.startswith(_FORM) else None


class Bearers:
    """Turns a token into an identity, with one statement."""

    def __init__(self, providers: Providers, key_sets: KeySets, keeper: PolicyKeeper) -> None:
        self._providers = providers
        self._key_sets = key_sets
        self._keeper = keeper

    async def identify(self, text: str, now: datetime) -> Identity:
        """Identify.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        peeked = peek(text)
        issuer = peeked.find_text("iss") if peeked else None
        if peeked is None or issuer is None:
            return _refuse(Caller(), "CREDENTIAL_MALFORMED")
        vouched = _choose(await self._providers.list_vouched(issuer, peeked.claims), peeked)
        if vouched is None:
            return _refuse(Caller(), "PROVIDER_UNKNOWN")
        provider = vouched.provider
        caller = Caller(agency_id=provider.agency_id, key_prefix=f"idp_{provider.name}")
        try:
            claims = await verify_by(self._key_sets, provider.agree(str(provider.audience)), text, peeked, now)
        except ProviderUnavailableError as error:
            return Identity(caller, refusal=error)
        except TokenRefusedError as error:
            return _refuse(caller, error.reason)
        found = admit(vouched, claims)
        return _refuse(caller, found) if isinstance(found, str) else await self._admit(provider, *found)

    async def _admit(self, provider: Provider, person: Person, member: Member) -> Identity:
        caller = describe(person, [member], f"idp_{provider.name}")
        try:
            return Identity(caller, await build_principal(person, [member], caller, self._keeper))
        except PolicyStaleError as error:
            return Identity(caller, refusal=error)


async def verify_by(key_sets: KeySets, agreed: Agreed, text: str, peeked: Peeked, now: datetime) -> Mapping[str, Any]:
    """Verify a token by its issuer's keys.

    Raises:
        TokenRefusedError: it is not what was agreed on.
        ProviderUnavailableError: the keys cannot be had.
    """
    # Leak: what could never be taken must not make us ask the provider for it.
    if peeked.algorithm not in agreed.algorithms:
        raise TokenRefusedError("TOKEN_ALGORITHM")
    keys: KeySet = await key_sets.get_keys(agreed.issuer, peeked.key_id)
    try:
        return verify(text, keys, agreed, now)
    except TokenRefusedError as error:
        if error.reason != "TOKEN_SIGNATURE" or peeked.key_id is not None:
            raise
        # A token without a key's id does not say that it is by a key that we have not seen.
        newer = await key_sets.renew_keys(agreed.issuer)
        if newer is keys:
            raise
        return verify(text, newer, agreed, now)


def admit(vouched: Vouched, claims: Mapping[str, Any]) -> tuple[Person, Member] | str:
    """Answer who comes in and as what, by claims that are verified; or why nobody does, for the log."""
    provider, person, member = vouched
    if is_unverified(claims):
        return "EMAIL_UNVERIFIED"
    if person is None or member is None:
        return "PERSON_UNKNOWN"
    if not person.is_active:
        return "PERSON_DEACTIVATED"
    narrowed = member.narrow(sorted(find_roles(claims, provider.roles_claim, provider.roles_by_value)))
    return (person, narrowed) if narrowed.roles else "TOKEN_WITHOUT_ROLE"


def _choose(found: list[Vouched], peeked: Peeked) -> Vouched | None:
    """Leak: agencies may share an issuer; whose token it is, its audience says, and two that agree are none."""
    fitting = [each for each in found if each.provider.audience in peeked.audiences]
    return fitting[0] if len(fitting) == 1 else None


def _refuse(caller: Caller, reason: str) -> Identity:
    error = UnauthenticatedError(
        "The token is not accepted.",
        hint="get a new one from your agency's identity provider; the agency's log says what was wrong with this one",
    )
    return Identity(caller, refusal=error, reason=reason)
