"""What roots cost that no plan stands for: administration, its explanation, and introspection."""

from collections.abc import Callable, Mapping, Sequence

from louver.schema.duties import MUTATIONS, QUERIES
from louver.schema.visibility import Visibility

ADMINISTRATION = 10
"""A change, or a list that administrators read."""
DESCRIBED_PER_POINT = 2
"""Objects of the schema that introspection describes for one point."""
_HEAVY: Mapping[str, int] = {
    "whoCanSee": 50,
    "accessMatrix": 200,
    "previewPolicy": 500,
    "previewKey": 500,
    "reviewKey": 200,
    "auditEvents": 100,
    "accessesOfOfficer": 100,
    "auditReads": 200,
    "auditDenials": 100,
    "unusualAccess": 200,
    "auditWeeks": 100,
}
_WEIGHTS: Mapping[str, int] = {name: _HEAVY.get(name, ADMINISTRATION) for name in {*_HEAVY, *QUERIES, *MUTATIONS}}
_DESCRIBING = frozenset({"__schema", "__type"})


def price_unplanned(names: Sequence[str], introspected: int, find_visibility: Callable[[], Visibility]) -> int:
    """Answer the points of roots by name. Leak: what the caller may not know of costs nothing, as if it were not."""
    points = 0
    for name in names:
        if name in _WEIGHTS and find_visibility().shows(_coordinate(name)):
            points += _WEIGHTS[name]
    if not _DESCRIBING.isdisjoint(names):
        points += introspected // DESCRIBED_PER_POINT
    return points


def _coordinate(name: str) -> str:
    return f"{'Mutation' if name in MUTATIONS else 'Query'}.{name}"
