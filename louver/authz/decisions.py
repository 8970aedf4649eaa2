"""A decision: what a principal may see of one coordinate, on which rows, and why."""

from dataclasses import dataclass
from typing import Any

from louver.authz.vocabulary import Act, Mask, Reason, Rows

NO_ROWS: frozenset[Rows] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one coordinate: `Type.field`, or `Type` for the rows of a type."""

    coordinate: str
    view: frozenset[Rows] = NO_ROWS
    """Rows on which the bare value is shown."""
    masked: frozenset[Rows] = NO_ROWS
    """Rows on which `mask` stands in for the value; where `view` covers a row too, the value is shown."""
    aggregate: frozenset[Rows] = NO_ROWS
    """Rows that may enter an aggregate over this coordinate; contains `view`, unless the subscription has ended."""
    mask: Mask | None = None
    """The coordinate's mask, whether or not this decision uses it; None for types and unknown coordinates."""
    reason: Reason | None = None
    """Why rows are not shown; set exactly when `is_denied`."""
    lines: tuple[str, ...] = ()
    """The policy lines that decided, as they stand in the policy. For administrators, not for callers."""
    policy_version: str = ""

    @property
    def is_denied(self) -> bool:
        """Whether no row shows anything of it, not even masked. Aggregates may still be allowed."""
        return not (self.view or self.masked)

    @property
    def is_for_export_alone(self) -> bool:
        """Whether rows are shown and may still not be counted: what an ended subscription leaves its administrator."""
        return bool(self.view) and not self.aggregate

    def as_dict(self) -> dict[str, Any]:
        """Render for JSON, sets in a fixed order."""
        return {
            "coordinate": self.coordinate,
            "view": sorted(self.view),
            "masked": sorted(self.masked),
            "aggregate": sorted(self.aggregate),
            "mask": self.mask,
            "reason": self.reason,
            "lines": list(self.lines),
            "policyVersion": self.policy_version,
        }


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer for one coordinate and one act: on which rows it may be done, and why not on any."""

    coordinate: str
    act: Act
    rows: frozenset[Rows] = NO_ROWS
    reason: Reason | None = None
    """Why there are no rows; set exactly when `is_denied`."""
    lines: tuple[str, ...] = ()
    policy_version: str = ""

    @property
    def is_denied(self) -> bool:
        """Whether it may be done nowhere."""
        return not self.rows
