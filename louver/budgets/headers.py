"""Quotas as HTTP fields, after draft-ietf-httpapi-ratelimit-headers-11."""

from collections.abc import Sequence
from functools import lru_cache

from louver.authz.budgets import Quota


def as_headers(quotas: Sequence[Quota], wait_seconds: int | None = None) -> dict[str, str]:
    """Render `RateLimit-Policy` and `RateLimit`; of a refusal, with the time that `Retry-After` has too."""
    if not quotas:
        return {}
    return {
        "ratelimit-policy": ", ".join([_as_policy(name, amount, seconds) for name, amount, seconds, _, _ in quotas]),
        "ratelimit": ", ".join(
            [f'"{name}";r={remaining};t={wait_seconds or resets}' for name, _, _, remaining, resets in quotas]
        ),
    }


@lru_cache(1_000)
def _as_policy(name: str, amount: int, window_seconds: int) -> str:
    """Spell a policy, with its unit where that is not requests, which need no name."""
    unit = ';qu="points"' if name == "cost" else ""
    return f'"{name}";q={amount};w={window_seconds}{unit}'
