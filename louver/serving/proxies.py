"""Who is at the other end: what listed proxies say of it, and otherwise what the connection itself says."""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple

from louver.errors import InvalidInputError, MisconfiguredError
from louver.serving.forwarding import Hop, list_forwarded, list_x_forwarded

Address = IPv4Address | IPv6Address


ADDRESSES_KEPT = 10_000


class Told(NamedTuple):
    """What proxies say of the client: no address where they do not know it, no scheme where they do not say it."""

    address: str | None
    scheme: str | None


def client_address(scope: Mapping[str, Any]) -> str | None:
    """Answer the address that the log, allow-lists and sign-in go by; None where it is not known."""
    client = scope.get("client")
    return _spell_address(client[0]) if client else None


@lru_cache(ADDRESSES_KEPT)
def _spell_address(text: str) -> str:
    return str(_read_address(text) or text)


def is_loopback(text: str | None) -> bool:
    """Answer whether an address is this machine's own."""
    address = _read_address(text)
    return address is not None and address.is_loopback


class TrustedProxies:
    """The proxies whose word counts."""

    def __init__(self, text: str) -> None:
        """Read a list of networks, as `10.0.0.0/8, 2001:db8::7`.

        Raises:
            MisconfiguredError: one of them is no network.
        """
        self._networks = [_read_network(part) for part in text.replace(",", " ").split()]

    def resolve(self, scope: MutableMapping[str, Any]) -> None:
        """Put the client and the scheme that it used in place of the proxy's, where the proxy is trusted.

        Leak: from anybody else the same headers are only text; a key's allow-list would hold nobody back otherwise.

        Raises:
            InvalidInputError: the proxy says two different things, so one of them is the client's invention.
        """
        if not self._networks or not self._is_trusted(client_address(scope)):
            return
        told = self._agree(
            self._weigh(list_forwarded(scope["headers"])), self._weigh(list_x_forwarded(scope["headers"]))
        )
        if told is not None:
            scope["client"] = (told.address, 0) if told.address else None
            scope["scheme"] = told.scheme or scope["scheme"]

    def _agree(self, forwarded: Told | None, x_forwarded: Told | None) -> Told | None:
        if forwarded and x_forwarded and forwarded != x_forwarded:
            raise InvalidInputError(
                "Forwarded and X-Forwarded-For say different things.",
                hint="let the proxy set one of them and remove the other",
            )
        return forwarded or x_forwarded

    def _weigh(self, hops: Sequence[Hop]) -> Told | None:
        """Go back from us to the first that is no proxy of ours: what stands before it, it may have made up."""
        passed: list[Hop] = []
        for hop in reversed(hops):
            passed.append(hop)
            if not self._is_trusted(hop.address):
                break
        if not passed:
            return None
        address = _read_address(passed[-1].address)
        return Told(str(address) if address else None, _find_scheme(hop.scheme for hop in passed))

    def _is_trusted(self, text: str | None) -> bool:
        address = _read_address(text)
        return address is not None and any(address in network for network in self._networks)


def _find_scheme(schemes: Iterable[str]) -> str | None:
    """Answer the weakest: a request that went one hop in the clear was not secure."""
    said = {scheme for scheme in schemes if scheme}
    return ("https" if said == {"https"} else "http") if said else None


@lru_cache(1024)
def _read_address(text: str | None) -> Address | None:
    """Read an address with or without its port. One of IPv4 that comes as IPv6 is the same address."""
    text = (text or "").strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _read_network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise MisconfiguredError(
            f"LOUVER_TRUSTED_PROXIES: {text} is no network",
            hint="list addresses or networks with their host bits zero, as 10.1.2.3, 10.0.0.0/8",
        ) from error
