"""Keys: `lvr_<id>_<secret>_<checksum>`. The store holds the id and a hash; the text is shown once."""

import re
import secrets
import string
from hashlib import sha256
from hmac import compare_digest
from typing import NamedTuple
from zlib import crc32

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_LENGTH = 12
_SECRET_LENGTH = 43
"""43 letters of 62 are 256 bits."""
_CHECKSUM_LENGTH = 6
_FORM = re.compile(
    rf"(?P<body>lvr_(?P<id>[0-9A-Za-z]{{{_ID_LENGTH}}})_[0-9A-Za-z]{{{_SECRET_LENGTH}}})"
    rf"_(?P<checksum>[0-9A-Za-z]{{{_CHECKSUM_LENGTH}}})"
)
_NO_HASH = "0" * 64


class IssuedKey(NamedTuple):
    """A new key."""

    text: str
    """To be shown to its owner once, and kept nowhere."""
    prefix: str
    """Its id: finds it in the store, names it in logs."""
    secret_hash: str


class PresentedKey(NamedTuple):
    """A well-formed key that somebody sent; whether it exists is for the store to say."""

    prefix: str
    secret_hash: str


def issue_key() -> IssuedKey:
    """Make a key of 256 random bits."""
    prefix = _draw(_ID_LENGTH)
    body = f"lvr_{prefix}_{_draw(_SECRET_LENGTH)}"
    return IssuedKey(f"{body}_{_sum(body)}", prefix, _hash(body))


def parse_key(text: str) -> PresentedKey | None:
    """Parse a key; None if its form or checksum is wrong, which is told without asking the store."""
    form = _FORM.fullmatch(text)
    if form is None or form["checksum"] != _sum(form["body"]):
        return None
    return PresentedKey(form["id"], _hash(form["body"]))


def matches(presented: PresentedKey, stored_hash: str | None) -> bool:
    """Tell whether a presented key is the stored one; `stored_hash` is None where the store knows no such id.

    Leak: takes as long for an unknown id as for a wrong secret, and as long for a nearly right secret.
    """
    return compare_digest(presented.secret_hash, stored_hash or _NO_HASH) and stored_hash is not None


def _draw(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _sum(body: str) -> str:
    """Catch typing errors, and let a scanner for leaked secrets be sure that it found one."""
    remainder, letters = crc32(body.encode()), []
    for _ in range(_CHECKSUM_LENGTH):
        remainder, digit = divmod(remainder, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return "".join(reversed(letters))


def _hash(body: str) -> str:
    """Hash the id with the secret, so that one row's hash is worth nothing in another row.

    One round of SHA-256 is enough for 256 random bits: there is no dictionary to try.
    """
    return sha256(body.encode()).hexdigest()
