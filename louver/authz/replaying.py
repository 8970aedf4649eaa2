"""Replaying: recorded operations under an agency's policy and under a draft of it. Pure: no log, no store.

What a record does not tell is not replayed: what lay below a closed root was never asked for, and whether a field was
selected or only filtered by is not kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from louver.authz.changes import Change, find_change
from louver.authz.facts import AgencyFacts, AgencyRights
from louver.authz.overlays import CellChange, list_cell_changes
from louver.authz.preview import CallerFacts, FieldChange, OperationChange, Preview, Recorded, Verdict
from louver.authz.rights import Rights
from louver.authz.sights import Needs, Sight, look


class Replay:
    """Replays recorded operations under an agency's policy and under a draft of it."""

    def __init__(
        self,
        before: AgencyFacts,
        after: AgencyFacts,
        needs: Mapping[str, Needs],
        callers: Mapping[str, CallerFacts] | None = None,
    ) -> None:
        self._before, self._after = AgencyRights(before), AgencyRights(after)
        self._needs = needs
        self._callers = callers or {}
        self._known: dict[tuple[frozenset[str], frozenset[str] | None], _Differences] = {}
        self._fields: dict[tuple[str, frozenset[str], Change], FieldChange] = {}
        self._times: defaultdict[Verdict, int] = defaultdict(int)

    def run(self, operations: Iterable[Recorded]) -> Preview:
        """Replay them all."""
        changed = [each for each in map(self._replay, operations) if each.verdict is not Verdict.UNCHANGED]
        order = list(Verdict)
        return Preview(
            cells=self._list_cells(),
            fields=sorted(self._fields.values(), key=lambda each: (-each.times, each.coordinate, sorted(each.roles))),
            operations=sorted(changed, key=lambda each: (order.index(each.verdict), -each.recorded.times)),
            times=dict(self._times),
        )

    def _list_cells(self) -> list[CellChange]:
        before, after = self._before, self._after
        changed = set(before.facts.lines) ^ set(after.facts.lines)
        return list_cell_changes(before.snapshot, after.snapshot, before.facts.agency_id, changed)

    def _replay(self, recorded: Recorded) -> OperationChange:
        caller = self._callers.get(recorded.key_prefix or "", CallerFacts())
        differences = self._compare(recorded.roles, caller.scopes)
        is_counting = self._is_counting(recorded)
        found = {each: differences.find(each, is_counting=is_counting) for each in recorded.coordinates}
        changed = {each: found for each, found in sorted(found.items()) if found is not None}
        changes = {coordinate: difference.change for coordinate, difference in changed.items()}
        verdict = _judge(recorded, changes, caller)
        if is_counting and self._refers_to_closed(changes):
            verdict = Verdict.BREAKS
        self._times[verdict] += recorded.times
        for difference in changed.values():
            self._note(recorded, difference)
        return OperationChange(verdict, recorded, changes)

    def _is_counting(self, recorded: Recorded) -> bool:
        needs = [self._needs.get(root) for root in recorded.roots]
        return bool(needs) and all(each is not None and each.is_count for each in needs)

    def _refers_to_closed(self, changes: Mapping[str, Change]) -> bool:
        """Whether an operation that counts is refused: it groups or filters by what would be denied."""
        fields = (each for each, change in changes.items() if change is Change.NEWLY_DENIED)
        return any(not (needs.is_measured or needs.is_count) for each in fields if (needs := self._needs.get(each)))

    def _compare(self, roles: frozenset[str], scopes: frozenset[str] | None) -> "_Differences":
        key = (roles, scopes)
        if key not in self._known:
            self._known[key] = _Differences(
                self._before.find(roles, scopes), self._after.find(roles, scopes), self._needs
            )
        return self._known[key]

    def _note(self, recorded: Recorded, difference: "_Difference") -> None:
        before, after = difference.before, difference.after
        key = (before.coordinate, recorded.roles, difference.change)
        if key not in self._fields:
            self._fields[key] = FieldChange(before.coordinate, recorded.roles, difference.change, before, after)
        noted = self._fields[key]
        noted.times += recorded.times
        if recorded.key_prefix:
            noted.keys.add(recorded.key_prefix)


class _Difference(NamedTuple):
    change: Change
    before: Sight
    after: Sight


class _Differences:
    """What one caller sees otherwise; each coordinate is compared once, however often it was asked for."""

    def __init__(self, before: Rights, after: Rights, needs: Mapping[str, Needs]) -> None:
        self._before, self._after, self._needs = before, after, needs
        self._known: dict[tuple[str, bool], _Difference | None] = {}

    def find(self, coordinate: str, *, is_counting: bool) -> _Difference | None:
        key = (coordinate, is_counting)
        if key not in self._known:
            needs = self._needs.get(coordinate)
            before, after = (
                look(rights, coordinate, needs, is_counting=is_counting) for rights in (self._before, self._after)
            )
            change = find_change(before, after)
            self._known[key] = None if change is None else _Difference(change, before, after)
        return self._known[key]


def _judge(recorded: Recorded, changes: Mapping[str, Change], caller: CallerFacts) -> Verdict:
    closed = {coordinate for coordinate, change in changes.items() if change is Change.NEWLY_DENIED}
    if caller.is_rejecting and recorded.denied:  # it was refused before
        is_open_now = all(changes.get(coordinate) is Change.NEWLY_VISIBLE for coordinate in recorded.denied)
        return Verdict.GAINS if is_open_now and not closed else Verdict.UNCHANGED
    open_roots = recorded.roots - recorded.denied
    if (caller.is_rejecting and closed) or (open_roots and open_roots <= closed):
        return Verdict.BREAKS
    if any(change.is_loss for change in changes.values()):
        return Verdict.LOSES
    return Verdict.GAINS if changes else Verdict.UNCHANGED
