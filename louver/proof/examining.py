"""Examining a trial: every operation is answered, what its caller may not know is changed, and it is answered again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from louver.authz.lines import PolicyLine
from louver.authz.snapshot import Snapshot
from louver.logging import AuditStore
from louver.proof.asking.operations import Operation
from louver.proof.callers import Caller
from louver.proof.changes import draw_changes, is_unnoticed
from louver.proof.edits import Edit, apply_edits
from louver.proof.findings import Finding, Kind, as_text
from louver.proof.knowledge import know
from louver.proof.openness import Openness
from louver.proof.reading import Reading
from louver.proof.reducing import reduce_edits
from louver.proof.service import Reply, Service
from louver.proof.stores import Store
from louver.proof.surfaces import Surface, Tally
from louver.proof.telling import find_small_group, list_standing, list_told
from louver.proof.trials import Trial
from louver.proof.twins import Twin, list_shown_names
from louver.schema.roots import LouverSchema

VARIATIONS = 3
CROSSWISE = 1
_FAILURE, _UNAVAILABLE = 500, 503


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and what came back from the world as it was."""

    operation: Operation
    given: Mapping[str, Any]
    """The cursor of an earlier answer, if it follows one."""
    reply: Reply
    surfaces: frozenset[Surface]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What trials are examined with."""

    schema: LouverSchema
    store: Store
    log: AuditStore
    defaults: tuple[PolicyLine, ...]


async def examine(workshop: Workshop, trial: Trial) -> Tally:
    """Examine one trial, and tell what was compared.

    Raises:
        Finding: an answer depends on what its caller may not know.
    """
    snapshot = Snapshot.build(workshop.defaults, trial.lines)
    # A service of its own: what another trial left in a cache must not decide about this one.
    service = Service(workshop.schema, workshop.store, workshop.log)
    await workshop.store.put(trial.world, trial.seed)
    keys = [service.introduce(caller.as_principal(snapshot)) for caller, _ in trial.askers]
    # Each asks first what another will ask: whatever is kept between requests was made for somebody else.
    for key, (_, operations) in zip(keys, reversed(trial.askers), strict=True):
        for operation in operations[:CROSSWISE] if len(keys) > 1 else ():
            await service.ask(key, operation.as_body({}), operation.headers)
    tally = Tally()
    for key, (caller, operations) in zip(keys, trial.askers, strict=True):
        await _Examination(workshop, service, trial, caller, key, tally).run(operations)
    return tally


class _Examination:
    """One caller of one trial."""

    def __init__(
        self, workshop: Workshop, service: Service, trial: Trial, caller: Caller, key: str, tally: Tally
    ) -> None:
        self._workshop, self._service, self._trial, self._tally = workshop, service, trial, tally
        self._caller, self._key = caller, key
        self._reading = Reading([*workshop.defaults, *trial.lines])
        self._openness = Openness(caller, self._reading, workshop.schema.catalogue)
        domains = {place.agency_id.hex for place in caller.places}
        has_own_lines = any(line.dom in domains for line in trial.lines)
        self._standing = frozenset(list_standing(caller, has_own_lines=has_own_lines))

    async def run(self, operations: Sequence[Operation]) -> None:
        asked = [one for operation in operations for one in await self._ask_all(operation)]
        for one in asked:
            await self._compare_twin(one)
        for variation in range(VARIATIONS):
            seed = self._trial.seed + variation
            edits = draw_changes(self._trial.world, self._caller, self._reading, seed)
            if edits:
                await self._compare_all(asked, edits)
        await self._workshop.store.put(self._trial.world, self._trial.seed)

    # asking

    async def _ask_all(self, operation: Operation) -> list[Asked]:
        """Ask, and ask for the next page if the answer has a cursor."""
        asked = await self._ask(operation, {})
        cursor = _find_cursor(operation, asked[0].reply) if asked else None
        if cursor is not None and operation.follow is not None:
            asked += await self._ask(operation, {operation.follow.variable: cursor}, operation.follow.surface)
        return asked

    async def _ask(self, operation: Operation, given: Mapping[str, Any], *more: Surface) -> list[Asked]:
        """Ask; nothing where the database would not read the statement, which is the same for every world."""
        reply = await self._reply(operation, given)
        if reply.status == _UNAVAILABLE:
            self._tally.unanswered += 1
            return []
        if reply.status >= _FAILURE:
            raise self._find(Kind.FAILED, operation, given, as_text(reply))
        content = reply.content
        if shown := list_shown_names(content, self._openness.closed):
            raise self._find(Kind.SHOWN_NAME, operation, given, ", ".join(shown))
        if small := find_small_group(content, self._workshop.schema.catalogue, self._openness):
            raise self._find(Kind.SMALL_GROUP, operation, given, small)
        told = list_told(operation, content, self._openness)
        return [Asked(operation, given, reply, told | self._standing | frozenset(more))]

    async def _reply(self, operation: Operation, given: Mapping[str, Any]) -> Reply:
        return await self._service.ask(self._key, operation.as_body(given), operation.headers)

    # comparing

    async def _compare_all(self, asked: Sequence[Asked], edits: Sequence[Edit]) -> None:
        await self._change(edits)
        touched = {edit.type_name for edit in edits}
        for one in asked:
            if await self._reply(one.operation, one.given) != one.reply:
                raise await self._explain(one, edits)
            # A pair whose change is about other types than the answer would prove nothing.
            if touched & one.operation.types or not one.operation.types:
                self._tally.count(one.surfaces)

    async def _change(self, edits: Sequence[Edit]) -> None:
        """Hold the changed world, its rows written in another order."""
        await self._workshop.store.put(apply_edits(self._trial.world, edits), self._trial.seed + 1)

    async def _explain(self, one: Asked, edits: Sequence[Edit]) -> Finding:
        """Find out which of the edits it takes."""
        trial = self._trial
        is_kept = is_unnoticed(know(trial.world, self._caller, self._reading), self._caller, self._reading)

        async def shows(some: Sequence[Edit]) -> bool:
            if not is_kept(apply_edits(trial.world, some)):
                return False
            await self._change(some)
            return await self._reply(one.operation, one.given) != one.reply

        needed = await reduce_edits(edits, shows)
        await self._change(needed)
        after = as_text(await self._reply(one.operation, one.given))
        kind = Kind.DEPENDS if needed else Kind.UNSTABLE
        return self._find(kind, one.operation, one.given, as_text(one.reply), after, needed)

    async def _compare_twin(self, one: Asked) -> None:
        """In mode `hide`: let names that are closed be names that do not exist."""
        twin = Twin(one.operation, self._openness.closed)
        if not one.operation.is_hiding or not twin.names:
            return
        body = twin.as_body(dict(one.given))
        reply = twin.restore(await self._service.ask(self._key, body, one.operation.headers))
        if reply != one.reply:
            before, after = as_text(one.reply), as_text(reply)
            raise self._find(Kind.TOLD_NAME, one.operation, one.given, before, after)
        self._tally.count(one.surfaces)

    def _find(
        self,
        kind: Kind,
        operation: Operation,
        given: Mapping[str, Any],
        before: str,
        after: str = "",
        edits: Sequence[Edit] = (),
    ) -> Finding:
        return Finding(kind, self._caller, self._trial.lines, operation, given, before, after, edits)


def _find_cursor(operation: Operation, reply: Reply) -> Any:
    """The cursor of the first page that has one."""
    if operation.follow is None:
        return None
    found = [reply.content.get("data")]
    for step in operation.follow.path:
        if step == "*":
            found = [item for node in found for item in node or ()]
        else:
            found = [node.get(step) for node in found if isinstance(node, dict)]
    return next((cursor for cursor in found if isinstance(cursor, str)), None)
