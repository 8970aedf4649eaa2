"""What an operation costs: points for the rows that its plan may read at most, known before any is read.

A plan holds only what its caller may see, and page sizes are the caller's own; so a cost tells nothing of the rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

OPERATION = 1
PAGE = 1
ROW = 1
LINK = 1
"""A link to one row, for each row that it is followed from."""
COUNT = 10
"""A `totalCount`."""
AGGREGATE = 50


@dataclass(frozen=True, slots=True)
class Cost:
    """Points: `fixed` ones, and for each page the cost of a row as often as the page may have rows."""

    fixed: int = 0
    pages: tuple["PageCost", ...] = ()

    def among(self, values: Mapping[str, Any], agencies: int) -> int:
        """Answer the points for the page sizes of one request, of a caller in so many agencies."""
        points = self.fixed
        for limit, row, is_of_agencies in self.pages:
            size: int = values[limit] - 1
            points += (min(size, agencies) if is_of_agencies else size) * row.among(values, agencies)
        return points


class PageCost(NamedTuple):
    """A page: the parameter that holds its size and one more, and what a row of it costs."""

    limit: str
    row: Cost
    is_of_agencies: bool
    """It has no more rows than the caller has agencies."""


def add_costs(costs: Iterable[Cost], fixed: int = 0) -> Cost:
    """Put costs together, and `fixed` points with them."""
    found = list(costs)
    return Cost(fixed + sum(cost.fixed for cost in found), tuple(page for cost in found for page in cost.pages))
