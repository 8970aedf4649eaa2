"""The service's secret: from the settings, or made once and kept in a file that only its owner can read."""

import contextlib
import hmac
import os
import secrets
from pathlib import Path

from louver.errors import MisconfiguredError
from louver.settings import Settings

SECRET_FILE = "secret"  # noqa: S105 - the file's name, not what is in it
MIN_CHARACTERS = 32


def read_secret(settings: Settings) -> str:
    """Answer the secret that cursors and digests are derived from; every worker and replica needs the same one.

    Raises:
        MisconfiguredError: it is too short to be one, or cannot be read or kept.
    """
    if settings.secret:
        return _require_long(settings.secret, "LOUVER_SECRET")
    path = settings.var / SECRET_FILE
    try:
        if not path.exists():
            keep_once(path, secrets.token_urlsafe(48).encode())
        return _require_long(path.read_text(encoding="ascii").strip(), str(path))
    except (OSError, UnicodeError) as error:
        raise MisconfiguredError(
            f"{path} cannot be read or written", hint="make LOUVER_VAR writable, or set LOUVER_SECRET"
        ) from error


def derive_key(secret: str, purpose: str) -> bytes:
    """Derive 32 bytes for one purpose, so that what one key signs or seals means nothing to another."""
    return hmac.digest(secret.encode(), f"louver {purpose}".encode(), "sha256")


def _require_long(secret: str, source: str) -> str:
    if len(secret) < MIN_CHARACTERS:
        raise MisconfiguredError(
            f"the secret in {source} is shorter than {MIN_CHARACTERS} characters",
            hint="`python -c 'import secrets; print(secrets.token_urlsafe(32))'` makes one",
        )
    return secret


def keep_once(path: Path, content: bytes) -> None:
    """Write it aside and link it into place: of several workers that start at once, one makes it and all read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
