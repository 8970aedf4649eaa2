"""Several coordinates at once: what is shown of a field that needs more than its own right."""

from collections.abc import Sequence
from dataclasses import replace

from louver.authz.decisions import Decision
from louver.authz.vocabulary import Rows

Scopes = frozenset[Rows]


def combine(decisions: Sequence[Decision]) -> Decision:
    """The AND of several coordinates' decisions: a derived field shows no more than each of its inputs."""
    first, *others = decisions
    for other in others:
        first = replace(
            first,
            view=both(first.view, other.view),
            masked=both(first.masked, other.view | other.masked),
            aggregate=both(first.aggregate, other.view | other.aggregate),
            reason=first.reason or other.reason,
        )
    return first


def both(left: Scopes, right: Scopes) -> Scopes:
    """The scopes that two rights have in common. Leak: of scopes that only overlap, neither is taken."""
    if Rows.AGENCY in left:
        return right
    return left if Rows.AGENCY in right else left & right


def covers(wide: Scopes, narrow: Scopes) -> bool:
    """Whether every row of one is a row of the other, as far as the scopes' names alone tell."""
    return Rows.AGENCY in wide or narrow <= wide
