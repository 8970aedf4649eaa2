"""Policies and principals: the default lines with some of an agency's own, and who reads under them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from louver.authz.lines import PolicyLine
from louver.authz.vocabulary import POLICY_ROWS, Act, Effect, Role, Rows
from louver.proof.callers import Caller, Named, Place
from louver.proof.charter import NO_MASK, Charter
from louver.proof.dice import Dice, chance, pick, pick_some
from louver.proof.shown import INPUTS
from louver.proof.worlds import World

ROLES: tuple[str, ...] = (
    *(role for role in Role if role is not Role.PARTNER),
    Role.SUPERVISOR,
    Role.OFFICER,
    Role.AUDITOR,
    Role.SUPERVISOR,
    Role.POST_AUDITOR,
    Role.OFFICER,
    Role.HR,
    Role.PUBLIC_PORTAL,
    "shift_lead",
    Role.PARTNER,
)
"""All roles, one that an agency made, and those with row scopes of their own more than once."""
_ACTS = (Act.VIEW, Act.VIEW, Act.VIEW_MASKED, Act.VIEW_AGGREGATE)
_CHANGES_MAX = 6
_SCOPED_TYPES = ("Officer", "Training", "UofIncident", "UofInvolvement", "UofSubject")
"""Types of which some role reaches a part."""
_CYCLES = (None, (date(2022, 1, 1), date(2022, 12, 31)), (date(2022, 11, 30), date(2024, 12, 31)))
_SCOPES_MAX = 5
_NAMED_MAX = 3


def draw_lines(dice: Dice, charter: Charter, callers: Iterable[Caller]) -> list[PolicyLine]:
    """The agencies' own lines, most of them about roles that somebody has."""
    return [
        line
        for caller in callers
        for place in caller.places
        if chance(dice, 60)
        for _ in range(dice.number(1, _CHANGES_MAX))
        for line in _draw_change(dice, charter, place)
    ]


def _list_names(charter: Charter) -> list[Sequence[str]]:
    """Names that a line may have, by kind: fields, types, groups and all of a type."""
    fields = list(charter.masks)
    wide = [name for name in charter.meanings if name.endswith(".*") and name != "*"]
    known = {*fields, *charter.modules, *wide, "*"}
    return [fields, list(charter.modules), [name for name in charter.meanings if name not in known], wide]


def _draw_change(dice: Dice, charter: Charter, place: Place) -> Iterator[PolicyLine]:
    """One change of an agency's: any line, or lines that make something seen in part."""
    subs = [role for role in (place.roles if chance(dice, 85) else ROLES) if role != Role.PARTNER] or ROLES[:1]
    sub, kind = pick(dice, subs), pick(dice, ("any", "wide", "any", "wide", "mask", "wide", "input"))
    if kind == "wide":  # more rows, of which not all fields are seen
        act = pick(dice, (Act.VIEW_AGGREGATE, Act.VIEW))
        yield _allow(place, sub, pick(dice, _SCOPED_TYPES), act, Rows.AGENCY)
    elif kind == "mask":
        obj = pick(dice, [coordinate for coordinate, mask in charter.masks.items() if mask != NO_MASK])
        yield _deny(place, sub, obj, Act.VIEW)
        yield _allow(place, sub, obj, Act.VIEW_MASKED, pick(dice, (Rows.AGENCY, Rows.AGENCY, Rows.UNIT)))
    elif kind == "input":  # what a derived field takes, but not the field
        inputs = pick(dice, list(INPUTS.values()))
        yield _deny(place, sub, pick(dice, inputs), Act.VIEW)
    else:
        names = _list_names(charter)
        obj, act = pick(dice, names[pick(dice, (0, 0, 1, 2, 2, 0, 3))]), pick(dice, _ACTS)
        is_deny = chance(dice, 25)
        yield _deny(place, sub, obj, act) if is_deny else _allow(place, sub, obj, act, pick(dice, POLICY_ROWS))


def _allow(place: Place, sub: str, obj: str, act: Act, rows: Rows) -> PolicyLine:
    return PolicyLine.for_agency(place.agency_id, sub=sub, obj=obj, act=act, rows=rows, eft=Effect.ALLOW)


def _deny(place: Place, sub: str, obj: str, act: Act) -> PolicyLine:
    return PolicyLine.for_agency(place.agency_id, sub=sub, obj=obj, act=act, rows=Rows.AGENCY, eft=Effect.DENY)


def draw_caller(dice: Dice, charter: Charter, world: World, roles: Sequence[str] = ROLES) -> Caller:
    """A principal of one agency or, now and then, of several."""
    agencies = pick_some(dice, world.agencies, 1, 1 if chance(dice, 65) else len(world.agencies))
    is_alike = chance(dice, 50)
    held = _draw_roles(dice, roles)
    places = [
        _draw_place(dice, charter, world, agency_id, held if is_alike else _draw_roles(dice, roles))
        for agency_id in agencies
    ]
    return Caller(UUID(int=dice.number(0, 2**128 - 1)), tuple(places))


def _draw_roles(dice: Dice, roles: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(pick(dice, roles)) for _ in range(pick(dice, (1, 1, 1, 2, 2, 3)))))


def _draw_place(dice: Dice, charter: Charter, world: World, agency_id: UUID, roles: tuple[str, ...]) -> Place:
    agency = world.rows["Agency"][agency_id]
    units, officers = (list(world.of_agency(name, agency_id)) for name in ("Unit", "Officer"))
    return Place(
        agency_id=agency_id,
        roles=roles,
        scopes=tuple(_draw_scopes(dice, charter)) if chance(dice, 9) else None,
        modules=tuple(agency["modules"]),
        subscription=agency["status"],
        unit_ids=tuple(pick_some(dice, units, 0 if chance(dice, 15) else 1, 2)),
        officer_id=None if chance(dice, 12) else pick(dice, officers),
        trainings_cycle=pick(dice, _CYCLES),
        small_cell_minimum=agency["small_cell_minimum"],
        named=_draw_named(dice, charter, world, agency_id) if Role.SUPPORT in roles and chance(dice, 60) else None,
    )


def _draw_named(dice: Dice, charter: Charter, world: World, agency_id: UUID) -> Named:
    """A support grant that names rows."""
    officers, incidents = (
        frozenset(pick_some(dice, list(world.of_agency(name, agency_id)), 0, _NAMED_MAX))
        for name in ("Officer", "UofIncident")
    )
    return Named(charter.open_scope(tuple(f"{name}.*" for name in _SCOPED_TYPES)), officers, incidents)


def _draw_scopes(dice: Dice, charter: Charter) -> Iterator[str]:
    names = _list_names(charter)
    for _ in range(dice.number(1, _SCOPES_MAX)):
        yield pick(dice, names[pick(dice, (0, 2, 3, 1))])
