"""Signed tokens of an agency's own identity provider: read, held against what was agreed on, never believed before."""

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Those with a public key. Leak: with HS256 the public key, which everybody has, would be the secret; `none` has none.
"""
TEXT_MAX = 16_384
LEEWAY_SECONDS = 60
_RSA_BITS_MIN = 2048
_KINDS: Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


class TokenRefusedError(Exception):
    """A token is not what was agreed on; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Peeked(NamedTuple):
    """What a token says of itself. Only good for finding out by what it is to be verified."""

    algorithm: str
    key_id: str | None
    claims: Mapping[str, Any]

    @property
    def audiences(self) -> tuple[str, ...]:
        """Whom it says that it is for."""
        audience = self.claims.get("aud")
        texts = audience if isinstance(audience, list) else [audience]
        return tuple(text for text in texts if isinstance(text, str))

    def find_text(self, claim: str) -> str | None:
        """Find a claim that is a text."""
        value = self.claims.get(claim)
        return value if isinstance(value, str) else None


class Agreed(NamedTuple):
    """What a token has to say to be taken."""

    issuer: str
    audience: str
    algorithms: Collection[str]
    nonce: str | None = None


def peek(text: str) -> Peeked | None:
    """Read a token without believing it; None if it is none."""
    parts = text.split(".") if len(text) <= TEXT_MAX and text.isascii() else []
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return None
    header, claims = _decode(parts[0]), _decode(parts[1])
    if header is None or claims is None or not isinstance(header.get("alg"), str):
        return None
    key_id = header.get("kid")
    return Peeked(header["alg"], key_id if isinstance(key_id, str) else None, claims)


def verify(text: str, keys: KeySet, agreed: Agreed, now: datetime) -> Mapping[str, Any]:
    """Answer the claims of a token that is signed by one of these keys and says what was agreed on.

    Raises:
        TokenRefusedError: it is not.
    """
    allowed = [name for name in agreed.algorithms if name in ALGORITHMS]
    try:
        if not allowed:
            raise TokenRefusedError("TOKEN_ALGORITHM")
        registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
        claims = jwt.decode(text, keys, allowed, registry).claims
    except (JoseError, ValueError, TypeError) as error:
        raise TokenRefusedError("TOKEN_SIGNATURE") from error
    _require_agreed(claims, agreed, now)
    return claims


def read_keys(document: Any) -> KeySet:
    """Read a provider's published keys. Those that are too small, or not public, or of unknown kind are left out."""
    listed = document.get("keys") if isinstance(document, dict) else None
    found = [_read_key(each) for each in (listed if isinstance(listed, list) else [])]
    return KeySet([key for key in found if key is not None])


def _require_agreed(claims: Mapping[str, Any], agreed: Agreed, now: datetime) -> None:
    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": agreed.issuer},
        aud={"essential": True, "value": agreed.audience},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except JoseError as error:
        raise TokenRefusedError(f"TOKEN_{str(getattr(error, 'claim', None) or 'CLAIMS').upper()}") from error
    if claims.get("azp") not in {None, agreed.audience} and agreed.nonce is not None:
        raise TokenRefusedError("TOKEN_AZP")
    if agreed.nonce is not None and claims.get("nonce") != agreed.nonce:
        raise TokenRefusedError("TOKEN_NONCE")


def _decode(part: str) -> dict[str, Any] | None:
    try:
        content = json.loads(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _read_key(data: Any) -> Key | None:
    kind = _KINDS.get(str(data.get("kty"))) if isinstance(data, dict) else None
    if kind is None or data.get("use", "sig") != "sig":
        return None
    try:
        key = kind.import_key(data)
    except (JoseError, ValueError, TypeError, KeyError, UserWarning):
        return None
    if isinstance(key, RSAKey) and key.public_key.key_size < _RSA_BITS_MIN:
        return None
    return key
