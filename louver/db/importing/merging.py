"""Drafts of one agency, brought together: what several bundles say of one row, and keys that must not come twice."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from louver.db.codes import CodedEnum
from louver.db.importing.bundles import Bundle
from louver.db.importing.drafts import Draft, number_key
from louver.db.importing.rejections import Rejection

_WEIGHTS, _FULL = {"UNKNOWN": 1, "OTHER": 2}, 3

BundledDrafts = list[tuple[Bundle, list[Draft]]]


def find_clashes(drafted: BundledDrafts) -> None:
    """Add a fault to every bundle that makes the same row as another one, where a row has one bundle."""
    first: dict[tuple[str, str], tuple[Bundle, Draft]] = {}
    for bundle, drafts in drafted:
        for draft in drafts:
            if draft.rule.is_shared or draft.rule.is_numbered:
                continue
            other, earlier = first.setdefault((draft.rule.table, draft.key), (bundle, draft))
            if earlier is not draft:
                bundle.faults.append(_accuse(draft, earlier))
                other.faults.append(_accuse(earlier, draft))


def merge_drafts(drafts: Iterable[Draft]) -> dict[str, list[Draft]]:
    """Put drafts in order by table, one for each key."""
    groups: dict[str, dict[str, list[Draft]]] = defaultdict(lambda: defaultdict(list))
    for draft in drafts:
        groups[draft.rule.table][draft.key].append(draft)
    return {table: [merged for same in by_key.values() for merged in _unite(same)] for table, by_key in groups.items()}


def _unite(same: list[Draft]) -> list[Draft]:
    if len(same) == 1:
        return same
    return _number(same) if same[0].rule.is_numbered else [_merge(same)]


def _number(same: list[Draft]) -> list[Draft]:
    """Number rows with the same key by what they say and not by where they stand, so that a number lasts."""
    ordered = sorted(same, key=lambda draft: sorted(draft.rows[0].cells.items()))
    for number, draft in enumerate(ordered[1:], 2):
        draft.key = number_key(draft.key, number)
    return ordered


def _merge(same: list[Draft]) -> Draft:
    """Make one row of several."""
    first = same[0]
    return Draft(
        first.rule,
        first.key,
        first.rows,
        values={column: _choose(same, column) for column in first.values},
        kept={kept for draft in same for kept in draft.kept},
        links={column: next(filter(None, (draft.links[column] for draft in same)), None) for column in first.links},
    )


def _choose(same: list[Draft], column: str) -> Any:
    """Choose the value that says more, of such the newest, and of such any, but always the same."""
    values = ((draft.values[column], draft.dated_on) for draft in same)
    return max(values, key=lambda each: (_weigh(each[0]), each[1], str(each[0])))[0]


def _weigh(value: Any) -> int:
    """Weigh how much a value says: nothing, that it is unknown, that it is something else, or what it is."""
    if value is None:
        return 0
    return _WEIGHTS.get(value.name, _FULL) if isinstance(value, CodedEnum) else _FULL


def _accuse(draft: Draft, other: Draft) -> Rejection:
    row = other.rows[0]
    return draft.reject(draft.rule.key[-1], f"has the same key as {row.file}, line {row.line}").rejection
