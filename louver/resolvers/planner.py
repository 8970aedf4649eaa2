"""From a request and a principal's rights to a plan, built once for all requests of the same shape."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakValueDictionary

from louver.resolvers.aggregates import Aggregate, build_aggregate
from louver.resolvers.arguments import PointShape, Shape
from louver.resolvers.cache import LruCache
from louver.resolvers.catalogue import Catalogue
from louver.resolvers.consulting import Inquiry, Question, answer
from louver.resolvers.cost import OPERATION, Cost, add_costs
from louver.resolvers.dialects import Speech
from louver.resolvers.filters import Refusal
from louver.resolvers.levels import build_root_page
from louver.resolvers.notes import Notes
from louver.resolvers.points import Lookup, build_point
from louver.resolvers.requests import Request, Root, RootKind
from louver.resolvers.rows import PlanContext
from louver.resolvers.run import Run
from louver.resolvers.standings import Standing
from louver.resolvers.viewpoint import Viewpoint

PLANS_KEPT = 2_000
_SERIES_KEPT = 20
"""Of questions, for one request in one shape: each costs a look at what its questions are answered."""
_FIELDS_PER_SHARE = 10
"""A plan of more takes the room of several, so that the largest cannot fill the memory."""


class Executable(Protocol):
    """A planned root."""

    @property
    def cost(self) -> Cost:
        """What it may read at most."""

    async def run(self, run: Run) -> Any:
        """Fetch and complete."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Plan:
    """How each root is read; a root that is missing in `roots` answers null."""

    keys: tuple[str, ...]
    """The response keys of all planned roots, in the order of the answer."""
    roots: Mapping[str, Executable]
    notes: Notes
    refusals: Sequence[Refusal]
    cost: Cost
    fields: int
    unplanned: tuple[str, ...]
    """Roots of the operation that are read otherwise."""
    is_whole: bool
    """Whether it answers all of the operation, so that nothing is left to execute."""
    is_subtractable: bool = False
    """Two of its aggregates leave out small groups, so one could be subtracted from the other."""

    async def read(self, key: str, run: Run) -> Any:
        """Answer the root under one response key."""
        root = self.roots.get(key)
        return None if root is None else await root.run(run)

    async def read_all(self, run: Run) -> list[Any]:
        """Answer all planned roots, in the order of `keys`; in place of one that could not be read is its exception."""
        if len(self.keys) == 1:
            return [await self._try(self.keys[0], run)]
        return await asyncio.gather(*(self._try(key, run) for key in self.keys))

    async def _try(self, key: str, run: Run) -> Any:
        try:
            return await self.read(key, run)
        except Exception as error:  # noqa: BLE001 - one root's failure is told beside what the others found
            return error


class Planner:
    """Plans for one catalogue on one engine."""

    def __init__(self, catalogue: Catalogue, speech: Speech) -> None:
        self._catalogue = catalogue
        self._speech = speech
        self.plans: LruCache[Plan] = LruCache(PLANS_KEPT, _weigh)
        self._built: WeakValueDictionary[Any, Plan] = WeakValueDictionary()
        """Of `plans`, by what they asked and were told."""
        self._questions: LruCache[list[tuple[Question, ...]]] = LruCache(PLANS_KEPT)
        """What was asked for a request of one shape: what comes next may depend on what was told before."""

    def plan(self, request: Request, shapes: Sequence[Shape], standings: Sequence[Standing]) -> Plan:
        """Return the plan for this request as these standings see it."""
        key = (request, tuple(shapes), tuple(standing.shape for standing in standings))
        return self.plans.get_or_build(key, lambda: self._find(request, tuple(shapes), standings))

    def view(self, standings: Sequence[Standing]) -> Viewpoint:
        """Look at the catalogue as these standings do."""
        return Viewpoint([standing.standpoint for standing in standings], self._catalogue, self._speech)

    def _find(self, request: Request, shapes: tuple[Shape, ...], standings: Sequence[Standing]) -> Plan:
        """Find a plan of whoever was told the same wherever it asked, or build one."""
        standpoints = [standing.standpoint for standing in standings]
        frame = (request, shapes, tuple(each.is_single for each in standpoints))
        known = self._questions.get_or_build(frame, list)
        for questions in known:
            plan = self._built.get((frame, questions, answer(standpoints, questions)))
            if plan is not None:
                return plan
        inquiry = Inquiry(standpoints)
        plan = self._build(request, shapes, Viewpoint(inquiry.standpoints, self._catalogue, self._speech))
        questions = inquiry.end()
        if questions not in known and len(known) < _SERIES_KEPT:
            known.append(questions)
        self._built[frame, questions, answer(standpoints, questions)] = plan
        return plan

    def _build(self, request: Request, shapes: Sequence[Shape], viewpoint: Viewpoint) -> Plan:
        context = PlanContext(viewpoint, shapes, Notes())
        lookups: dict[tuple[str, str], Lookup] = {}
        roots: dict[str, Executable] = {}
        for root in request.roots:
            planned = _plan_root(context, root, lookups)
            if planned is not None:
                roots[root.field.key] = planned
        refusals = tuple(dict.fromkeys(context.refusals))
        cost = add_costs((root.cost for root in roots.values()), OPERATION)
        fields = sum(1 for root in request.roots for _ in root.field.walk())
        return Plan(
            keys=tuple(root.field.key for root in request.roots),
            roots=roots,
            notes=context.notes,
            refusals=refusals,
            cost=cost,
            fields=fields,
            unplanned=request.unplanned,
            is_whole=request.is_planned,
            is_subtractable=_are_subtractable(request, shapes, roots),
        )


def _weigh(plan: Plan) -> int:
    return 1 + plan.fields // _FIELDS_PER_SHARE


def _are_subtractable(request: Request, shapes: Sequence[Shape], roots: Mapping[str, Executable]) -> bool:
    """Whether different numbers are asked of which small ones are left out.

    Leak: officers by unit, less officers by unit and sex that are shown, is the group that was left out.
    """
    suppressed = {
        (root.field.name, shapes[root.field.index])
        for root in request.roots
        if isinstance(planned := roots.get(root.field.key), Aggregate) and planned.is_suppressible
    }
    return len(suppressed) > 1


def _plan_root(context: PlanContext, root: Root, lookups: dict[tuple[str, str], Lookup]) -> Executable | None:
    field = root.field
    if root.kind in (RootKind.POINT, RootKind.NODE):
        shape = context.shapes[field.index]
        assert isinstance(shape, PointShape)  # noqa: S101 - the arguments were read as a point's
        # Leak: an id of no known form is planned like any other, so that a denial does not depend on the id.
        name = shape.entity or (root.entity.name if root.entity else None)
        if name is None:
            return None
        children = field.children if root.entity else field.by_type.get(name, ())
        point = build_point(context, context.catalogue[name], field, children, root.coordinate, lookups)
        return point if shape.entity else None
    assert root.entity is not None  # noqa: S101 - only `node` has none
    if root.kind is RootKind.AGGREGATE:
        return build_aggregate(context, root.entity, field, root.coordinate)
    return build_root_page(context, root.entity, field, (field.key,), root.coordinate)
