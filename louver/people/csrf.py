"""Requests that a browser makes on behalf of another site: told apart, because they carry the cookie too."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from louver.errors import AccessDeniedError

HEADERS = (
    "louver-csrf",
    "apollo-require-preflight",
    "x-apollo-operation-name",
    "graphql-require-preflight",
    "graphql-preflight",
    "x-graphql-yoga-csrf",
    "x-requested-with",
)
"""Ours, and those that GraphQL clients in the field can be told to send. No page can send one to another site without
asking first, and nobody here says yes. Any value does."""
_OWN = frozenset({"same-origin", "none"})


def require_own_site(headers: Mapping[str, str]) -> None:
    """Refuse a request with the cookie unless a page of this site, or no page at all, sent it.

    Raises:
        AccessDeniedError: another site did, or it cannot be told.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in _OWN:
        raise _refuse("The request comes from another site.")
    if origin is not None and not _is_own(origin, headers.get("host")):
        raise _refuse("The request comes from another origin.")
    if not any(headers.get(name) for name in HEADERS):
        raise _refuse("The request could have been made by another site.")


def _is_own(origin: str, host: str | None) -> bool:
    """Leak: `null`, the origin of a sandboxed page, is nobody's own."""
    try:
        return bool(host) and urlsplit(origin).netloc.lower() == str(host).lower()
    except ValueError:
        return False


def _refuse(message: str) -> AccessDeniedError:
    return AccessDeniedError(message, hint="from a page of this site, send the header `Louver-Csrf: 1`", reason="CSRF")
