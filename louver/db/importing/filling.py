"""Fill drafts: from their own rows, and from rows of other files that belong to them."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from itertools import chain
from typing import Any, NamedTuple

from louver.db.importing.bundles import Bundle
from louver.db.importing.drafts import Draft, Drafts, link_drafts, require_whole, start_drafts
from louver.db.importing.rejections import RejectedError
from louver.db.importing.rows import Row
from louver.db.importing.rules import FieldRule, ImportMapping, RecordRule, Several
from louver.db.importing.texts import Reading, UnreadableError, interpret

_JOINED = "; "


class Cell(NamedTuple):
    """A text, or one part of a cell with several, and what it says."""

    row: Row
    column: str
    text: str
    reading: Reading

    @property
    def is_saying(self) -> bool:
        """Whether it says anything."""
        return self.reading.value is not None or self.reading.is_uncoded


def draft_bundle(mapping: ImportMapping, bundle: Bundle, zone: tzinfo) -> list[Draft]:
    """Make all rows of ours from a bundle; what is wrong is added to its faults, and then there are none."""
    drafts: Drafts = {}
    for rule in mapping.records:
        with _collecting(bundle):
            drafts[rule.table] = list(start_drafts(mapping, rule, bundle))
    if bundle.faults:
        return []
    for rule in mapping.records:
        with _collecting(bundle):
            _keep_keyless(rule, bundle, drafts, zone)
        for rules in rule.fields.values():
            with _collecting(bundle):
                _fill_field(rule, rules, bundle, drafts, zone)
    if bundle.faults:
        return []
    whole = list(chain.from_iterable(drafts.values()))
    for draft in whole:
        with _collecting(bundle):
            require_whole(draft)
            link_drafts(draft, drafts)
    return whole


@contextmanager
def _collecting(bundle: Bundle) -> Generator[None]:
    try:
        yield
    except RejectedError as error:
        bundle.faults.append(error.rejection)


def _fill_field(record: RecordRule, rules: Sequence[FieldRule], bundle: Bundle, drafts: Drafts, zone: tzinfo) -> None:
    """Fill one field of all drafts of a table."""
    own = drafts[record.table]
    cells = [list[Cell]() for _ in own]
    for rule in rules:
        if rule.file in {record.file, ""}:
            for draft, said in zip(own, cells, strict=True):
                said.extend(_read_cells(rule, draft.rows, zone))
            continue
        found = list(_read_cells(rule, bundle.rows.get(rule.file, ()), zone))
        owner = _find_owner(rule, own)
        if owner is None:
            _keep_elsewhere(rule.otherwise, found, drafts)
        else:
            cells[owner] += found
    for draft, said in zip(own, cells, strict=True):
        _settle(rules[0], draft, said)


def _keep_keyless(record: RecordRule, bundle: Bundle, drafts: Drafts, zone: tzinfo) -> None:
    """Keep what rows without a key say with another row, unless that one has a field for it."""
    if record.otherwise is None:
        return
    keyed = {id(row) for draft in drafts[record.table] for row in draft.rows}
    keyless = [row for row in bundle.rows.get(record.file, ()) if id(row) not in keyed]
    known = {(rule.file, rule.column) for draft in drafts[record.otherwise] for rule in draft.rule.list_fields()}
    for rule in record.list_fields():
        if rule.file == record.file and (rule.file, rule.column) not in known:
            _keep_elsewhere(record.otherwise, list(_read_cells(rule, keyless, zone)), drafts)


def _read_cells(rule: FieldRule, rows: Iterable[Row], zone: tzinfo) -> Iterator[Cell]:
    for row in rows:
        whole = rule.constant if rule.constant is not None else row.cells[rule.column]
        for part in whole.split(rule.separator) if rule.separator else (whole,):
            text = part.strip()
            try:
                yield Cell(row, rule.column, text, interpret(rule, text, zone))
            except UnreadableError as error:
                raise RejectedError(row.reject(rule.column, error.reason)) from error


def _find_owner(rule: FieldRule, drafts: list[Draft]) -> int | None:
    """Find the place of the only draft that cells of another file can belong to."""
    able = [place for place, draft in enumerate(drafts) if _is_among(rule, draft)]
    return able[0] if len(able) == 1 else None


def _is_among(rule: FieldRule, draft: Draft) -> bool:
    return all(any(row.cells[column].casefold() in texts for row in draft.rows) for column, texts in rule.among.items())


def _keep_elsewhere(table: str | None, cells: list[Cell], drafts: Drafts) -> None:
    """Keep texts with the only row of another table, where it cannot be told which row of their own they are of."""
    saying = [cell for cell in cells if cell.is_saying]
    if not saying:
        return
    keepers = drafts[table] if table else []
    if len(keepers) != 1:
        first = saying[0]
        raise RejectedError(first.row.reject(first.column, "belongs to one of several rows, and not said to which"))
    keepers[0].kept |= {(cell.column, cell.text) for cell in saying}


def _settle(rule: FieldRule, draft: Draft, cells: list[Cell]) -> None:
    """Make one value of what the cells say."""
    column = rule.target.column.name
    draft.kept |= {(column, cell.text) for cell in cells if cell.reading.is_uncoded}
    values = [cell.reading.value for cell in cells]
    if rule.several is Several.ANY:
        draft.values[column] = _find_any(values)
        return
    distinct = list(dict.fromkeys(value for value in values if value is not None))
    if rule.target.is_list:
        draft.values[column] = _order(rule, distinct) or None
    elif len(distinct) > 1:
        draft.values[column] = _choose(rule, draft, cells, distinct)
    else:
        draft.values[column] = distinct[0] if distinct else None


def _find_any(values: list[bool | None]) -> bool | None:
    return True if True in values else None if None in values or not values else False


def _order(rule: FieldRule, values: list[Any]) -> list[Any]:
    """Put codes in their own order, so that the order of rows in a file means nothing."""
    return sorted(values, key=list(rule.target.codes).index) if rule.target.codes is not None else values


def _choose(rule: FieldRule, draft: Draft, cells: list[Cell], distinct: list[Any]) -> Any:
    if rule.several is Several.FIRST:
        others = {cell.text for cell in cells if cell.is_saying and cell.reading.value != distinct[0]}
        draft.kept |= {(rule.target.column.name, text) for text in others}
        return distinct[0]
    if rule.several is Several.JOIN:
        return _JOINED.join(sorted(distinct))
    raise draft.reject(rule.column, f"has {len(distinct)} different values, and {rule.target.name} holds one")
