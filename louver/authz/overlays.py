"""Overlays in the making: what is wrong with an agency's lines, which ceilings they hit, and what they come to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple
from uuid import UUID

from louver.authz import shipped
from louver.authz.lines import PolicyLine, list_faults
from louver.authz.policy import CEILINGS
from louver.authz.rights import Rights
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import Act, Letter, Role, Rows

TEMPLATES = tuple(role for role in Role if role not in {Role.SUPPORT, Role.PARTNER})
"""What a role may be made from. Leak: of support or partner, a copy would not be known as either at the door."""
_SHORT = {Act.ENTER: "E", Act.EXPORT: "X"}
"""Written beside the matrix's letters for the acts that it has none for."""


class CeilingHit(NamedTuple):
    """A line that would lift a ceiling."""

    line: PolicyLine
    ceiling: PolicyLine


class CellChange(NamedTuple):
    """A cell of the matrix, role × coordinate, that reads otherwise than before."""

    coordinate: str
    role: str
    before: str
    after: str


@cache
def read_defaults() -> Snapshot:
    """Build the policy of an agency that has changed nothing, once."""
    return Snapshot.load()


def copy_lines(template: str, name: str, agency_id: UUID, overlay: Iterable[PolicyLine]) -> tuple[PolicyLine, ...]:
    """List what a role made from a template starts with: all that the template has, the agency's own lines included."""
    lines = (*shipped.read_policy(), *overlay)
    copied = (
        PolicyLine.for_agency(agency_id, sub=name, obj=line.obj, act=line.act, rows=line.rows, eft=line.eft)
        for line in lines
        if line.sub == template
    )
    return tuple(dict.fromkeys(copied))


def list_draft_faults(lines: Sequence[PolicyLine], made_roles: Mapping[str, str]) -> list[str]:
    """List what is wrong with an overlay, one sentence each; `made_roles` are the agency's, with their templates."""
    known = sorted({*map(str, Role), *made_roles})
    strangers = sorted({line.sub for line in lines} - set(known))
    faults = list_faults(lines, shipped.read_coordinates().names)
    return faults + [f"there is no role {role!r}: the agency's are {', '.join(known)}" for role in strangers]


def list_ceiling_hits(lines: Iterable[PolicyLine], made_roles: Mapping[str, str]) -> list[CeilingHit]:
    """List the lines that grant what no agency can. A role is under the ceilings of the one that it was made from."""
    coordinates = shipped.read_coordinates()
    return [
        CeilingHit(line, ceiling)
        for line in lines
        for ceiling in CEILINGS
        if not line.is_deny
        and (ceiling.sub, ceiling.act) == (made_roles.get(line.sub, line.sub), line.act)
        and not coordinates.expand(line.obj).isdisjoint(coordinates.expand(ceiling.obj))
    ]


def list_cell_changes(
    before: Snapshot, after: Snapshot, agency_id: UUID, changed: Iterable[PolicyLine]
) -> list[CellChange]:
    """List the cells that read otherwise under `after`; `changed` are the lines that only one of the two has."""
    cells = sorted({(line.sub, coordinate) for line in changed for coordinate in _list_touched(line)})
    found = []
    for role, coordinate in cells:
        old, new = (_describe(_find_rights(each, agency_id, role), coordinate) for each in (before, after))
        if old != new:
            found.append(CellChange(coordinate, role, old, new))
    return found


def _list_touched(line: PolicyLine) -> Iterator[str]:
    """List the coordinates that a line may change; with a type's rows, all its fields."""
    coordinates = shipped.read_coordinates()
    for coordinate in coordinates.expand(line.obj):
        yield coordinate
        if coordinate in coordinates.types:
            yield from coordinates.expand(f"{coordinate}.*")


def _find_rights(snapshot: Snapshot, agency_id: UUID, role: str) -> Rights:
    modules = shipped.read_coordinates().modules
    return snapshot.rights(agency_id, [role], modules=modules, subscription="ACTIVE")


def _describe(rights: Rights, coordinate: str) -> str:
    """Write a cell in the matrix's letters, with the rows where those are not the whole agency's: `V`, `M:unit`, `A E`.

    Leak: a field of a type whose rows the role does not reach shows nothing, whatever its own lines say.
    """
    decision, rows = rights.decide(coordinate), rights.decide(coordinate.partition(".")[0])
    view = decision.view if rows.view else frozenset()
    masked = decision.masked if rows.view else frozenset()
    aggregate = (decision.aggregate if rows.aggregate else frozenset()) - view
    parts = [
        _write(Letter.OWN, frozenset()) if view == {Rows.OWN} else _write(Letter.VISIBLE, view),
        _write(Letter.MASKED, masked),
        _write(Letter.AGGREGATE, aggregate),
        *(_write(letter, rights.permit(coordinate, act).rows) for act, letter in _SHORT.items()),
    ]
    return " ".join(filter(None, parts)) or str(Letter.DENIED)


def _write(letter: str, rows: frozenset[Rows]) -> str:
    if letter == Letter.OWN or Rows.AGENCY in rows:
        return str(letter)
    return f"{letter}:{','.join(sorted(rows))}" if rows else ""
