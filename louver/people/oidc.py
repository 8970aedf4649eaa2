"""Log-in by an agency's own identity provider: OpenID Connect's authorization code with PKCE, state and nonce.

What has to be remembered between the two steps travels in `state`, sealed and bound to the browser's cookie: strangers
leave no rows in the store, and an answer that was meant for another browser opens nothing.
"""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import orjson

from louver.authz.sealing import Sealer
from louver.authz.session_tokens import SessionToken, draw_token
from louver.authz.tokens import TokenRefusedError, peek
from louver.errors import InvalidInputError, MisconfiguredError, ProviderUnavailableError
from louver.logging import Caller
from louver.people.bearers import admit, verify_by
from louver.people.key_sets import KeySets
from louver.people.providers import Provider, Providers, Vouched
from louver.people.standing import Member, Person
from louver.people.visits import refuse_login

_LASTS = timedelta(minutes=10)
_SCOPE = "openid email profile"


@dataclass(frozen=True, slots=True)
class Begun:
    """The first step: where the browser goes, and its cookie if it had none."""

    location: str
    token: SessionToken | None


@dataclass(frozen=True, slots=True)
class Oidc:
    """The two steps."""

    providers: Providers
    key_sets: KeySets
    sealer: Sealer
    public_url: str

    async def begin(self, name: str, token_hash: str | None, following: str | None, now: datetime) -> Begun:
        """Send a browser to the provider.

        Raises:
            InvalidInputError: there is no such provider, or the page to go to afterwards is not one of this site.
            ProviderUnavailableError: the provider does not answer.
        """
        provider = await self._get_provider(name)
        token = None if token_hash else draw_token()
        owner = token_hash or (token.token_hash if token else "")
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
        kept = {"n": name, "v": verifier, "o": nonce, "t": (now + _LASTS).timestamp(), "f": _require_local(following)}
        query = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": self._find_callback(name),
            "scope": _SCOPE,
            "state": self.sealer.seal(orjson.dumps(kept), owner.encode()),
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        endpoint = await self.key_sets.get_endpoint(provider.issuer, "authorization_endpoint")
        return Begun(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}", token)

    async def finish(
        self, name: str, token_hash: str | None, query: Mapping[str, str], now: datetime
    ) -> tuple[Provider, Person, Member, str | None]:
        """Take what the provider sent the browser back with; answer whom it vouches for, and where to go.

        Raises:
            LoginRefusedError: it was not meant for this browser, or vouches for nobody of the agency.
            ProviderUnavailableError: the provider does not answer.
        """
        kept = self._open_state(name, token_hash, query.get("state", ""), now)
        provider = await self._get_provider(name)
        caller = Caller(agency_id=provider.agency_id, key_prefix=f"idp_{name}", purpose="log-in")
        if "code" not in query:
            raise refuse_login(caller, "PROVIDER_REFUSED", message="The identity provider refused the log-in.")
        text = await self._redeem(provider, query["code"], kept["v"])
        found = await self._find(provider, text, kept["o"], now, caller)
        return provider, *found, kept["f"]

    async def _find(
        self, provider: Provider, text: str | None, nonce: str, now: datetime, caller: Caller
    ) -> tuple[Person, Member]:
        peeked = peek(text) if text else None
        if text is None or peeked is None:
            raise refuse_login(caller, "TOKEN_MISSING")
        try:
            agreed = provider.agree(str(provider.client_id), nonce)
            claims = await verify_by(self.key_sets, agreed, text, peeked, now)
        except TokenRefusedError as error:
            raise refuse_login(caller, error.reason) from error
        listed = await self.providers.list_vouched(provider.issuer, claims)
        vouched: Vouched | None = next((each for each in listed if each.provider.id == provider.id), None)
        found = admit(vouched, claims) if vouched else "PROVIDER_UNKNOWN"
        if isinstance(found, str):
            known = vouched.person.id if vouched and vouched.person else None
            raise refuse_login(replace(caller, principal_id=known), found)
        return found

    def _open_state(self, name: str, token_hash: str | None, state: str, now: datetime) -> dict[str, Any]:
        plain = self.sealer.open(state, token_hash.encode()) if token_hash else None
        kept: dict[str, Any] = orjson.loads(plain) if plain else {}
        if kept.get("n") != name or kept["t"] <= now.timestamp():
            raise refuse_login(Caller(purpose="log-in"), "STATE_WRONG")
        return kept

    async def _get_provider(self, name: str) -> Provider:
        provider = await self.providers.find(name) if self.public_url else None
        if provider is None or provider.client_id is None:
            raise InvalidInputError(
                "There is no log-in by an identity provider of this name.", hint="ask your agency's administrator"
            )
        return provider

    def _find_callback(self, name: str) -> str:
        """Leak: the address is the operator's to say; from the request's `Host` a stranger could choose it."""
        return f"{self.public_url.rstrip('/')}/auth/oidc/{name}/callback"

    async def _redeem(self, provider: Provider, code: str, verifier: str) -> str | None:
        """Trade the code for an ID token, from us to the provider."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._find_callback(provider.name),
            "code_verifier": verifier,
        }
        client_id, secret = str(provider.client_id), read_client_secret(provider.client_secret)
        # RFC 6749, section 2.3.1: both parts are encoded as in a form before they are joined.
        auth = httpx.BasicAuth(quote_plus(client_id), quote_plus(secret)) if secret else httpx.USE_CLIENT_DEFAULT
        form |= {} if secret else {"client_id": client_id}
        endpoint = await self.key_sets.get_endpoint(provider.issuer, "token_endpoint")
        try:
            response = await self.key_sets.client.post(endpoint, data=form, auth=auth)
            content = orjson.loads(response.content) if response.is_success else {}
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderUnavailableError(
                "The agency's identity provider does not answer.", hint="begin the log-in anew"
            ) from error
        text = content.get("id_token") if isinstance(content, dict) else None
        return text if isinstance(text, str) else None


def read_client_secret(reference: str | None) -> str | None:
    """Read the secret from where `env:NAME` or `file:/path` says that it is.

    Raises:
        MisconfiguredError: it is not there.
    """
    if reference is None:
        return None
    kind, _, place = reference.partition(":")
    try:
        secret = os.environ.get(place) if kind == "env" else Path(place).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        secret = None
    if not secret:
        raise MisconfiguredError(
            "the client secret of an identity provider is not where it should be",
            hint="see `louver provider list`: env:NAME is read from the environment, file:/path from a file",
        )
    return secret


def _require_local(path: str | None) -> str | None:
    r"""Leak: `//elsewhere` and `/\elsewhere` are other sites to a browser, and the way there would look like ours."""
    if path is None:
        return None
    if not path.startswith("/") or path[1:2] in {"/", "\\"} or not path.isprintable() or not path.isascii():
        raise InvalidInputError("`next` is not a page of this site.", hint="begin it with one slash")
    return path
