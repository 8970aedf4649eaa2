"""Who asks, in the proof's own words: what the oracle reads rights from, and what becomes a principal."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from louver.authz.principals import Membership, Principal
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import PrincipalKind


@dataclass(frozen=True, slots=True)
class Place:
    """What a caller is in one agency."""

    agency_id: UUID
    roles: tuple[str, ...]
    scopes: tuple[str, ...] | None
    """What a key was issued for; None for everything that its roles have."""
    modules: tuple[str, ...]
    subscription: str
    unit_ids: tuple[UUID, ...]
    officer_id: UUID | None
    trainings_cycle: tuple[date, date] | None
    """First and last day of the training cycle that the agency granted."""
    small_cell_minimum: int
    named: "Named | None" = None
    """What support grants narrow it to."""


@dataclass(frozen=True, slots=True)
class Named:
    """What support grants open on the rows that they name, and on no other."""

    coordinates: frozenset[str]
    officers: frozenset[UUID]
    incidents: frozenset[UUID]


NO_NAMES = Named(frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Caller:
    """One principal."""

    id: UUID
    places: tuple[Place, ...]

    def as_principal(self, snapshot: Snapshot) -> Principal:
        """Make the principal that the service would."""
        memberships = tuple(_as_membership(place, snapshot) for place in self.places)
        return Principal(PrincipalKind.KEY, self.id, "proof", memberships, "proof")


def _as_membership(place: Place, snapshot: Snapshot) -> Membership:
    named = place.named or NO_NAMES
    rights = snapshot.rights(
        place.agency_id,
        place.roles,
        scopes=place.scopes,
        narrowed=named.coordinates,
        modules=place.modules,
        subscription=place.subscription,
    )
    return Membership(
        agency_id=place.agency_id,
        rights=rights,
        unit_ids=frozenset(place.unit_ids),
        officer_id=place.officer_id,
        small_cell_minimum=place.small_cell_minimum,
        trainings_cycle=place.trainings_cycle,
        granted_officers=named.officers,
        granted_incidents=named.incidents,
    )
