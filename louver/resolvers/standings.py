"""Standings: what a principal is, with memberships of equal rights taken together, and the parameters they bind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Date, Uuid, and_, bindparam, or_
from sqlalchemy.types import TypeEngine

from louver.authz.decisions import Decision, Permission
from louver.authz.principals import Membership
from louver.authz.rights import Rights
from louver.authz.vocabulary import Act
from louver.db.agencies import UnitClosureRow
from louver.db.officers import OfficerRow
from louver.resolvers.catalogue import ScopeBinds
from louver.resolvers.dialects import Speech
from louver.resolvers.expressions import there_is

PUBLIC_MINIMUM = 3
"""The smallest group that is shown to whoever lists no officer, whatever the agency set."""


class Decides(Protocol):
    """All that a plan asks of rights."""

    def decide(self, coordinate: str) -> Decision:
        """Answer what may be seen of a coordinate."""

    def permit(self, coordinate: str, act: Act) -> Permission:
        """Answer whether something may be done there."""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Of a standing, all that a plan depends on."""

    rights: Decides
    is_single: bool
    """It is in one agency."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Memberships whose rights are equal, whatever their agencies."""

    rights: Rights
    memberships: tuple[Membership, ...]

    @property
    def shape(self) -> tuple[Any, bool]:
        """Equal for standings that have the same plans. Others may have them too; see `consulting`."""
        return self.rights.fingerprint, len(self.memberships) == 1

    @property
    def standpoint(self) -> Standpoint:
        """What a plan depends on."""
        return Standpoint(self.rights, len(self.memberships) == 1)


@dataclass(frozen=True, slots=True)
class Footing:
    """What plans and runs need of a principal, which is worked out once for as long as it is the same."""

    standings: tuple[Standing, ...]
    values: Mapping[str, Any]
    """The parameters that every plan takes; a run adds its own to a copy."""
    agencies: tuple[UUID, ...]
    small_cell_minimum: int

    @classmethod
    def of(cls, memberships: Sequence[Membership]) -> "Footing":
        """Work it out."""
        standings = standings_of(memberships)
        agencies = tuple(membership.agency_id for membership in memberships)
        return cls(standings, standing_values(standings), agencies, find_small_cell_minimum(memberships))


def standings_of(memberships: Iterable[Membership]) -> tuple[Standing, ...]:
    """Take memberships with equal rights together, in a stable order.

    Raises:
        ValueError: two are of one agency. Leak: a deny of one of them would not cut what the other allows, so whoever
            makes a principal puts all roles in an agency into one membership.
    """
    grouped: dict[Any, list[Membership]] = {}
    agencies = set()
    for membership in memberships:
        if membership.agency_id in agencies:
            raise ValueError("a principal has one membership in an agency, with all its roles there")
        agencies.add(membership.agency_id)
        grouped.setdefault(membership.rights.fingerprint, []).append(membership)
    return tuple(Standing(group[0].rights, tuple(group)) for group in grouped.values())


def find_small_cell_minimum(memberships: Iterable[Membership]) -> int:
    """The size under which groups are left out: the largest of the agencies', so that it is enough for each."""
    return max(map(_find_minimum, memberships), default=PUBLIC_MINIMUM)


def _find_minimum(membership: Membership) -> int:
    # Known by what it sees and not by its name, so that it holds for roles that an agency made of the public one too.
    is_public = not membership.rights.decide("Officer").view
    return max(membership.small_cell_minimum, PUBLIC_MINIMUM) if is_public else membership.small_cell_minimum


def standing_values(standings: Sequence[Standing]) -> dict[str, Any]:
    """The parameters that every plan of these standings takes."""
    values: dict[str, Any] = {}
    for index, standing in enumerate(standings):
        members = standing.memberships
        first, last = members[0].trainings_cycle or (None, None)
        pairs = [(member, unit) for member in members for unit in member.unit_ids]
        named = [(member, unit) for member, unit in pairs if member.officer_id is not None]
        officers = [member for member in members if member.officer_id is not None]
        granted = [(member, member.trainings_cycle) for member in members if member.trainings_cycle is not None]
        opened = [(member, officer) for member in members for officer in member.granted_officers]
        shown = [(member, incident) for member in members for incident in member.granted_incidents]
        mine = {
            "agency": members[0].agency_id,
            "agencies": [member.agency_id for member in members],
            "units": [unit for _, unit in pairs],
            "units_agencies": [member.agency_id for member, _ in pairs],
            "named_units": [unit for _, unit in named],
            "named_units_agencies": [member.agency_id for member, _ in named],
            "officers": [member.officer_id for member in officers],
            "officers_agencies": [member.agency_id for member in officers],
            "cycle_first": first,
            "cycle_last": last,
            "cycles_agencies": [member.agency_id for member, _ in granted],
            "cycles_first": [cycle[0] for _, cycle in granted],
            "cycles_last": [cycle[1] for _, cycle in granted],
            "granted_officers": [officer for _, officer in opened],
            "granted_officers_agencies": [member.agency_id for member, _ in opened],
            "granted_incidents": [incident for _, incident in shown],
            "granted_incidents_agencies": [member.agency_id for member, _ in shown],
        }
        values |= {f"c{index}_{name}": value for name, value in mine.items()}
    return values


