"""Small secrets that we have to read again: sealed under a key of the service's, for one purpose and one owner."""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Sealer:
    """Seals texts under a key of 32 bytes; `owner` is bound in, so that a sealed text opens at its own place alone."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, owner: bytes) -> str:
        """Seal."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, plain, owner)).decode().rstrip("=")

    def open(self, sealed: str, owner: bytes) -> bytes | None:
        """Open; None if it was not sealed here, or for another owner."""
        try:
            raw = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner)
        except (InvalidTag, ValueError, binascii.Error):
            return None
