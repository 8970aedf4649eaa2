"""The one cookie: a random token and nothing else, for as long as the browser is open."""

from collections.abc import Mapping

NAME = "__Host-louver"
"""The prefix makes browsers refuse it from a sub-domain, over plain HTTP, or for a part of the site."""
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


def read_cookie(headers: Mapping[str, str]) -> str | None:
    """Read the token; empty where the cookie came twice.

    Leak: of two cookies one would be checked here and the other set by somebody else.
    """
    parts = [part.strip().partition("=") for part in headers.get("cookie", "").replace(",", ";").split(";")]
    found = [value for name, _, value in parts if name == NAME]
    return (found[0] if len(found) == 1 else "") if found else None


def write_cookie(token: str) -> str:
    """Write the header that sets it."""
    return f"{NAME}={token}; {_ATTRIBUTES}"


def clear_cookie() -> str:
    """Write the header that takes it away."""
    return f"{NAME}=; {_ATTRIBUTES}; Max-Age=0"
