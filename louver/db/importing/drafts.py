"""Drafts: rows of ours as they are made from one bundle, before they have ids."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from louver.db.importing.bundles import Bundle
from louver.db.importing.rejections import RejectedError
from louver.db.importing.rows import Row
from louver.db.importing.rules import ImportMapping, RecordRule
from louver.db.importing.targets import LINKS, ONE_OF, TABLES, TARGETS
from louver.db.importing.texts import UnreadableError, parse_day

_MARK = "|"


@dataclass(slots=True, eq=False)
class Draft:
    """A row of ours. Its key in the source stands for its id, and for those of the rows that it points at."""

    rule: RecordRule
    key: str
    rows: list[Row]
    values: dict[str, Any] = field(default_factory=dict)
    """By column."""
    kept: set[tuple[str, str]] = field(default_factory=set)
    """Column and text, where the text has no code of ours or no column."""
    links: dict[str, str | None] = field(default_factory=dict)
    """Column → the key of the row that it points at."""
    dated_on: date = date.min

    def reject(self, column: str, reason: str) -> RejectedError:
        """Make the error for something that is wrong with it."""
        return RejectedError(self.rows[0].reject(column, reason))


Drafts = dict[str, list[Draft]]
"""A bundle's drafts, by table."""


def start_drafts(mapping: ImportMapping, rule: RecordRule, bundle: Bundle) -> Iterator[Draft]:
    """Make a draft for each key in the rule's file, or for each row where rows are numbered."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in bundle.rows.get(rule.file, ()):
        texts = [row.cells[column] for column in rule.key]
        blank = next((column for column in rule.key if mapping.is_unknown(row.cells[column])), None)
        if blank is None:
            groups[(*texts, row) if rule.is_numbered else tuple(texts)].append(row)
        elif not rule.is_optional:
            raise RejectedError(row.reject(blank, f"is blank, and tells one row of {rule.table} from another"))
    for rows in groups.values():
        yield Draft(
            rule,
            as_key([rows[0].cells[column] for column in rule.key]),
            rows,
            kept=set(_list_kept(mapping, rule, rows)),
            dated_on=max(_find_date(mapping, rule, row) for row in rows),
        )


def as_key(texts: Sequence[str]) -> str:
    """Write several texts as one, so that different texts never become the same."""
    return _MARK.join(text.replace("\\", "\\\\").replace(_MARK, f"\\{_MARK}") for text in texts)


def number_key(key: str, number: int) -> str:
    """Tell a key that comes again from the first."""
    return f"{key}{_MARK}{number}"


def link_drafts(draft: Draft, drafts: Drafts) -> None:
    """Point a draft at those made of the same rows, or else at the only one of the bundle.

    Raises:
        RejectedError: there are several, or there is none and it cannot be without.
    """
    table = draft.rule.table
    for column, parent_table in LINKS[table].items():
        if parent_table not in drafts:
            continue
        parents = _find_parents(draft, drafts[parent_table])
        if len(parents) > 1:
            raise draft.reject("", f"could belong to several rows of {parent_table}")
        if not parents and not TABLES[table].columns[column].nullable:
            raise draft.reject("", f"belongs to no row of {parent_table}")
        draft.links[column] = parents[0].key if parents else None


def require_whole(draft: Draft) -> None:
    """Require what no row can be without.

    Raises:
        RejectedError: it is not there.
    """
    for name, rules in draft.rule.fields.items():
        target = TARGETS[draft.rule.table][name]
        if draft.values[target.column.name] is None and target.is_required:
            raise draft.reject(rules[0].column, f"is blank, and is needed for {name}")
    one_of = ONE_OF.get(draft.rule.table)
    if one_of and not any(draft.values.get(name) for name in one_of):
        raise draft.reject("", f"has none of {', '.join(one_of)}")


def _find_parents(draft: Draft, candidates: list[Draft]) -> list[Draft]:
    if any(each.rule.file != draft.rule.file for each in candidates):
        return candidates
    own = {id(row) for row in draft.rows}
    return [each for each in candidates if any(id(row) in own for row in each.rows)]


def _list_kept(mapping: ImportMapping, rule: RecordRule, rows: list[Row]) -> Iterator[tuple[str, str]]:
    for column, expected in rule.kept.items():
        for row in rows:
            text = row.cells[column]
            if not mapping.is_unknown(text) and text.casefold() not in expected:
                yield column, text


def _find_date(mapping: ImportMapping, rule: RecordRule, row: Row) -> date:
    text = row.cells[rule.newest_by] if rule.newest_by else ""
    if mapping.is_unknown(text):
        return date.min
    try:
        return parse_day(mapping.formats, text)
    except UnreadableError as error:
        raise RejectedError(row.reject(rule.newest_by or "", error.reason)) from error
