"""Sights: what a role set sees of a coordinate once everything it takes is put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from louver.authz.combining import Scopes, combine, covers
from louver.authz.decisions import NO_ROWS, Decision
from louver.authz.rights import Rights
from louver.authz.vocabulary import Mask, Reason


class Degree(StrEnum):
    """How much is seen, most first."""

    VISIBLE = "VISIBLE"
    """The value, on some rows at least."""
    MASKED = "MASKED"
    AGGREGATE = "AGGREGATE"
    """In numbers over many rows only."""
    DENIED = "DENIED"

    @property
    def is_shown(self) -> bool:
        """Whether rows show anything of it, a mask included."""
        return self in (Degree.VISIBLE, Degree.MASKED)


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be open for a coordinate to be seen.

    A field needs its own right, with those of the fields that it is derived from, on rows of its type that are reached;
    a relation needs besides that the rows it leads to are reached.
    """

    combined: tuple[str, ...]
    """Decided together: shown no more than each."""
    reach: str | None = None
    """The type whose rows it stands on; None where the coordinate is about the rows themselves."""
    beyond: tuple[str, ...] = ()
    """Each has to be visible too."""
    is_maskable: bool = True
    """Not so for rows and for what leads to rows: a mask of these is nothing."""
    is_countable: bool = True
    is_count: bool = False
    """It counts rows and lists none."""
    is_measured: bool = False
    """It may be summed; what may not be can only be grouped or filtered by where rows are counted."""
    guard: str | None = None
    """What it needs besides on some rows, whoever asks: names of undercover officers."""

    @property
    def named(self) -> tuple[str, ...]:
        """Every coordinate that it depends on."""
        found = (self.reach, *self.combined, *self.beyond, self.guard)
        return tuple(dict.fromkeys(each for each in found if each is not None))

    @classmethod
    def of(cls, coordinate: str) -> "Needs":
        """Answer what a plain field or type needs."""
        type_name, dot, _ = coordinate.partition(".")
        return cls((coordinate,), reach=type_name if dot else None, is_maskable=bool(dot))


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of one coordinate: on which rows, out of those that are reached at all."""

    coordinate: str
    degree: Degree
    view: Scopes = NO_ROWS
    masked: Scopes = NO_ROWS
    aggregate: Scopes = NO_ROWS
    reach: Scopes = NO_ROWS
    """The rows of the type that are reached; empty where the coordinate is about the rows themselves."""
    mask: Mask | None = None
    reason: Reason | None = None
    """Why no row shows it."""
    deciding: tuple[Decision, ...] = ()
    """The decisions that it comes down to."""

    @property
    def rows(self) -> Scopes:
        """The rows on which it is seen as `degree` says."""
        return {
            Degree.VISIBLE: self.view,
            Degree.MASKED: self.masked,
            Degree.AGGREGATE: self.aggregate,
            Degree.DENIED: NO_ROWS,
        }[self.degree]

    def __str__(self) -> str:
        """Spell it as one cell of a table, such as `VISIBLE own, MASKED agency within unit`."""
        if self.degree is Degree.DENIED:
            return f"{self.degree} {self.reason}" if self.reason else str(self.degree)
        reach = f" within {_spell(self.reach)}" if self.reach and not covers(self.reach, self.rows) else ""
        return ", ".join(self._list_parts()) + reach

    def _list_parts(self) -> Iterator[str]:
        if self.degree is Degree.AGGREGATE:
            yield f"{Degree.AGGREGATE} {_spell(self.aggregate)}"
            return
        if self.view:
            yield f"{Degree.VISIBLE} {_spell(self.view)}"
        if self.masked and not covers(self.view, self.masked):
            yield f"{Degree.MASKED} {_spell(self.masked)}"


def look(rights: Rights, coordinate: str, needs: Needs | None = None, *, is_counting: bool = False) -> Sight:
    """Answer what is seen of a coordinate, from the very decisions that plans are built from.

    `is_counting`: what is seen of it in aggregates, whether or not rows show it.
    """
    needs = needs or Needs.of(coordinate)
    is_counting = is_counting or needs.is_count
    own = [rights.decide(each) for each in needs.combined]
    beyond = [rights.decide(each) for each in needs.beyond]
    reach = rights.decide(needs.reach) if needs.reach else None
    combined = combine(own)
    masked = combined.masked if needs.is_maskable else NO_ROWS
    needed = [*([reach] if reach else []), *own, *beyond]
    counted = combined.aggregate if needs.is_countable else NO_ROWS
    degree = _find_degree(replace(combined, masked=masked, aggregate=counted), beyond, reach, is_counting=is_counting)
    stops = [each for each in needed if not each.view and not (masked and each in own)]
    return Sight(
        coordinate,
        degree,
        view=combined.view,
        masked=masked,
        aggregate=counted,
        reach=NO_ROWS if reach is None else reach.view if degree.is_shown else reach.aggregate,
        mask=combined.mask,
        reason=None if degree.is_shown else next((each.reason for each in stops if each.reason), Reason.ROLE),
        deciding=tuple(stops if degree is Degree.DENIED else needed),
    )


def _find_degree(own: Decision, beyond: Sequence[Decision], reach: Decision | None, *, is_counting: bool) -> Degree:
    is_listed = (reach is None or bool(reach.view)) and all(each.view for each in beyond)
    if is_listed and not is_counting and not own.is_denied:
        return Degree.VISIBLE if own.view else Degree.MASKED
    is_counted = (reach is None or bool(reach.aggregate)) and all(each.aggregate for each in beyond)
    return Degree.AGGREGATE if is_counted and own.aggregate else Degree.DENIED


def _spell(scopes: Scopes) -> str:
    return "+".join(sorted(scopes))
