"""Who asks: a principal and what it is in each agency."""

from dataclasses import dataclass
from uuid import UUID

from louver.authz.rights import Rights
from louver.authz.vocabulary import DeniedMode, PrincipalKind


@dataclass(frozen=True, slots=True)
class Membership:
    """What a principal is in one agency."""

    agency_id: UUID
    rights: Rights
    unit_ids: frozenset[UUID] = frozenset()
    """Units it belongs to or leads; `Rows.UNIT` is these and the units below."""
    officer_id: UUID | None = None
    """The officer that it is, if any; `Rows.OWN` is that officer's rows."""
    small_cell_minimum: int = 5
    """Groups of fewer rows are left out of what may only be seen in aggregates."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, a key or a support engineer, as the store knew it when the request came in."""

    kind: PrincipalKind
    id: UUID
    label: str
    """For logs and people: a name or a key's prefix, never a secret."""
    memberships: tuple[Membership, ...]
    purpose: str
    """Why it reads; written beside every access."""
    denied_mode: DeniedMode = DeniedMode.ERRORS
