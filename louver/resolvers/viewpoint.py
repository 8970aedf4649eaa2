"""What a principal sees, as SQL: row reach per entity and the *visible expression* per field.

A viewpoint is made from the principal's *standpoints*: its memberships, those with equal rights taken together. It
holds no ids, only parameter names, so that one plan serves every principal for whom the same is decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    case,
    false,
    not_,
    or_,
    true,
)

from louver.authz.combining import combine
from louver.authz.decisions import Decision
from louver.authz.vocabulary import Act, Mask, Reason, Rows
from louver.resolvers.catalogue import Catalogue, Column, Entity, Relation
from louver.resolvers.dialects import Speech
from louver.resolvers.masks import mask_expression
from louver.resolvers.standings import Decides, StandingBinds, Standpoint

Scopes = frozenset[Rows]


class Access(StrEnum):
    """How much of a field a principal sees over the rows in its reach."""

    FULL = "FULL"
    PARTIAL = "PARTIAL"
    MASKED = "MASKED"
    DENIED = "DENIED"


@dataclass(frozen=True, slots=True)
class Visible:
    """A field as the principal sees it; `expression` is None where nothing of it is in the SQL."""

    expression: ColumnElement[Any] | None
    access: Access
    mask: Mask | None = None
    reason: Reason | None = None


class Viewpoint:
    """Answers, for one set of standings, which rows and which cells are seen."""

    def __init__(
        self, standpoints: Sequence[Standpoint], catalogue: Catalogue, speech: Speech, *, is_aggregate: bool = False
    ) -> None:
        self.catalogue = catalogue
        self.speech = speech
        self._is_aggregate = is_aggregate
        self._standpoints = tuple(standpoints)
        self._binds = [StandingBinds(index, each, speech) for index, each in enumerate(standpoints)]

    @property
    def outline(self) -> "Viewpoint":
        """The same standings, for questions whose answers are the same whichever rows a scope reaches."""
        return _Outline(self._standpoints, self.catalogue, self.speech, is_aggregate=self._is_aggregate)

    @property
    def listing(self) -> "Viewpoint":
        """The same standings, reaching only what may be listed row by row."""
        return type(self)(self._standpoints, self.catalogue, self.speech) if self._is_aggregate else self

    @property
    def aggregating(self) -> "Viewpoint":
        """The same standings, reaching also what may only be counted."""
        return type(self)(self._standpoints, self.catalogue, self.speech, is_aggregate=True)

    def may(self, coordinate: str, act: Act) -> bool:
        """Whether one of the standings may do something that is no viewing."""
        return any(not standpoint.rights.permit(coordinate, act).is_denied for standpoint in self._standpoints)

    # rows

    def reaches_by_aggregate(self, entity: Entity) -> bool:
        """Some rows are in reach only to be counted."""
        decisions = [standpoint.rights.decide(entity.name) for standpoint in self._standpoints]
        return any(decision.aggregate and not _covers(decision.view, decision.aggregate) for decision in decisions)

    def reach(self, entity: Entity, row: FromClause) -> ColumnElement[bool] | None:
        """The rows of `entity` in reach, or None where there can be none."""
        parts = [
            and_(binds.is_in_agency(row.c[entity.agency_column]), self._among(entity, row, scopes, binds))
            for standpoint, binds in zip(self._standpoints, self._binds, strict=True)
            if (scopes := self._reach_scopes(standpoint.rights, entity))
        ]
        return or_(*parts) if parts else None

    def why_unreachable(self, entity: Entity) -> Reason:
        """Why `reach` is None."""
        decisions = [standpoint.rights.decide(entity.name) for standpoint in self._standpoints]
        if self._is_aggregate and any(decision.is_for_export_alone for decision in decisions):
            return Reason.SUBSCRIPTION
        return next((decision.reason for decision in decisions if decision.reason), Reason.ROLE)

    # cells

    def visible(self, entity: Entity, column: Column, row: FromClause) -> Visible:
        """The visible expression of `column` on the rows of `entity` that are in reach."""
        cells = [
            (binds, self._cell(standpoint, binds, entity, column, row))
            for standpoint, binds in zip(self._standpoints, self._binds, strict=True)
            if self._reach_scopes(standpoint.rights, entity)
        ]
        return self._merge(cells, entity, row) if cells else Visible(None, Access.DENIED, reason=Reason.ROLE)

    def aggregable(
        self, entity: Entity, column: Column, row: FromClause
    ) -> tuple[ColumnElement[bool] | None, bool, Reason | None]:
        """On which rows `column` may be grouped or summed.

        Returns the condition (None: on all in reach), whether some of that right is for aggregates only, and the
        reason if there is no such right.
        """
        needed = (entity.coordinate(column.name), *column.inputs)
        return self._condition(needed, entity, row)

    # relations

    def linkable(
        self, entity: Entity, relation: Relation, row: FromClause, among: "Viewpoint | None" = None
    ) -> tuple[ColumnElement[bool] | None, bool, Reason | None]:
        """On which rows the link itself may be grouped by, whether or not it leads anywhere; as `aggregable`.

        `among`: whose reach the rows are in, where that is not this viewpoint's.
        """
        link = [entity.coordinate(relation.name)] if relation.classified else []
        return self._condition(link, entity, row, among)

    def follow(
        self,
        entity: Entity,
        relation: Relation,
        parent: FromClause,
        child: FromClause,
        among: "Viewpoint | None" = None,
    ) -> tuple[ColumnElement[bool] | None, Reason | None]:
        """The condition under which `relation` leads from `parent` to `child`, or None and the reason.

        Includes the join, the child's reach, and the rights on the link itself. Leak: a link that is seen on all rows
        that may be listed is not seen on all that may be counted, so `among` says in whose reach the parents are.
        """
        target = self.catalogue[relation.target]
        reach = self.reach(target, child)
        if reach is None:
            return None, self.why_unreachable(target)
        link = [entity.coordinate(relation.name)] if relation.classified else []
        conditions = []
        for needed, owner, row, reached in ((link, entity, parent, among), (relation.inputs, target, child, None)):
            condition, _, reason = self._condition(needed, owner, row, reached)
            if reason is not None:
                return None, reason
            conditions += [] if condition is None else [condition]
        join = and_(
            parent.c[entity.agency_column] == child.c[target.agency_column],
            parent.c[relation.local] == child.c[relation.remote],
        )
        return and_(join, reach, *conditions), None

    def follow_many(self, relation: Relation, child: FromClause) -> tuple[ColumnElement[bool] | None, Reason | None]:
        """As `follow`, for a to-many relation and without the join: rights on such a link lie on the child's side."""
        target = self.catalogue[relation.target]
        reach = self.reach(target, child)
        if reach is None:
            return None, self.why_unreachable(target)
        condition, _, reason = self._condition(relation.inputs, target, child)
        if reason is not None:
            return None, reason
        return (reach if condition is None else and_(reach, condition)), None

    # parts

    def _reach_scopes(self, rights: Decides, entity: Entity) -> Scopes:
        decision = rights.decide(entity.name)
        return decision.aggregate if self._is_aggregate else decision.view

    def _among(self, entity: Entity, row: FromClause, scopes: Scopes, binds: StandingBinds) -> ColumnElement[bool]:
        if Rows.AGENCY in scopes:
            return true()
        return or_(false(), *(entity.scopes[scope](row, binds) for scope in sorted(scopes) if scope in entity.scopes))

    def _cell(
        self, standpoint: Standpoint, binds: StandingBinds, entity: Entity, column: Column, row: FromClause
    ) -> Visible:
        reach = self._reach_scopes(standpoint.rights, entity)
        needed = (entity.coordinate(column.name), *column.inputs)
        decision = combine([standpoint.rights.decide(coordinate) for coordinate in needed])
        cell = self._unguarded(decision, reach, binds, entity, column, row)
        if column.guard is None or cell.expression is None:
            return cell
        guard = standpoint.rights.decide(column.guard.coordinate)
        if _covers(guard.view, reach):
            return cell
        may_see = or_(not_(column.guard.applies(row)), self._among(entity, row, guard.view, binds))
        access = Access.PARTIAL if cell.access is Access.FULL else cell.access
        return replace(cell, expression=case((may_see, cell.expression)), access=access)

    def _unguarded(
        self, decision: Decision, reach: Scopes, binds: StandingBinds, entity: Entity, column: Column, row: FromClause
    ) -> Visible:
        bare = column.expression(row)
        if _covers(decision.view, reach):
            return Visible(bare, Access.FULL)
        if not decision.view and not decision.masked:
            return Visible(None, Access.DENIED, reason=decision.reason or Reason.ROLE)
        masked = mask_expression(decision.mask, bare, column, self.speech) if decision.masked else None
        whens = [(self._among(entity, row, decision.view, binds), bare)] if decision.view else []
        if masked is not None and not _covers(decision.view | decision.masked, reach):
            whens.append((self._among(entity, row, decision.masked, binds), masked))
            masked = None
        expression = case(*whens, else_=masked) if whens else masked
        access = Access.PARTIAL if decision.view else Access.MASKED
        return Visible(expression, access, mask=decision.mask if decision.masked else None)

    def _merge(self, cells: list[tuple[StandingBinds, Visible]], entity: Entity, row: FromClause) -> Visible:
        accesses = {cell.access for _, cell in cells}
        if len(cells) == 1 or accesses in ({Access.FULL}, {Access.DENIED}):
            return cells[0][1]
        whens = [
            (binds.is_in_agency(row.c[entity.agency_column]), cell.expression)
            for binds, cell in cells
            if cell.expression is not None
        ]
        mask = next((cell.mask for _, cell in cells if cell.mask), None)
        access = Access.MASKED if accesses == {Access.MASKED} else Access.PARTIAL
        return Visible(case(*whens) if whens else None, access, mask=mask)

    def _condition(
        self, coordinates: Sequence[str], entity: Entity, row: FromClause, among: "Viewpoint | None" = None
    ) -> tuple[ColumnElement[bool] | None, bool, Reason | None]:
        """On which rows all of `coordinates` may be read outright."""
        conditions: list[ColumnElement[bool]] = []
        only_aggregate = False
        for coordinate in coordinates:
            condition, by_aggregate, reason = self._one_condition(coordinate, entity, row, among or self)
            if reason is not None:
                return None, False, reason
            only_aggregate |= by_aggregate
            if condition is not None:
                conditions.append(condition)
        return (and_(*conditions) if conditions else None), only_aggregate, None

    def _one_condition(
        self, coordinate: str, entity: Entity, row: FromClause, among: "Viewpoint"
    ) -> tuple[ColumnElement[bool] | None, bool, Reason | None]:
        parts: list[ColumnElement[bool]] = []
        is_everywhere, only_aggregate, reason = True, False, None
        for standpoint, binds in zip(self._standpoints, self._binds, strict=True):
            reach = among._reach_scopes(standpoint.rights, entity)  # noqa: SLF001 - one of its own kind
            if not reach:
                continue
            decision = standpoint.rights.decide(coordinate)
            scopes = decision.aggregate if self._is_aggregate else decision.view
            reason = reason or (None if scopes else decision.reason or Reason.ROLE)
            only_aggregate |= self._is_aggregate and bool(scopes) and not _covers(decision.view, scopes)
            is_everywhere &= _covers(scopes, reach)
            if scopes:
                in_agency = binds.is_in_agency(row.c[entity.agency_column])
                parts.append(and_(in_agency, self._among(entity, row, scopes, binds)))
        if not parts:
            return None, False, reason or Reason.ROLE
        return (None if is_everywhere else or_(*parts)), only_aggregate, None


class _Outline(Viewpoint):
    """Does not write its row scopes out, which is most of the work."""

    def _among(self, entity: Entity, row: FromClause, scopes: Scopes, binds: StandingBinds) -> ColumnElement[bool]:
        del entity, row, scopes, binds
        return true()


def _covers(scopes: Scopes, reach: Scopes) -> bool:
    return Rows.AGENCY in scopes or (bool(reach) and reach <= scopes)