class StandingBinds(ScopeBinds):
    """The parameters of one standing: of one agency as they are, of several each beside its agency."""

    def __init__(self, index: int, standpoint: Standpoint, speech: Speech) -> None:
        self._prefix = f"c{index}_"
        self._is_single = standpoint.is_single
        self._speech = speech

    def is_in_agency(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """The row belongs to an agency of this standing."""
        if self._is_single:
            return column == self._bind("agency", Uuid())
        return self._speech.is_member(column, self._ids("agencies"))

    def is_of_agency(self, inner: ColumnElement[Any], outer: ColumnElement[Any]) -> ColumnElement[bool]:
        """See ScopeBinds."""
        return and_(inner == outer, self.is_in_agency(inner))

    def is_own_officer(self, agency_id: ColumnElement[Any], officer_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """See ScopeBinds."""
        return self._is_one_of("officers", agency_id, officer_id)

    def is_within_units(
        self, agency_id: ColumnElement[Any], unit_id: ColumnElement[Any], *, is_identified: bool = False
    ) -> ColumnElement[bool]:
        """See ScopeBinds."""
        closure = UnitClosureRow.__table__.alias()
        name = "named_units" if is_identified else "units"
        return there_is(
            closure,
            self.is_of_agency(closure.c.agency_id, agency_id),
            closure.c.unit_id == unit_id,
            self._is_one_of(name, closure.c.agency_id, closure.c.ancestor_id),
        )

    def is_above(self, agency_id: ColumnElement[Any], unit_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """See ScopeBinds."""
        closure, officer = UnitClosureRow.__table__.alias(), OfficerRow.__table__.alias()
        has_own_officer = there_is(
            officer,
            self.is_of_agency(officer.c.agency_id, closure.c.agency_id),
            officer.c.unit_id == closure.c.unit_id,
            self.is_own_officer(officer.c.agency_id, officer.c.id),
        )
        return there_is(
            closure,
            self.is_of_agency(closure.c.agency_id, agency_id),
            closure.c.ancestor_id == unit_id,
            or_(self._is_one_of("units", closure.c.agency_id, closure.c.unit_id), has_own_officer),
        )

    def is_in_cycle(self, agency_id: ColumnElement[Any], day: ColumnElement[Any]) -> ColumnElement[bool]:
        """See ScopeBinds."""
        if self._is_single:
            return day.between(self._bind("cycle_first", Date()), self._bind("cycle_last", Date()))
        cycle = self._speech.as_rows(
            agency=self._ids("cycles_agencies"),
            first=self._bind("cycles_first", self._speech.array_type(Date())),
            last=self._bind("cycles_last", self._speech.array_type(Date())),
        )
        return there_is(cycle, cycle.c.agency == agency_id, day.between(cycle.c.first, cycle.c.last))

    def is_granted_officer(self, agency_id: ColumnElement[Any], officer_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """See ScopeBinds."""
        return self._is_one_of("granted_officers", agency_id, officer_id)

    def is_granted_incident(
        self, agency_id: ColumnElement[Any], incident_id: ColumnElement[Any]
    ) -> ColumnElement[bool]:
        """See ScopeBinds."""
        return self._is_one_of("granted_incidents", agency_id, incident_id)

    def _is_one_of(self, name: str, agency_id: ColumnElement[Any], identity: ColumnElement[Any]) -> ColumnElement[bool]:
        """The id is one of a list; of several agencies, one that is listed for the row's own agency."""
        found = self._speech.is_member(identity, self._ids(name))
        if self._is_single:
            return found
        listed = self._speech.as_rows(agency=self._ids(f"{name}_agencies"), id=self._ids(name))
        return and_(found, there_is(listed, listed.c.agency == agency_id, listed.c.id == identity))

    def _ids(self, name: str) -> BindParameter[Any]:
        return self._bind(name, self._speech.array_type(Uuid()))

    def _bind(self, name: str, kind: TypeEngine[Any]) -> BindParameter[Any]:
        return bindparam(f"{self._prefix}{name}", type_=kind)
