"""What identity providers publish of themselves: endpoints and keys, fetched when needed, kept, and renewed rarely."""

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from joserfc.jwk import KeySet

from louver.authz.tokens import read_keys
from louver.errors import ProviderUnavailableError

FRESH_SECONDS = 3_600.0
"""How long keys are used without a look whether the provider still has them."""
RETRY_SECONDS = 60.0
"""How long after one fetch the next one waits, whatever comes in: a stranger's token must not make us ask for him."""
STALE_SECONDS = 86_400.0
"""How long keys are used when the provider does not answer."""
BYTES_MAX = 1_000_000
TIMEOUT_SECONDS = 5.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(slots=True)
class _Kept:
    document: Mapping[str, Any] = field(default_factory=dict)
    keys: KeySet = field(default_factory=lambda: KeySet([]))
    fetched_at: float | None = None
    tried_at: float | None = None


class KeySets:
    """Keeps them by issuer."""

    def __init__(self, client: httpx.AsyncClient | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.client = client or httpx.AsyncClient(
            timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False, verify=_read_trusted_roots()
        )
        self.fetches = 0
        self._clock = clock
        self._kept: defaultdict[str, _Kept] = defaultdict(_Kept)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get_keys(self, issuer: str, key_id: str | None) -> KeySet:
        """Get a provider's keys; if the one asked for is not among them, look whether there are new ones.

        Raises:
            ProviderUnavailableError: the provider does not answer, and there are none to go by.
        """
        kept = await self._refresh(issuer, lambda kept: self._is_fresh(kept) and _has(kept.keys, key_id))
        return kept.keys

    async def renew_keys(self, issuer: str) -> KeySet:
        """Get a provider's keys anew, unless they were fetched just now.

        Raises:
            ProviderUnavailableError: the provider does not answer, and there are none to go by.
        """
        return (await self._refresh(issuer, lambda kept: not self._may_try(kept))).keys

    async def get_endpoint(self, issuer: str, name: str) -> str:
        """Get the address of one of a provider's endpoints.

        Raises:
            ProviderUnavailableError: the provider does not answer, or has none.
        """
        kept = await self._refresh(issuer, self._is_fresh)
        return require_safe(kept.document.get(name))

    async def close(self) -> None:
        """Let go of the connections."""
        await self.client.aclose()

    async def _refresh(self, issuer: str, suffices: Callable[[_Kept], bool]) -> _Kept:
        kept = self._kept[issuer]
        if not suffices(kept):
            async with self._locks[issuer]:
                if not suffices(kept) and self._may_try(kept):
                    await self._fetch(issuer, kept)
        if kept.fetched_at is None or self._clock() - kept.fetched_at > STALE_SECONDS:
            raise _unavailable()
        return kept

    def _is_fresh(self, kept: _Kept) -> bool:
        return kept.fetched_at is not None and self._clock() - kept.fetched_at < FRESH_SECONDS

    def _may_try(self, kept: _Kept) -> bool:
        return kept.tried_at is None or self._clock() - kept.tried_at >= RETRY_SECONDS

    async def _fetch(self, issuer: str, kept: _Kept) -> None:
        """Fetch both; what cannot be fetched leaves the old ones in place."""
        kept.tried_at = self._clock()
        self.fetches += 1
        try:
            document = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if document.get("issuer") != issuer:  # Leak: another's description would bring another's keys
                return
            keys = read_keys(await self._get(require_safe(document.get("jwks_uri"))))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, ProviderUnavailableError):
            return
        if keys:
            kept.document, kept.keys, kept.fetched_at = document, keys, self._clock()

    async def _get(self, url: str) -> Mapping[str, Any]:
        body = bytearray()
        async with self.client.stream("GET", require_safe(url)) as response:
            response.raise_for_status()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > BYTES_MAX:
                    raise ValueError("too large")
        content = orjson.loads(bytes(body))
        if not isinstance(content, dict):
            raise ValueError("no object")  # noqa: TRY004 - of the answer, not of an argument
        return content


@cache
def _read_trusted_roots() -> ssl.SSLContext:
    """Read whom TLS trusts: once for all servers of a process, since it takes as long as to start one."""
    return httpx.create_ssl_context(trust_env=False)


def require_safe(url: Any) -> str:
    """Answer an address that may be asked: by TLS, or on this machine.

    Raises:
        ProviderUnavailableError: it is not one.
    """
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or not parts.hostname:
        raise _unavailable()
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise _unavailable()
    return str(url)


def _has(keys: KeySet, key_id: str | None) -> bool:
    return bool(keys) and (key_id is None or any(key.kid == key_id for key in keys))


def _unavailable() -> ProviderUnavailableError:
    return ProviderUnavailableError(
        "The agency's identity provider does not answer.", hint="try again; if it lasts, tell your agency's IT"
    )
