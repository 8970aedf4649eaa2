"""The second factor: codes of six digits by time (RFC 6238), each used once, and recovery codes for a lost device."""

import base64
import re
import secrets
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

import pyotp

ISSUER = "Louver"
STEP_SECONDS = 30
RECOVERY_CODES = 10
_WINDOW = 1
"""Steps before and after the present one that are taken too: clocks differ, and people type slowly."""
_CODE = re.compile(r"[0-9]{6}")


def draw_secret() -> str:
    """Draw a secret of 160 bits, as RFC 4226 recommends, in base 32."""
    return pyotp.random_base32(32)


def build_uri(secret: str, email: str) -> str:
    """Make the address that authenticator apps read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def find_step(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """Find the time step that a code is of; None if it is of none that counts.

    Leak: a step is used once, and none before it afterwards, so a code that was looked at or recorded is worth nothing.
    """
    present, totp = int(now.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    if not _CODE.fullmatch(code):
        return None
    found = None
    for step in range(present - _WINDOW, present + _WINDOW + 1):
        if compare_digest(totp.generate_otp(step), code) and (last_step is None or step > last_step):
            found = step
    return found


def draw_recovery_codes() -> list[str]:
    """Draw codes of 80 bits each, in groups of four letters."""
    return [_group(base64.b32encode(secrets.token_bytes(10)).decode().lower()) for _ in range(RECOVERY_CODES)]


def hash_recovery_code(person_id: UUID, code: str) -> str:
    """Hash one with its owner, so that one row's hash is worth nothing in another; case and dashes do not count."""
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return sha256(person_id.bytes + letters.encode("utf-8", "surrogatepass")).hexdigest()


def _group(text: str) -> str:
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
