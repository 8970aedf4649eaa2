"""Preview: what a draft policy would have done to the operations that were recorded, in words and numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from louver.authz.changes import Change
from louver.authz.overlays import CellChange
from louver.authz.sights import Sight
from louver.authz.vocabulary import DeniedMode

QUERY = "Query."
"""How coordinates of root fields begin."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Operations of one document, by callers of one kind, that touched the same coordinates."""

    roles: frozenset[str]
    key_prefix: str | None
    document_hash: str
    operation_name: str | None
    coordinates: frozenset[str]
    """All that were asked for, shown or not."""
    denied: frozenset[str]
    times: int
    last_at: datetime

    @property
    def roots(self) -> frozenset[str]:
        """The root fields among the coordinates."""
        return frozenset(each for each in self.coordinates if each.startswith(QUERY))


@dataclass(frozen=True, slots=True)
class CallerFacts:
    """What a key's record in the store adds to what the log says of it."""

    scopes: frozenset[str] | None = None
    denied_mode: str = DeniedMode.ERRORS

    @property
    def is_rejecting(self) -> bool:
        """Whether one denied field is enough to refuse the whole."""
        return self.denied_mode in (DeniedMode.REJECT, DeniedMode.HIDE)


class Verdict(StrEnum):
    """What becomes of an operation."""

    BREAKS = "BREAKS"
    """Nothing of it is answered: all its roots close, it groups by what is denied, or its key rejects denials."""
    LOSES = "LOSES"
    """Fields are denied or masked, or on fewer rows. Where it filters or orders by one of them, it is refused."""
    GAINS = "GAINS"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True)
class OperationChange:
    """One recorded operation of one caller that would be answered otherwise."""

    verdict: Verdict
    recorded: Recorded
    changes: Mapping[str, Change]

    def as_dict(self) -> dict[str, Any]:
        """Render for JSON."""
        recorded = self.recorded
        return {
            "verdict": self.verdict,
            "documentHash": recorded.document_hash,
            "operationName": recorded.operation_name,
            "keyPrefix": recorded.key_prefix,
            "roles": sorted(recorded.roles),
            "times": recorded.times,
            "lastAt": recorded.last_at.isoformat(),
            "changes": dict(self.changes),
        }


@dataclass(slots=True)
class FieldChange:
    """One coordinate that callers of one role set asked for and would see otherwise."""

    coordinate: str
    roles: frozenset[str]
    change: Change
    before: Sight
    after: Sight
    times: int = 0
    keys: set[str] = field(default_factory=set)

    def as_dict(self) -> dict[str, Any]:
        """Render for JSON."""
        return {
            "coordinate": self.coordinate,
            "roles": sorted(self.roles),
            "change": self.change,
            "before": str(self.before),
            "after": str(self.after),
            "times": self.times,
            "keys": sorted(self.keys),
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft would change."""

    cells: Sequence[CellChange]
    """Of the whole policy, whether or not anybody asked."""
    fields: Sequence[FieldChange]
    """Of what was asked for, the most often asked first."""
    operations: Sequence[OperationChange]
    """Those that would be answered otherwise, the worst first."""
    times: Mapping[Verdict, int]
    """How many recorded operations came to each verdict."""

    def as_dict(self) -> dict[str, Any]:
        """Render for JSON."""
        return {
            "replayed": sum(self.times.values()),
            "times": {verdict: self.times.get(verdict, 0) for verdict in Verdict},
            "fields": [each.as_dict() for each in self.fields],
            "operations": [each.as_dict() for each in self.operations],
            "cells": [each._asdict() for each in self.cells],
        }
