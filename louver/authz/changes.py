"""Changes: how what is seen of a coordinate under one policy differs from what is seen under another."""

from collections.abc import Iterator
from enum import StrEnum

from louver.authz.combining import Scopes, covers
from louver.authz.sights import Degree, Sight


class Change(StrEnum):
    """What becomes of one coordinate for one role set."""

    NEWLY_VISIBLE = "NEWLY_VISIBLE"
    """The value, or its mask, where nothing was shown."""
    UNMASKED = "UNMASKED"
    NEWLY_COUNTED = "NEWLY_COUNTED"
    """In aggregates, where it was in nothing."""
    MORE_ROWS = "MORE_ROWS"
    OTHER_ROWS = "OTHER_ROWS"
    """Some rows more and some fewer."""
    FEWER_ROWS = "FEWER_ROWS"
    NEWLY_MASKED = "NEWLY_MASKED"
    NEWLY_DENIED = "NEWLY_DENIED"
    """Not shown any more, nor its mask; perhaps counted still."""

    @property
    def is_gain(self) -> bool:
        """Whether anything more is seen."""
        return self in _GAINS

    @property
    def is_loss(self) -> bool:
        """Whether anything less is seen."""
        return self in _LOSSES


_GAINS = {Change.NEWLY_VISIBLE, Change.UNMASKED, Change.NEWLY_COUNTED, Change.MORE_ROWS, Change.OTHER_ROWS}
_LOSSES = {Change.FEWER_ROWS, Change.OTHER_ROWS, Change.NEWLY_MASKED, Change.NEWLY_DENIED}
_ORDER = list(Degree)


def find_change(before: Sight, after: Sight) -> Change | None:
    """Answer how one sight differs from another; None where the same is seen."""
    if before.degree is not after.degree:
        return _find_degree_change(before.degree, after.degree)
    return _find_rows_change(before, after)


def _find_degree_change(before: Degree, after: Degree) -> Change:
    is_gain = _ORDER.index(after) < _ORDER.index(before)
    if is_gain and not before.is_shown:
        return Change.NEWLY_VISIBLE if after.is_shown else Change.NEWLY_COUNTED
    if is_gain:
        return Change.UNMASKED
    return Change.NEWLY_MASKED if after is Degree.MASKED else Change.NEWLY_DENIED


def _find_rows_change(before: Sight, after: Sight) -> Change | None:
    if before.degree is Degree.DENIED:
        return None
    has_more = any(not covers(old, new) for old, new in _pair_rows(before, after))
    has_fewer = any(not covers(new, old) for old, new in _pair_rows(before, after))
    if has_more and has_fewer:
        return Change.OTHER_ROWS
    return Change.MORE_ROWS if has_more else Change.FEWER_ROWS if has_fewer else None


def _pair_rows(before: Sight, after: Sight) -> Iterator[tuple[Scopes, Scopes]]:
    """Pair what is compared: rows with the value, rows with that or a mask, rows counted, rows reached."""
    if before.degree.is_shown:
        yield before.view, after.view
        yield before.view | before.masked, after.view | after.masked
    else:
        yield before.aggregate, after.aggregate
    yield before.reach, after.reach
