"""Whole operations: roots, variables, fragments, headers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from louver.proof.asking.draft import Draft, Follow, as_literal, list_names, mark, render, render_value
from louver.proof.asking.faults import write_fault
from louver.proof.asking.introspection import write_introspection
from louver.proof.asking.numbers import write_aggregate
from louver.proof.asking.operands import spell_id
from louver.proof.asking.rows import Path, write_page, write_row
from louver.proof.dice import Dice, chance, pick
from louver.proof.openness import Openness
from louver.proof.surfaces import Surface
from louver.proof.worlds import World
from louver.resolvers.catalogue import Catalogue, Entity

Rename = Callable[[str, str], str]
_WEIGHTS = {"Officer": 3, "Training": 3, "UofIncident": 3, "UofInvolvement": 4, "UofSubject": 3}
_DEPTH = 2
_INTROSPECTION_ABOVE, _FAULT_UP_TO = 82, 11
_DARING = 6
_MODES = ("", "extensions", "reject", "errors")
_KINDS = (*["page"] * 8, *["aggregate"] * 5, *["point"] * 2, *["node"] * 3, "viewer")
_STRICT = "application/graphql-response+json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One request, its names marked."""

    text: str
    variables: Mapping[str, Any]
    name: str | None
    headers: Mapping[str, str]
    surfaces: frozenset[Surface]
    types: frozenset[str]
    follow: Follow | None
    points: tuple[str, ...]
    """The response keys of roots that look up one row."""

    @property
    def is_hiding(self) -> bool:
        """It is asked so that denied names are to be as those that do not exist."""
        return self.headers.get("louver-denied") == "hide"

    def as_body(self, given: Mapping[str, Any], rename: Rename = lambda _, name: name) -> dict[str, Any]:
        """The request's body, with these variables beside its own."""
        variables = render_value({**self.variables, **given}, rename)
        return {"query": render(self.text, rename), "variables": variables, "operationName": self.name}

    def list_names(self) -> set[str]:
        """The schema's coordinates that it names, in its document or among its variables."""
        return {*list_names(self.text), *list_names(as_literal(self.variables))}

    def __str__(self) -> str:
        body = self.as_body({})
        head = " ".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{head}\n{body['query']}\nvariables {body['variables']}"


def draw_operation(
    dice: Dice, catalogue: Catalogue, openness: Openness, world: World, *, is_curious: bool
) -> Operation:
    """One operation of any kind, mostly one that the caller may run; if curious, often about the schema itself.

    What a caller may know of the schema takes long to work out, so a few callers ask much and the others nothing.
    """
    draft = Draft(dice, catalogue, openness, world)
    points: list[str] = []
    name = None
    kind = dice.number(1, 100)
    if is_curious and kind > _INTROSPECTION_ABOVE:
        selection = write_introspection(draft)
    elif kind <= _FAULT_UP_TO:
        selection, name = write_fault(draft)
    else:
        selection = _write_roots(draft, points)
    return Operation(
        text=_assemble(draft, selection),
        variables={variable.name: variable.value for variable in draft.variables},
        name=name,
        headers=_draw_headers(dice, is_curious=is_curious),
        surfaces=frozenset(draft.surfaces),
        types=frozenset(draft.types),
        follow=draft.follow,
        points=tuple(points),
    )


def _assemble(draft: Draft, selection: str) -> str:
    declared = ", ".join(f"${variable.name}: {variable.kind}" for variable in draft.variables)
    head = f"query Proof({declared}) " if declared else ""
    return "\n".join([f"{head}{selection}", *draft.fragments])


def _draw_headers(dice: Dice, *, is_curious: bool) -> dict[str, str]:
    mode = "hide" if is_curious and chance(dice, 70) else pick(dice, _MODES)
    headers = {"louver-denied": mode} if mode else {}
    return headers | ({"accept": _STRICT} if chance(dice, 25) else {})


def _write_roots(draft: Draft, points: list[str]) -> str:
    count = draft.dice.number(2, 3) if chance(draft.dice, 18) else 1
    if count > 1:
        draft.surfaces |= {Surface.SEVERAL_ROOTS, Surface.ALIAS}
    return "{ " + " ".join(_write_root(draft, points, is_aliased=count > 1) for _ in range(count)) + " }"


def _write_root(draft: Draft, points: list[str], *, is_aliased: bool) -> str:
    kind = pick(draft.dice, [each for each in _KINDS if each != "aggregate" or not _has_numbers(draft)])
    alias = draft.invent("r") if is_aliased or chance(draft.dice, 10) else ""
    prefix = f"{alias}: " if alias else ""
    if kind == "viewer":
        draft.surfaces.add(Surface.VIEWER)
        return f"{prefix}viewer {{ label kind policyVersion memberships {{ agencyId roles officerId }} }}"
    is_open = draft.openness.counts if kind == "aggregate" else draft.openness.lists
    entity = draft.choose(
        _weigh(draft.catalogue),
        lambda entity: is_open(entity.name),
        _DARING,
        lambda entity: draft.openness.is_narrow(entity.name),
    )
    if kind == "page":
        draft.surfaces.add(Surface.PAGE)
        page = write_page(draft, entity, draft.dice.number(0, _DEPTH), (alias or entity.plural,))
        return f"{prefix}{mark('Query', entity.plural)}{page}"
    if kind == "aggregate":
        return f"{prefix}{mark('Query', f'{entity.plural}Aggregate')}{write_aggregate(draft, entity)}"
    name = entity.name[0].lower() + entity.name[1:] if kind == "point" else "node"
    points.append(alias or name)
    return prefix + (_write_point if kind == "point" else _write_node)(draft, entity, name, (points[-1],))


def _has_numbers(draft: Draft) -> bool:
    """One operation asks once for numbers: two are refused where small groups are left out."""
    return Surface.AGGREGATE in draft.surfaces and not chance(draft.dice, 5)


def _weigh(catalogue: Catalogue) -> list[Entity]:
    return [entity for entity in catalogue.values() for _ in range(_WEIGHTS.get(entity.name, 1))]


def _write_point(draft: Draft, entity: Entity, name: str, path: Path) -> str:
    draft.surfaces.add(Surface.POINT)
    row = write_row(draft, entity, draft.dice.number(0, _DEPTH), path)
    return f"{mark('Query', name)}(id: {draft.write_value('ID!', _draw_id(draft, entity), 30)}) {row}"


def _write_node(draft: Draft, entity: Entity, name: str, path: Path) -> str:
    draft.surfaces.add(Surface.NODE)
    depth = draft.dice.number(0, 1)
    parts = [f"... on {entity.name} {write_row(draft, entity, depth, path, is_renamed=True)}"]
    if chance(draft.dice, 20):
        other = pick(draft.dice, list(draft.catalogue.values()))
        parts.append(f"... on {other.name} {write_row(draft, other, 0, path, is_renamed=True)}")
    identity = draft.write_value("ID!", _draw_id(draft, entity), 30)
    return f"{name}(id: {identity}) {{ __typename id {' '.join(parts)} }}"


def _draw_id(draft: Draft, entity: Entity) -> str:
    """The id of a row of any agency; sometimes one that is no row's, or no id."""
    dice, rows = draft.dice, list(draft.world.rows[entity.name])
    if rows and not chance(dice, 12):
        return spell_id(entity, pick(dice, rows))
    other = pick(dice, list(draft.catalogue.values()))
    known = [spell_id(other, row_id) for row_id in draft.world.rows[other.name]]
    return pick(dice, [spell_id(entity, UUID(int=7)), "nothing", f"{entity.prefix}_12", "", *known[:1]])
