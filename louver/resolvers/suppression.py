"""Small cells: which groups may not be shown."""

from collections.abc import Sequence
from typing import Any


def suppress(groups: Sequence[Sequence[Any]], count_index: int, minimum: int) -> list[Sequence[Any]]:
    """Leave out groups of fewer than `minimum` rows, and complementary ones.

    What is left out could be found by subtracting the rest from a total, so the smallest other groups go too, until
    what is left out makes at least two groups and `minimum` rows together.
    """
    by_size = sorted(range(len(groups)), key=lambda index: groups[index][count_index])
    hidden = {index for index in by_size if groups[index][count_index] < minimum}
    hidden_rows = sum(groups[index][count_index] for index in hidden)
    for index in by_size:
        if not hidden or (len(hidden) > 1 and hidden_rows >= minimum):
            break
        if index not in hidden:
            hidden.add(index)
            hidden_rows += groups[index][count_index]
    return [group for index, group in enumerate(groups) if index not in hidden]
