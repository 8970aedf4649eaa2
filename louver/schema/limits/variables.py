"""The variables of a request, before they are coerced."""

from collections.abc import Mapping
from typing import Any

from louver.schema.limits.limits import Limits, exceed
from louver.schema.limits.scan import NESTING_MAX


def require_small_variables(variables: Mapping[str, Any], limits: Limits) -> None:
    """Refuse variables whose lists hold too many items in all, or that are nested too deeply.

    Raises:
        LimitExceededError: they do, or are.
    """
    items, level, depth = 0, list(variables.values()), 0
    while level := [value for value in level if isinstance(value, list | dict)]:
        depth += 1
        if depth > NESTING_MAX:
            raise exceed("nesting", NESTING_MAX, depth)
        items += sum(len(value) for value in level if isinstance(value, list))
        limits.require("list_items", items)
        level = [item for value in level for item in (value if isinstance(value, list) else value.values())]
