"""What a provider's claims mean here: roles by configuration, and nothing beyond it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any


class PersonClaim(StrEnum):
    """The claims that may say who somebody is. Each holds an e-mail address that people cannot change themselves."""

    EMAIL = "email"
    PREFERRED_USERNAME = "preferred_username"
    UPN = "upn"


def find_roles(claims: Mapping[str, Any], claim: str, role_map: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Answer the roles that the values of a claim come to; a value that the map does not name comes to nothing."""
    value = _find(claims, claim)
    values = value if isinstance(value, list) else [value]
    return frozenset(role for each in values if isinstance(each, str) for role in role_map.get(each, ()))


def is_unverified(claims: Mapping[str, Any]) -> bool:
    """Whether the provider itself says that it has not verified the address."""
    return claims.get("email_verified", True) is not True


def _find(claims: Mapping[str, Any], path: str) -> Any:
    """Find a claim by its name or, as `realm_access.roles`, inside another."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
