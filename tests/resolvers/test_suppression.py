"""Small cells: no group of few is shown, and none can be found by subtracting the others from a total."""

from hypothesis import given
from hypothesis import strategies as st

from louver.resolvers.suppression import suppress, suppress_total

MINIMUM = 5
sizes = st.lists(st.integers(min_value=1, max_value=12), max_size=12)


def shown(counts: list[int], minimum: int = MINIMUM) -> list[int]:
    """The positions of the groups that are left, of groups `(key, count)`."""
    return [key for key, _ in suppress(list(enumerate(counts)), 1, minimum)]


@given(sizes)
def test_no_small_group(counts):
    """No group under the minimum is shown."""
    assert all(counts[key] >= MINIMUM for key in shown(counts))


@given(sizes)
def test_no_single_hidden_group(counts):
    """If anything is hidden, and anything is shown, at least two groups are hidden and the minimum of rows."""
    left = shown(counts)
    hidden = [count for key, count in enumerate(counts) if key not in left]
    assert not hidden or not left or (len(hidden) > 1 and sum(hidden) >= MINIMUM)


@given(sizes)
def test_nothing_hidden_without_need(counts):
    """Where no group is small, none is hidden."""
    if all(count >= MINIMUM for count in counts):
        assert shown(counts) == list(range(len(counts)))


@given(sizes)
def test_smallest_go_first(counts):
    """What goes along with a small group is never larger than what stays."""
    left = shown(counts)
    hidden = [count for key, count in enumerate(counts) if key not in left]
    assert not left or not hidden or max(hidden) <= min(counts[key] for key in left)


@given(sizes, st.integers(min_value=0, max_value=1))
def test_no_minimum(counts, minimum):
    """A minimum of none or one hides nothing."""
    assert shown(counts, minimum) == list(range(len(counts)))


@given(sizes)
def test_order_stays(counts):
    """The groups that are left keep their order."""
    left = shown(counts)
    assert left == sorted(left)


measured = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 12)).map(lambda pair: (max(pair), min(pair))), max_size=9
)
"""Groups as the number of their rows, and of those the number that a sum is made of."""


def split(groups):
    """The groups that are left and those that are hidden, each as its two sizes."""
    rows = [(key, count, 0.5, size) for key, (count, size) in enumerate(groups)]
    left = suppress(rows, 1, MINIMUM)
    return [(row[1], row[3]) for row in left], [(row[1], row[3]) for row in rows if row not in left]


@given(measured)
def test_no_sum_of_few(groups):
    """No group is shown whose sum is made of fewer rows than the minimum, unless of none."""
    left, _ = split(groups)
    assert all(count >= MINIMUM and (size == 0 or size >= MINIMUM) for count, size in left)


@given(measured)
def test_no_sum_by_subtraction(groups):
    """What is hidden makes two groups or more, and sums of the minimum of rows or of none, or nothing is shown."""
    left, hidden = split(groups)
    count, size = (sum(sizes) for sizes in zip(*hidden, strict=True)) if hidden else (0, 0)
    enough = len(hidden) > 1 and count >= MINIMUM and (size == 0 or size >= MINIMUM)
    assert not hidden or not left or enough


def test_totals():
    """A total over few rows is left out, and within a larger one the numbers that are made of few."""
    assert suppress_total((4, 1.5, 4), MINIMUM) is None
    assert suppress_total((9, 1.5, 4, 2.5, 5, None, 0), MINIMUM) == [9, None, 4, 2.5, 5, None, 0]
