"""What a plan found out about access while it was built; the same for every request that it serves."""

from dataclasses import dataclass, field
from typing import Any

from louver.authz.vocabulary import Mask, Reason
from louver.resolvers.viewpoint import Access

Path = tuple[str, ...]
"""Response keys from the root; `@` stands for every position of a list."""


@dataclass(frozen=True, slots=True)
class Denial:
    """One selection that answers null because the caller may not see it."""

    coordinate: str
    reason: Reason
    path: Path

    def as_dict(self) -> dict[str, Any]:
        """Render for `extensions.access`."""
        return {
            "coordinate": self.coordinate,
            "path": list(self.path),
            "access": Access.DENIED,
            "code": code_of(self.reason),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Restriction:
    """One selection that shows only some rows, or a mask."""

    coordinate: str
    access: Access
    mask: Mask | None
    path: Path

    def as_dict(self) -> dict[str, Any]:
        """Render for `extensions.access`."""
        entry: dict[str, Any] = {"coordinate": self.coordinate, "path": list(self.path), "access": self.access}
        return {**entry, "mask": self.mask} if self.mask else entry


@dataclass(slots=True)
class Notes:
    """Collected over all roots of one operation."""

    denials: list[Denial] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)
    seen: dict[str, None] = field(default_factory=dict)
    """Coordinates that are returned, or that a filter, an order or a group refers to: referring is viewing."""
    suppressible: dict[str, None] = field(default_factory=dict)
    """Aggregates whose small groups are left out, whether or not there are any."""


_CODES = {Reason.MODULE: "MODULE_NOT_SUBSCRIBED", Reason.SUBSCRIPTION: "SUBSCRIPTION_ENDED"}


def code_of(reason: Reason) -> str:
    """The stable error code of a denial."""
    return _CODES.get(reason, "FIELD_DENIED")
