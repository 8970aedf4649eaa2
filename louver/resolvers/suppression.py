"""Small cells: which groups may not be shown."""

from collections.abc import Sequence
from typing import Any

Row = Sequence[Any]


def suppress(groups: Sequence[Row], count_index: int, minimum: int, open_columns: Sequence[int] = ()) -> list[Row]:
    """Leave out groups of fewer than `minimum` rows, and complementary ones.

    A group has several sizes: the number of its rows at `count_index`, and at every second place after it the number of
    rows that a sum or an average is made of. It is small where one of them is.

    What is left out could be found by subtracting the rest from a total, so the smallest other groups go too, until
    what is left out makes at least two groups and, by each size, none or `minimum` rows together. The caller knows the
    total of all, and where it may group by `open_columns` freely, the total of each of those groups.
    """
    sizes = [group[count_index::2] for group in groups]
    hidden = {index for index, size in enumerate(sizes) if any(_is_small(each, minimum) for each in size)}
    totals = _list_totals(groups, open_columns)
    while hidden and any(_hide_complement(sizes, hidden, total, minimum) for total in totals):
        pass  # what was hidden for the sake of one total may stand alone in another
    return [group for index, group in enumerate(groups) if index not in hidden]


def _list_totals(groups: Sequence[Row], open_columns: Sequence[int]) -> list[list[int]]:
    """The sets of groups, by position, of which the caller knows how many rows they have together."""
    totals: dict[tuple[Any, ...], list[int]] = {}
    for index, group in enumerate(groups):
        totals.setdefault(tuple(group[column] for column in open_columns), []).append(index)
    return [list(range(len(groups))), *(totals.values() if open_columns else ())]


def _hide_complement(sizes: Sequence[Row], hidden: set[int], total: Sequence[int], minimum: int) -> bool:
    """Hide more of one total's groups, as far as there is need; answer whether there was."""
    # Leak: a group of no size is one whose rows the caller knows, so hiding it protects nobody.
    mine = sorted((index for index in total if any(sizes[index])), key=lambda index: sizes[index][0])
    left_out = [index for index in mine if index in hidden]
    if not left_out:
        return False
    together = [sum(each) for each in zip(*(sizes[index] for index in left_out), strict=True)]
    before = len(hidden)
    for index in mine:
        if len(left_out) > 1 and not any(_is_small(size, minimum) for size in together):
            break
        if index not in hidden:
            hidden.add(index)
            left_out.append(index)
            together = [size + more for size, more in zip(together, sizes[index], strict=True)]
    return len(hidden) > before


def suppress_total(total: Row, minimum: int, count_index: int = 0) -> Row | None:
    """Leave out a total over fewer than `minimum` rows, and the numbers in it that are made of fewer.

    As in a group, its size stands first; the number of its rows, which may be larger, at `count_index`. Of none at all
    it is not told apart from few.
    """
    if _is_small(total[0], minimum) or total[count_index] == 0 < minimum:
        return None
    left = list(total)
    for position in range(2, len(left), 2):
        if _is_small(left[position], minimum):
            left[position - 1] = None
    return left


def _is_small(size: int, minimum: int) -> bool:
    """Whether so few rows tell of one; none tells of nobody."""
    return 0 < size < minimum
