"""Surfaces: every way in which an answer might depend on a value, and how often each was tried."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

COVERED_AT = 1_000
"""A surface that was tried less often than this does not count as covered."""


class Surface(StrEnum):
    """One way. The value is what a report calls it."""

    PAGE = "list"
    POINT = "one row by id"
    NODE = "node"
    NODE_HIDDEN = "id that is hidden, foreign or unknown"
    VIEWER = "viewer"
    NESTED_ONE = "nested to one"
    NESTED_MANY = "nested to many"
    NESTED_DEEP = "nested three deep"
    COUNT = "count"
    PAGE_INFO = "page info"
    FORWARD = "page forward"
    BACKWARD = "page backward"
    CURSOR_FORWARD = "cursor followed forward"
    CURSOR_BACKWARD = "cursor followed backward"
    CURSOR_NESTED = "cursor followed below a row"
    FILTER = "filter"
    FILTER_JUNCTION = "filter: and, or, not"
    FILTER_SOME = "filter: some"
    FILTER_NONE = "filter: none"
    FILTER_EVERY = "filter: every"
    FILTER_ONE = "filter: related row"
    EQ = "operator eq"
    NE = "operator ne"
    GT = "operator gt"
    GTE = "operator gte"
    LT = "operator lt"
    LTE = "operator lte"
    IN = "operator in"
    NOT_IN = "operator notIn"
    CONTAINS = "operator contains"
    STARTS_WITH = "operator startsWith"
    HAS = "operator has"
    HAS_ANY = "operator hasAny"
    HAS_ALL = "operator hasAll"
    IS_NULL = "operator isNull"
    ORDER = "order"
    ORDER_MANY = "order by several"
    AGGREGATE = "aggregate"
    AGGREGATE_FILTER = "aggregate: filter"
    GROUP = "aggregate: group"
    GROUP_DATE = "aggregate: group by year or month"
    GROUP_ROW = "aggregate: group by row"
    MEASURE = "aggregate: sum and average"
    SUPPRESSED = "aggregate: small groups left out"
    FRAGMENT = "fragment"
    INLINE_FRAGMENT = "inline fragment"
    ALIAS = "alias"
    SEVERAL_ROOTS = "several roots"
    VARIABLE = "variable"
    SKIP_INCLUDE = "skip and include"
    INTROSPECTION = "introspection"
    ERROR = "error"
    ERROR_VALUE = "error about a value"
    REFUSED = "refused reference"
    MODE_ERRORS = "denied: errors"
    MODE_EXTENSIONS = "denied: extensions"
    MODE_REJECT = "denied: reject"
    MODE_HIDE = "denied: hide"
    MASKED = "masked"
    PARTIAL = "partly visible"
    SEVERAL_AGENCIES = "several agencies"
    SEVERAL_ROLES = "several roles"
    KEY_SCOPES = "key scopes"
    NAMED_ROWS = "support grant of named rows"
    OVERLAY = "agency's own lines"
    MODULE_MISSING = "module missing"
    SUBSCRIPTION_ENDED = "subscription ended"


class Tally:
    """How often each surface was tried, over pairs of answers."""

    def __init__(self, pairs: int = 0, hits: Mapping[Surface, int] | None = None) -> None:
        self.pairs = pairs
        self.unanswered = 0
        """Operations that the database would not read: they are nested too deeply for it."""
        self.hits: Counter[Surface] = Counter(hits)

    def count(self, surfaces: Iterable[Surface]) -> None:
        """Count one pair."""
        self.pairs += 1
        self.hits.update(surfaces)

    def add(self, other: "Tally") -> None:
        """Take another tally's counts as well."""
        self.pairs += other.pairs
        self.unanswered += other.unanswered
        self.hits.update(other.hits)

    def list_uncovered(self, least: int = COVERED_AT) -> list[Surface]:
        """The surfaces that were tried too seldom."""
        return [surface for surface in Surface if self.hits[surface] < least]
