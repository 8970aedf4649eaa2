"""Reads what proxies add to a request: `X-Forwarded-For` and `-Proto`, or `Forwarded` of RFC 7239."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Headers = Iterable[tuple[bytes, bytes]]

_TEXT_MAX = 4_096
_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_PAIR = re.compile(r'\s*(for|proto)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s"]*)\s*(?:;|$)', re.IGNORECASE)
_UNKNOWN = "unknown"


class Hop(NamedTuple):
    """What one proxy said of whom it was asked by; an empty text where it said nothing."""

    address: str
    scheme: str


def is_forwarded(headers: Headers) -> bool:
    """Answer whether somebody claims to have passed this on."""
    return any(name == b"forwarded" or name.startswith(b"x-forwarded-") for name, _ in headers)


def list_x_forwarded(headers: Headers) -> list[Hop]:
    """List the hops, the client's end first. The scheme is said once for all of them."""
    headers = list(headers)
    addresses = _split(_join(headers, b"x-forwarded-for"))
    schemes = {part.lower() for part in _split(_join(headers, b"x-forwarded-proto"))}
    scheme = schemes.pop() if len(schemes) == 1 else "mixed" if schemes else ""
    if scheme and not addresses:
        addresses = [_UNKNOWN]
    return [Hop(address, scheme) for address in addresses]


def list_forwarded(headers: Headers) -> list[Hop]:
    """List the hops, the client's end first."""
    return [_read_element(element) for element in _ELEMENT.findall(_join(headers, b"forwarded"))]


def _read_element(element: str) -> Hop:
    pairs = {name.lower(): value.strip('"') for name, value in _PAIR.findall(element)}
    return Hop(pairs.get("for", _UNKNOWN), pairs.get("proto", "").lower())


def _join(headers: Headers, name: bytes) -> str:
    """Join what may come in several lines. Too much of it tells nothing."""
    text = ",".join(value.decode("latin-1") for each, value in headers if each == name)
    return text if len(text) <= _TEXT_MAX else _UNKNOWN


def _split(text: str) -> Sequence[str]:
    return [part for each in text.split(",") if (part := each.strip())]
