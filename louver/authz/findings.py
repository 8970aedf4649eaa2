"""Findings: what can be wrong with a line of an agency's policy, and how bad it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """What is wrong with a line."""

    MALFORMED = "MALFORMED"
    """It cannot be loaded: an unknown object, act, scope or effect."""
    UNKNOWN_ROLE = "UNKNOWN_ROLE"
    """Nobody can hold the role."""
    UNDER_CEILING = "UNDER_CEILING"
    """It grants what no agency can, so it is refused."""
    UNCLASSIFIED = "UNCLASSIFIED"
    """A field of the schema that the policy has no name for: it is denied to everybody."""
    REPEATED = "REPEATED"
    """Another line of the agency's says it already."""
    REDUNDANT = "REDUNDANT"
    """The default policy, or a ceiling, says it already."""
    SHADOWED = "SHADOWED"
    """It allows what another line of the agency's denies in full."""
    OVERTAKEN = "OVERTAKEN"
    """It allows a mask or a count where the same roles see the value: take the value away first."""
    UNREACHED = "UNREACHED"
    """It allows a field to a role that reaches no row of its type."""
    NO_SUCH_ROWS = "NO_SUCH_ROWS"
    """The scope means nothing on this type, and so covers no row."""
    IDLE_DENY = "IDLE_DENY"
    """It denies what nothing allows to the role by itself: it matters only to those who hold another role too."""


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """It would be refused, or stands for a mistake."""
    WARNING = "warning"
    """It changes nothing."""
    NOTE = "note"
    """It may be meant."""


_LEVELS = {
    Fault.MALFORMED: Level.ERROR,
    Fault.UNKNOWN_ROLE: Level.ERROR,
    Fault.UNDER_CEILING: Level.ERROR,
    Fault.UNCLASSIFIED: Level.ERROR,
    Fault.IDLE_DENY: Level.NOTE,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one line."""

    fault: Fault
    subject: str
    """The line as written, or the field that has none."""
    message: str

    @property
    def level(self) -> Level:
        """How bad it is."""
        return _LEVELS.get(self.fault, Level.WARNING)

    def as_dict(self) -> dict[str, Any]:
        """Render for JSON."""
        return {"level": self.level, "fault": self.fault, "subject": self.subject, "message": self.message}


@dataclass(frozen=True, slots=True)
class SchemaFacts:
    """What the schema adds: its fields, and the scopes that each type's rows can be told by, beside the agency's."""

    fields: frozenset[str] = frozenset()
    scopes: Mapping[str, frozenset[str]] = field(default_factory=dict)
