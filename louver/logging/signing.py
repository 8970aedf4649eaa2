"""The key that signs statements about the log, and those that others check them with.

Ed25519: who holds the public key, which tells nothing, can check for ever what the service said about its log, and
could not have said it.
"""

import hashlib
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from louver.errors import MisconfiguredError
from louver.secret import keep_once
from louver.settings import Settings

PRIVATE_FILE = "audit-key.pem"
PUBLIC_FILE = "audit-key.pub"
_PURPOSE = b"louver audit statement\n"
"""Under each signature, so that one can never be taken for a signature of anything else."""
_ID_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Signer:
    """The private key."""

    private: Ed25519PrivateKey
    key_id: str

    @classmethod
    def from_key(cls, private: Ed25519PrivateKey) -> "Signer":
        """Name it by its public half."""
        return cls(private, find_key_id(private.public_key()))

    def sign(self, body: str) -> bytes:
        """Sign a statement's body."""
        return self.private.sign(_PURPOSE + body.encode())

    def as_public_pem(self) -> bytes:
        """Render what others check signatures with."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The public keys that whoever checks trusts. Leak: none of them comes from the log that is checked."""

    keys: dict[str, Ed25519PublicKey]

    def is_signed(self, key_id: str, body: str, signature: bytes) -> bool:
        """Whether one of these keys signed it."""
        key = self.keys.get(key_id)
        if key is None:
            return False
        try:
            key.verify(signature, _PURPOSE + body.encode())
        except InvalidSignature:
            return False
        return True


def find_key_id(key: Ed25519PublicKey) -> str:
    """Name a key: a hash's beginning, so that a name cannot be kept for another key."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:_ID_CHARACTERS]


def read_signer(settings: Settings) -> Signer:
    """Read the private key, made when it is first wanted; all workers and replicas need the same file.

    Raises:
        MisconfiguredError: it cannot be read or kept, is no such key, or is readable by others.
    """
    path = settings.var / PRIVATE_FILE
    try:
        if not path.exists():
            keep_once(path, _make_pem())
        _require_private(path)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise MisconfiguredError(
            f"{path} cannot be read or written", hint="make LOUVER_VAR writable, or put the log's signing key back"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise MisconfiguredError(f"{path} is not an Ed25519 key", hint="put the log's signing key back")
    signer = Signer.from_key(key)
    if not (public := settings.var / PUBLIC_FILE).exists():
        keep_once(public, signer.as_public_pem())
    return signer


def read_key_ring(paths: Iterable[Path]) -> KeyRing:
    """Read public keys.

    Raises:
        MisconfiguredError: a file is missing or holds no such key.
    """
    keys = [_read_public(path) for path in paths]
    return KeyRing({find_key_id(key): key for key in keys})


def _read_public(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise MisconfiguredError(
            f"{path} is not a public key that can be read", hint="`louver audit key` prints the one of this service"
        ) from error
    if not isinstance(key, Ed25519PublicKey):
        raise MisconfiguredError(f"{path} is not an Ed25519 key", hint="`louver audit key` prints the right one")
    return key


def _make_pem() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _require_private(path: Path) -> None:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise MisconfiguredError(f"{path} can be read by others than its owner", hint=f"run `chmod 600 {path}`")
