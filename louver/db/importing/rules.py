"""A mapping as rules: which cells become which fields of which rows. Built and checked by `mapping_file`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from louver.db.codes import Module
from louver.db.importing.targets import MODULES, Target


class Several(StrEnum):
    """What becomes of several different values for a field that holds one."""

    REJECT = "reject"
    FIRST = "first"
    """The first is the value; the texts of the others are kept beside it."""
    ANY = "any"
    """True if one of them is, false if all are, else unknown."""
    JOIN = "join"
    """All of them as one text."""


@dataclass(frozen=True, slots=True)
class FileRule:
    """One kind of file. Several files may be of a kind, such as one a year."""

    label: str
    pattern: str
    """Of the file's name, with `*` and `?`."""
    join: str | None = None
    """The column by which its rows belong together with those of other files."""
    is_unique: bool = False
    """Whether `join` may occur in one row only."""
    is_optional: bool = False
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How a field gets its value: from a column of a file, or a constant."""

    target: Target
    file: str = ""
    column: str = ""
    constant: str | None = None
    values: Mapping[str, str] | None = None
    """The source's text, case-folded, to ours; ours is empty where the text says nothing on this field."""
    keywords: tuple[tuple[str, re.Pattern[str]], ...] = ()
    true_if: frozenset[str] = frozenset()
    """Texts that mean yes; any other means no."""
    unknown: frozenset[str] = frozenset()
    formats: tuple[str, ...] = ()
    separator: str | None = None
    several: Several = Several.REJECT
    is_age: bool = False
    """The text is an age, the target is its band."""
    among: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Of a file that is not the row's own: its cells belong to the one row whose columns have these texts."""
    otherwise: str | None = None
    """The table whose row keeps the texts where it cannot be told which row they belong to."""


@dataclass(frozen=True, slots=True)
class RecordRule:
    """How rows of one of our tables are made: one for each key in one kind of file."""

    table: str
    file: str
    key: tuple[str, ...]
    fields: Mapping[str, tuple[FieldRule, ...]]
    is_optional: bool = False
    """Without a key there is no row, instead of a rejected one."""
    otherwise: str | None = None
    """The table whose row keeps what a source row without a key says."""
    is_shared: bool = False
    """The same key may come again elsewhere, and is the same row: an officer, a course."""
    is_numbered: bool = False
    """The same key may come again, and is another row each time."""
    newest_by: str | None = None
    kept: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Columns without a field, whose texts are kept as they are, but for those that go without saying."""

    def list_fields(self) -> list[FieldRule]:
        """List the rules of all fields."""
        return [rule for rules in self.fields.values() for rule in rules]


@dataclass(frozen=True, slots=True)
class AgencyRule:
    """An agency: one that the mapping knows by what its source calls it, or that the command line names."""

    name: str
    ori: str
    state: str
    timezone: str
    modules: tuple[Module, ...]


@dataclass(frozen=True, slots=True)
class AgencyDefaults:
    """What a mapping says of the agency that the command line names."""

    timezone: str
    modules: tuple[Module, ...]
    state: str | None = None


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """A source's files, and what they become."""

    name: str
    source_system: str
    files: Mapping[str, FileRule]
    main: str
    """The kind of file that has a row for everything; the others' rows join it."""
    records: tuple[RecordRule, ...]
    """In the order in which rows are inserted."""
    agencies: Mapping[str, AgencyRule] | AgencyDefaults
    """By the source's text, case-folded, in `agency_column` of the main file."""
    agency_column: str | None = None
    unknown: frozenset[str] = frozenset()
    formats: tuple[str, ...] = ()
    encoding: str = "utf-8-sig"
    delimiter: str = ","

    @property
    def modules(self) -> frozenset[Module]:
        """The modules that what it fills belongs to."""
        return frozenset(MODULES[rule.table] for rule in self.records if rule.table in MODULES)

    def is_unknown(self, text: str) -> bool:
        """Whether a text stands for nothing."""
        return not text or text.casefold() in self.unknown

    def list_columns(self, label: str) -> frozenset[str]:
        """List the columns that a kind of file must have."""
        return frozenset(self._list_all(self.files[label])) - {""}

    def _list_all(self, file: FileRule) -> list[str]:
        columns = [file.join or ""]
        if file.label == self.main:
            columns.append(self.agency_column or "")
        for rule in self.records:
            columns += [each.column for each in rule.list_fields() if each.file == file.label]
            if rule.file == file.label:
                among = chain.from_iterable(each.among for each in rule.list_fields())
                columns += [*rule.key, rule.newest_by or "", *rule.kept, *among]
        return columns
