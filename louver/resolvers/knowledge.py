"""What a caller may list anyway: of these rows an aggregate tells nothing new, and so they hide nobody else.

Leak: a supervisor who lists the own unit and counts the whole agency could subtract the one from the other. So a group
is as small as the number of its rows that the caller cannot list together with all that they are grouped and summed by.
"""

from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy import ColumnElement, FromClause, and_, case, null, or_

from louver.authz.vocabulary import Reason
from louver.resolvers.catalogue import Column, Entity, Relation
from louver.resolvers.viewpoint import Viewpoint


class Knowledge:
    """Collects what has to be listable of a row for its place in an aggregate to be known."""

    def __init__(self, listing: Viewpoint, conditions: Sequence[ColumnElement[bool]] | None) -> None:
        self._listing = listing
        self._conditions = None if conditions is None else list(conditions)

    @classmethod
    def of(cls, listing: Viewpoint, entity: Entity, row: FromClause) -> Self:
        """Begin with the rows that are listed."""
        reach = listing.reach(entity, row)
        return cls(listing, None if reach is None else [reach])

    def need_column(self, entity: Entity, column: Column, row: FromClause) -> None:
        """The value of a column has to be seen."""
        condition, _, reason = self._listing.aggregable(entity, column, row)
        self._need(condition, reason)

    def need_link(self, entity: Entity, relation: Relation, row: FromClause, child: FromClause) -> None:
        """It has to be seen where a link leads, or that it leads nowhere."""
        shown, _, hidden_link = self._listing.linkable(entity, relation, row)
        led, hidden_target = self._listing.follow(entity, relation, row, child)
        self._need(shown, hidden_link)
        self._need(None if led is None else or_(row.c[relation.local].is_(None), led), hidden_target)

    def also(self, entity: Entity, column: Column, row: FromClause) -> "Knowledge":
        """Make the knowledge that takes one column more."""
        more = Knowledge(self._listing, self._conditions)
        more.need_column(entity, column, row)
        return more

    @property
    def is_none(self) -> bool:
        """Whether no row at all is known."""
        return self._conditions is None

    def unless_known(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """The value on rows that are not known, and null on those that are."""
        if self._conditions is None:
            return value
        return case((and_(*self._conditions), null()), else_=value)

    def _need(self, condition: ColumnElement[bool] | None, reason: Reason | None) -> None:
        if reason is not None:
            self._conditions = None
        elif self._conditions is not None and condition is not None:
            self._conditions.append(condition)
