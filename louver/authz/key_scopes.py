"""Scopes of keys: a name, or a name with verbs, such as `Training.*` and `Officer.rank:view_aggregate`."""

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from louver.authz.decisions import NO_ROWS, Decision
from louver.authz.vocabulary import Act, Reason

_VERBS, _VERB = ":", ","
_IMPLIED = {
    Act.VIEW: frozenset({Act.VIEW, Act.VIEW_MASKED, Act.VIEW_AGGREGATE}),
    Act.VIEW_MASKED: frozenset({Act.VIEW_MASKED}),
}
_REACHING = {
    Act.VIEW: frozenset({Act.VIEW, Act.VIEW_MASKED}),
    Act.VIEW_MASKED: frozenset({Act.VIEW, Act.VIEW_MASKED}),
    Act.VIEW_AGGREGATE: frozenset({Act.VIEW_AGGREGATE}),
}
"""What has to be open of a type for its field to be: a mask stands in a row, and so the row is seen."""


class KeyScope(NamedTuple):
    """What a key was issued for: a coordinate, type, `Type.*` or field group, and what may be done with it."""

    name: str
    acts: frozenset[Act] = frozenset()
    """Empty for whatever its roles may do."""

    @classmethod
    def parse(cls, text: str) -> "KeyScope":
        """Read one.

        Raises:
            ValueError: a verb is none.
        """
        name, mark, verbs = text.partition(_VERBS)
        return cls(name, frozenset(map(Act, verbs.split(_VERB))) if mark else frozenset())

    def __str__(self) -> str:
        """Write it, verbs in the order of the vocabulary."""
        verbs = _VERB.join(act for act in Act if act in self.acts)
        return f"{self.name}{_VERBS}{verbs}" if verbs else self.name

    @property
    def opened(self) -> frozenset[Act]:
        """All that may be done: who may view may also have the mask, and count."""
        return frozenset().union(*(_IMPLIED.get(act, {act}) for act in self.acts or Act))

    @property
    def reaching(self) -> frozenset[Act]:
        """What may be done with the type of a field that is named, for the field's sake."""
        return frozenset().union(*(_REACHING.get(act, ()) for act in self.opened)) if self.acts else frozenset(Act)

    def of_type(self, type_name: str) -> "KeyScope":
        """Narrow it to the rows of a type that it reaches, without a field; itself where no scope says that."""
        acts = self.acts & {Act.VIEW, Act.VIEW_AGGREGATE}
        return self if self.acts and not acts else KeyScope(type_name, acts)


def read_scopes(texts: Iterable[str]) -> set[KeyScope]:
    """Read scopes as they stand in the store. Leak: one with a verb that is none opens nothing."""
    scopes = set()
    for text in texts:
        with contextlib.suppress(ValueError):
            scopes.add(KeyScope.parse(text))
    return scopes


def list_closed(scopes: Mapping[KeyScope, Collection[str]]) -> frozenset[tuple[str, Act]]:
    """List what may not be done with the coordinates that scopes stand for, although they are named.

    Of a field's type only so much is open as the field needs to be reached.
    """
    opened: defaultdict[str, set[Act]] = defaultdict(set)
    for scope, coordinates in scopes.items():
        for coordinate in coordinates:
            opened[coordinate] |= scope.opened
            opened[coordinate.partition(".")[0]] |= scope.reaching
    return frozenset((coordinate, act) for coordinate, acts in opened.items() for act in Act if act not in acts)


def limit(decision: Decision, closed: frozenset[tuple[str, Act]], governing: str) -> Decision:
    """Take from a decision what a key's verbs do not open; a lesser verb has its part of a greater right.

    Leak: of an unlimited right, `view_aggregate` leaves the numbers and not one row.
    """
    if (governing, Act.VIEW) not in closed:
        return decision
    is_maskable = (governing, Act.VIEW_MASKED) not in closed and decision.mask is not None
    is_countable = (governing, Act.VIEW_AGGREGATE) not in closed
    masked = decision.masked | decision.view if is_maskable else NO_ROWS
    return replace(
        decision,
        view=NO_ROWS,
        masked=masked,
        aggregate=decision.aggregate if is_countable else NO_ROWS,
        reason=decision.reason or (None if masked else Reason.KEY_SCOPE),
    )
