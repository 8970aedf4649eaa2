"""What is open to a viewpoint at all, without a statement: the question that introspection asks.

It asks the same functions that plans are built with, so that what is shown is what would be answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from louver.authz.vocabulary import Act
from louver.resolvers.catalogue import Entity
from louver.resolvers.grouping import Grouping
from louver.resolvers.notes import Notes
from louver.resolvers.rows import PlanContext
from louver.resolvers.viewpoint import Access, Viewpoint


class Need(StrEnum):
    """What something in the schema takes to be open."""

    LIST = "LIST"
    COUNT = "COUNT"
    SEE = "SEE"
    FOLLOW = "FOLLOW"
    REFER = "REFER"
    """As a filter does, also one over rows that may only be counted."""
    GROUP = "GROUP"
    MEASURE = "MEASURE"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One need, about an entity and, but for LIST and COUNT, one of its members."""

    need: Need
    entity: Entity
    member: str = ""


@dataclass(frozen=True, slots=True)
class DutyRequirement:
    """The right to do one act to something that is administered."""

    administered: str
    act: Act


class Openness:
    """Answers requirements for one viewpoint."""

    def __init__(self, viewpoint: Viewpoint) -> None:
        self._viewpoint = viewpoint.outline
        self._counting = self._viewpoint.aggregating

    def meets(self, requirements: Sequence[Requirement | DutyRequirement]) -> bool:
        """Whether any one of them is met; nothing required is always met."""
        return not requirements or any(
            self._viewpoint.may(requirement.administered, requirement.act)
            if isinstance(requirement, DutyRequirement)
            else self._meets(requirement)
            for requirement in requirements
        )

    def _meets(self, requirement: Requirement) -> bool:
        entity, member = requirement.entity, requirement.member
        row = entity.table
        match requirement.need:
            case Need.LIST | Need.COUNT:
                viewpoint = self._viewpoint if requirement.need is Need.LIST else self._counting
                return viewpoint.reach(entity, row) is not None
            case Need.SEE:
                return self._viewpoint.visible(entity, entity.columns[member], row).access is not Access.DENIED
            case Need.FOLLOW:
                return self._may_follow(entity, member)
            case Need.REFER:
                return self._may_refer(entity, member)
            case Need.GROUP:
                return self._may_group(entity, member)
            case Need.MEASURE:
                return self._counting.aggregable(entity, entity.columns[member], row)[2] is None

    def _may_follow(self, entity: Entity, member: str) -> bool:
        relation = entity.relations[member]
        child = self._viewpoint.catalogue[relation.target].table.alias()
        if self._viewpoint.reach(entity, entity.table) is None:
            return False
        return self._viewpoint.follow(entity, relation, entity.table, child)[0] is not None

    def _may_refer(self, entity: Entity, member: str) -> bool:
        row = entity.table
        reaching = [each for each in (self._viewpoint, self._counting) if each.reach(entity, row) is not None]
        if member in entity.relations:
            relation = entity.relations[member]
            child = self._viewpoint.catalogue[relation.target].table.alias()
            return bool(reaching) and self._viewpoint.follow(entity, relation, row, child)[0] is not None
        seen = (each.visible(entity, entity.columns[member], row) for each in reaching)
        return any(visible.access is not Access.DENIED for visible in seen)

    def _may_group(self, entity: Entity, member: str) -> bool:
        context = PlanContext(self._viewpoint, (), Notes())
        if self._counting.reach(entity, entity.table) is None:
            return False
        Grouping(context, self._counting, entity, entity.table, {}).add(entity.dimensions[member])
        return not context.refusals
