"""Standings: what a principal is, with memberships of equal rights taken together, and the parameters they bind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Uuid, bindparam, exists

from louver.authz.principals import Membership
from louver.authz.rights import Rights
from louver.db.agencies import UnitClosureRow
from louver.resolvers.catalogue import ScopeBinds
from louver.resolvers.dialects import Speech


@dataclass(frozen=True, slots=True)
class Standing:
    """Memberships whose rights are equal, whatever their agencies."""

    rights: Rights
    memberships: tuple[Membership, ...]

    @property
    def shape(self) -> tuple[Any, bool]:
        """What a plan depends on."""
        return self.rights.fingerprint, len(self.memberships) == 1


def standings_of(memberships: Iterable[Membership]) -> tuple[Standing, ...]:
    """Take memberships with equal rights together, in a stable order."""
    grouped: dict[Any, list[Membership]] = {}
    for membership in memberships:
        grouped.setdefault(membership.rights.fingerprint, []).append(membership)
    return tuple(Standing(group[0].rights, tuple(group)) for group in grouped.values())


def standing_values(standings: Sequence[Standing]) -> dict[str, Any]:
    """The parameters that every plan of these standings takes."""
    values: dict[str, Any] = {}
    for index, standing in enumerate(standings):
        members = standing.memberships
        values[f"c{index}_agency"] = members[0].agency_id
        values[f"c{index}_agencies"] = [member.agency_id for member in members]
        values[f"c{index}_units"] = [unit for member in members for unit in member.unit_ids]
        values[f"c{index}_officers"] = [member.officer_id for member in members if member.officer_id is not None]
    return values


class StandingBinds(ScopeBinds):
    """The parameters of one standing."""

    def __init__(self, index: int, standing: Standing, speech: Speech) -> None:
        self._prefix = f"c{index}_"
        self._is_single = len(standing.memberships) == 1
        self._speech = speech

    def is_in_agency(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """The row belongs to an agency of this standing."""
        if self._is_single:
            return column == bindparam(f"{self._prefix}agency", type_=Uuid())
        return self._speech.is_member(column, self._ids("agencies"))

    def is_own_officer(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """See ScopeBinds."""
        return self._speech.is_member(column, self._ids("officers"))

    def is_within_units(self, agency_id: ColumnElement[Any], unit_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """See ScopeBinds."""
        closure = UnitClosureRow.__table__.alias()
        return exists().where(
            closure.c.agency_id == agency_id,
            closure.c.unit_id == unit_id,
            self._speech.is_member(closure.c.ancestor_id, self._ids("units")),
        )

    def _ids(self, name: str) -> BindParameter[Any]:
        return bindparam(f"{self._prefix}{name}", type_=self._speech.array_type(Uuid()))
