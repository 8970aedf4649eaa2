"""Addresses that a key may be used from: networks in CIDR form, IPv4 and IPv6."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
_LISTS_KEPT = 4096
_MAPPED = IPv6Network("::ffff:0:0/96")


def parse_network(text: str) -> str:
    """Read `192.0.2.0/24`, `2001:db8::/32` or a single address, and write it in one form.

    Raises:
        ValueError: it is none, or has bits outside of its mask, or is every address there is.
    """
    network = _unmap(ip_network(text.strip()))
    if network.prefixlen == 0:
        raise ValueError("it is every address")
    return str(network)


def admits(networks: Iterable[str], address: str | None) -> bool:
    """Tell whether an address is in one of the networks.

    Leak: an address that nobody can tell is in none, and of a list that nobody can read all are closed.
    """
    try:
        client, known = ip_address(address or ""), _read(tuple(networks))
    except ValueError:
        return False
    if isinstance(client, IPv6Address) and client.ipv4_mapped is not None:
        client = client.ipv4_mapped
    return any(client in network for network in known)


@lru_cache(_LISTS_KEPT)
def _read(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(map(ip_network, networks))


def _unmap(network: Network) -> Network:
    """Take the IPv4 network out of one that is mapped into IPv6, as a socket for both writes it."""
    if not isinstance(network, IPv6Network) or not network.subnet_of(_MAPPED):
        return network
    address = network.network_address.ipv4_mapped
    return ip_network((str(address), network.prefixlen - _MAPPED.prefixlen))
