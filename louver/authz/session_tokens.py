"""A session's token: 256 random bits in the one cookie. The store holds a hash, so a copy of it opens nothing."""

import re
import secrets
from hashlib import sha256
from typing import NamedTuple

_FORM = re.compile(r"[0-9A-Za-z_-]{43}")


class SessionToken(NamedTuple):
    """A new token."""

    text: str
    """For the browser alone."""
    token_hash: str


def draw_token() -> SessionToken:
    """Draw one."""
    text = secrets.token_urlsafe(32)
    return SessionToken(text, hash_token(text))


def parse_token(text: str) -> str | None:
    """Answer the hash under which the store would know it; None if its form is wrong, which needs no store."""
    return hash_token(text) if _FORM.fullmatch(text) else None


def hash_token(text: str) -> str:
    """Hash. One round of SHA-256 is enough for 256 random bits: there is no dictionary to try."""
    return sha256(text.encode()).hexdigest()
