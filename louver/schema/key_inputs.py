"""What the administration of keys takes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import strawberry

from louver.errors import InvalidInputError
from louver.resolvers.agency_keys import KEPT, Kept, KeyChange
from louver.resolvers.issued_keys import OVERLAP_DEFAULT, OVERLAP_MAX
from louver.resolvers.key_orders import ADDRESSES_MAX, DAYS_MAX, KeyOrder
from louver.schema.access_inputs import optional, read_id
from louver.schema.access_types import described

_HOUR = timedelta(hours=1)
_AGENCY = "The agency, for who is in several."
_MODE = "How it is told of denied fields: `errors`, `extensions`, `reject` or `hide`."
_SAFELIST = "What comes of an operation that is not stored: `off`, `log`, `warn` or `block`."
_ADDRESSES = f"Networks that it may be used from, such as `192.0.2.0/24` and `2001:db8::/32`, at most {ADDRESSES_MAX}."


@strawberry.input(description="Coordinates or field groups, and what may be done with them.")
class KeyScopeInput:
    """Names × verbs."""

    names: list[str] = described("`Type.field`, `Type`, `Type.*` or field groups.")
    verbs: list[str] | None = optional(
        "`view`, `view_masked`, `view_aggregate`, `export` or `enter`; whatever the role may without it."
    )


@strawberry.input(description="A key to be issued.")
class IssueKeyInput:
    """See KeyOrder."""

    role: str = described("The role whose rights it has a part of.")
    purpose: str = described("What it is for; stands in every access record.")
    days: int = described(f"How long it lasts, at most {DAYS_MAX} days.")
    scopes: list[KeyScopeInput] | None = optional("What it may read; a partner's key needs some.")
    label: str | None = optional("What lists call it; the role without it.")
    is_partner: bool = optional("Whether it is for somebody outside of the agency.", default=True)
    allowed_addresses: list[str] | None = optional(f"{_ADDRESSES} From anywhere without it.")
    rate_per_minute: int | None = optional("Requests that it may send in a minute.")
    cost_per_minute: int | None = optional("Cost that it may spend in a minute.")
    denied_mode: str | None = optional(_MODE)
    safelist: str | None = optional(_SAFELIST)
    officer_id: strawberry.ID | None = optional("The officer that it acts for.")
    unit_ids: list[strawberry.ID] | None = optional("Units that it acts for, with those below.")
    trainings_from: date | None = optional("First day of the training cycle that a state auditor may see.")
    trainings_to: date | None = optional("Last day of that cycle.")
    agency_id: strawberry.ID | None = optional(_AGENCY)

    def as_order(self) -> KeyOrder:
        """Read the order."""
        return KeyOrder(
            role=self.role,
            purpose=self.purpose,
            days=self.days,
            scopes=_write_scopes(self.scopes or ()),
            label=self.label,
            is_partner=self.is_partner,
            allowed_addresses=tuple(self.allowed_addresses or ()),
            rate_per_minute=self.rate_per_minute,
            cost_per_minute=self.cost_per_minute,
            denied_mode=self.denied_mode,
            safelist=self.safelist,
            officer_id=None if self.officer_id is None else read_id("officer", self.officer_id),
            unit_ids=tuple(read_id("unit", each) for each in self.unit_ids or ()),
            trainings_from=self.trainings_from,
            trainings_to=self.trainings_to,
        )


@strawberry.input(description="A key to be replaced by one that is like it.")
class RotateKeyInput:
    """A rotation."""

    prefix: str = described("Prefix of the key.")
    overlap_hours: int = optional(
        f"How long the old one is still accepted, at most {OVERLAP_MAX // _HOUR} hours.", OVERLAP_DEFAULT // _HOUR
    )
    days: int | None = optional(f"How long the new one lasts, at most {DAYS_MAX} days; as the old one without it.")
    agency_id: strawberry.ID | None = optional(_AGENCY)

    @property
    def overlap(self) -> timedelta:
        """The overlap. Of hours without end, one too many is enough."""
        return max(min(self.overlap_hours * _HOUR, OVERLAP_MAX + _HOUR), -_HOUR)


@strawberry.input(description="Limits of a key that are to be otherwise. What is left out stays; null takes it away.")
class ChangeKeyInput:
    """See KeyChange."""

    prefix: str = described("Prefix of the key.")
    scopes: list[KeyScopeInput] | None = optional("Narrower scopes.", strawberry.UNSET)
    allowed_addresses: list[str] | None = optional(_ADDRESSES, strawberry.UNSET)
    rate_per_minute: int | None = optional("Requests that it may send in a minute.", strawberry.UNSET)
    cost_per_minute: int | None = optional("Cost that it may spend in a minute.", strawberry.UNSET)
    denied_mode: str | None = optional(_MODE, strawberry.UNSET)
    safelist: str | None = optional(_SAFELIST, strawberry.UNSET)
    agency_id: strawberry.ID | None = optional(_AGENCY)

    def as_change(self) -> KeyChange:
        """Read the change.

        Raises:
            InvalidInputError: the scopes are to be taken away.
        """
        if self.scopes is None:
            raise InvalidInputError("A key's scopes are not taken away.", hint="name narrower scopes")
        return KeyChange(
            scopes=KEPT if self.scopes is strawberry.UNSET else _write_scopes(self.scopes),
            allowed_addresses=_read(self.allowed_addresses),
            rate_per_minute=_read(self.rate_per_minute),
            cost_per_minute=_read(self.cost_per_minute),
            denied_mode=_read(self.denied_mode),
            safelist=_read(self.safelist),
        )


@strawberry.input(description="A key.")
class KeyInput:
    """Names a key."""

    prefix: str = described("Its prefix.")
    agency_id: strawberry.ID | None = optional(_AGENCY)


def _write_scopes(scopes: Sequence[KeyScopeInput]) -> tuple[str, ...]:
    """Write scopes as the store has them. A verb is checked with the rest, so that its fault is told like any."""
    return tuple(
        name if scope.verbs is None else f"{name}:{','.join(scope.verbs)}" for scope in scopes for name in scope.names
    )


def _read(value: Any) -> Any | Kept:
    if value is strawberry.UNSET:
        return KEPT
    return tuple(value) if isinstance(value, list) else value
