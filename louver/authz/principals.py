"""Who asks: a principal and what it is in each agency."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from louver.authz.rights import Rights
from louver.authz.vocabulary import DeniedMode, PrincipalKind, Role, Safelist


class Budget(NamedTuple):
    """What a key may spend in a minute, where it has limits of its own."""

    rate_per_minute: int | None = None
    cost_per_minute: int | None = None


NO_BUDGET = Budget()
"""No limits but those of all."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What a principal is in one agency."""

    agency_id: UUID
    rights: Rights
    unit_ids: frozenset[UUID] = frozenset()
    """Units it belongs to or leads; `Rows.UNIT` is these and the units below."""
    officer_id: UUID | None = None
    """The officer that it is, if any; `Rows.OWN` is that officer's rows, `Rows.CHAIN` who commands it."""
    small_cell_minimum: int = 5
    """Groups of fewer rows are left out of what may only be seen in aggregates."""
    trainings_cycle: tuple[date, date] | None = None
    """First and last day of the training cycle that was granted; `Rows.SWORN` has no trainings of any other day."""
    granted_officers: frozenset[UUID] = frozenset()
    granted_incidents: frozenset[UUID] = frozenset()
    """What support grants name; `Rows.GRANTED` is these and what belongs to them."""


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
    person_id: UUID | None = None
    """The person behind a key, if it acts for one."""
    grants: frozenset[UUID] = frozenset()
    """The support grants that it reads under. When one of them ends, so does what is under way."""
    budget: Budget = NO_BUDGET
    safelist: Safelist = Safelist.OFF


def key_roles(role: str, *, is_partner: bool) -> frozenset[str]:
    """Answer the roles that a key's requests have: with a partner's comes the role that grants nothing and forbids."""
    return frozenset({role, Role.PARTNER} if is_partner else {role})
