"""Findings: an answer that it should not have been possible to get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from louver.authz.lines import PolicyLine
from louver.proof.asking.operations import Operation
from louver.proof.callers import Caller
from louver.proof.edits import Edit
from louver.proof.service import Reply

_CONTEXT = 60


class Kind(StrEnum):
    """What is wrong."""

    DEPENDS = "the answer depends on what the caller may not know"
    UNSTABLE = "the answer depends on the order in which rows were written"
    TOLD_NAME = "the answer tells a denied name from one that does not exist"
    SHOWN_NAME = "introspection shows a denied name"
    SMALL_GROUP = "a group is shown that is too small"
    FAILED = "the service failed"


@dataclass(slots=True)
class Finding(Exception):  # noqa: N818 - it is found, and no mistake of the program that finds it
    """One leak, with all that it takes to see it again."""

    kind: Kind
    caller: Caller
    lines: Sequence[PolicyLine]
    operation: Operation
    given: Mapping[str, Any]
    before: str
    after: str
    edits: Sequence[Edit] = field(default_factory=tuple)

    def __str__(self) -> str:
        before, after = _cut(self.before, self.after)
        parts = [
            str(self.kind),
            *(f"  caller: {' + '.join(place.roles)} of {_describe(place)}" for place in self.caller.places),
            *(f"  line: {line}" for line in self.lines),
            f"  operation: {self.operation}",
            *([f"  given: {dict(self.given)}"] if self.given else []),
            *(f"  changed: {edit}" for edit in self.edits),
            f"  before: {before}",
            f"  after:  {after}",
        ]
        return "\n".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """Render for JSON."""
        body = self.operation.as_body(self.given)
        return {
            "kind": self.kind,
            "caller": [{"agency": place.agency_id.hex, "roles": place.roles} for place in self.caller.places],
            "lines": [str(line) for line in self.lines],
            "headers": dict(self.operation.headers),
            **body,
            "changed": [str(edit) for edit in self.edits],
            "before": self.before,
            "after": self.after,
        }


def as_text(reply: Reply) -> str:
    """All that is compared of a reply."""
    headers = "".join(f"{name.decode()}: {value.decode()}\n" for name, value in reply.headers)
    return f"{reply.status}\n{headers}{reply.body.decode()}"


def _describe(place: Any) -> str:
    kept = {
        "scopes": place.scopes,
        "cycle": place.trainings_cycle,
        "officer": place.officer_id,
        "units": place.unit_ids,
    }
    details = ", ".join(f"{name} {value}" for name, value in kept.items() if value)
    return (
        f"{place.agency_id} ({place.subscription}, modules {'+'.join(place.modules)}{', ' if details else ''}{details})"
    )


def _cut(before: str, after: str) -> tuple[str, str]:
    """The two from shortly before they part."""
    pairs = zip(before, after, strict=False)
    parting = next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after)))
    start = max(0, parting - _CONTEXT)
    return before[start : parting + 2 * _CONTEXT], after[start : parting + 2 * _CONTEXT]
