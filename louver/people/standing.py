"""What a person is: the memberships that count now, and the principal that they make together."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, Self
from uuid import UUID

from louver.authz.principals import Membership, Principal
from louver.authz.vocabulary import PrincipalKind, Role
from louver.db.access import MembershipRow, MembershipUnitRow
from louver.db.agencies import AgencyRow
from louver.db.codes import Module, PersonStatus, SubscriptionStatus
from louver.logging import Caller
from louver.people.visits import place
from louver.policy import PolicyKeeper

_BY_KEY_ONLY = frozenset({Role.SUPPORT, Role.PARTNER})
"""Leak: support reads under a grant of the agency's, which is looked up with its key; a session would go round it."""


class Person(NamedTuple):
    """Whose credential it is."""

    id: UUID
    email: str
    name: str
    status: PersonStatus

    @property
    def is_active(self) -> bool:
        """Whether the account is open."""
        return self.status == PersonStatus.ACTIVE


class Member(NamedTuple):
    """A membership with its agency, as of now. In the order of `MEMBER_COLUMNS`, but for the last."""

    agency_id: UUID
    roles: list[str]
    unit_id: UUID | None
    officer_id: UUID | None
    trainings_from: date | None
    trainings_to: date | None
    modules: list[Module]
    subscription: SubscriptionStatus
    small_cell_minimum: int
    policy_version: int
    unit_ids: frozenset[UUID] = frozenset()

    @classmethod
    def list_from_rows(cls, rows: Iterable[Sequence[Any]]) -> list[Self]:
        """Gather memberships from rows of `MEMBER_COLUMNS`, one for each unit of each membership."""
        members: dict[UUID, Self] = {}
        for row in rows:
            if row[0] is None:
                continue
            member = members.setdefault(row[0], cls(*row[:-1]))
            units = member.unit_ids | ({member.unit_id, row[-1]} - {None})
            members[row[0]] = member._replace(unit_ids=units)
        return list(members.values())

    def narrow(self, roles: Iterable[str] | None) -> Self:
        """Answer it with the roles that count: its own, or those that a provider's claims came to."""
        kept = [role for role in (self.roles if roles is None else roles) if role not in _BY_KEY_ONLY]
        return self._replace(roles=kept)


MEMBER_COLUMNS = (
    MembershipRow.agency_id,
    MembershipRow.roles,
    MembershipRow.unit_id,
    MembershipRow.officer_id,
    MembershipRow.trainings_from,
    MembershipRow.trainings_to,
    AgencyRow.modules,
    AgencyRow.status,
    AgencyRow.small_cell_minimum,
    AgencyRow.policy_overlay_version,
    MembershipUnitRow.unit_id,
)


def describe(person: Person, members: Sequence[Member], credential: str | None = None) -> Caller:
    """Name a person for the log."""
    roles = sorted({role for member in members for role in member.roles})
    return Caller(
        principal_id=person.id,
        principal_kind=PrincipalKind.PERSON,
        roles=tuple(roles),
        key_prefix=credential,
        purpose=f"duties as {', '.join(roles)}" if roles else "log-in",
        **place(member.agency_id for member in members),
    )


async def build_principal(person: Person, members: Sequence[Member], caller: Caller, keeper: PolicyKeeper) -> Principal:
    """Make the principal: in each agency what its membership there says, by the policy in force there.

    Raises:
        PolicyStaleError: the policy of one of the agencies cannot be loaded.
    """
    snapshot = keeper.snapshot
    for member in members:
        snapshot = await keeper.get(member.agency_id, member.policy_version)
    return Principal(
        kind=PrincipalKind.PERSON,
        id=person.id,
        label=person.name,
        memberships=tuple(
            Membership(
                member.agency_id,
                snapshot.rights(
                    member.agency_id,
                    frozenset(member.roles),
                    scopes=None,
                    modules=[str(module) for module in member.modules],
                    subscription=member.subscription,
                ),
                member.unit_ids,
                member.officer_id,
                member.small_cell_minimum,
                _find_cycle(member),
            )
            for member in members
        ),
        purpose=caller.purpose,
        person_id=person.id,
    )


def _find_cycle(member: Member) -> tuple[date, date] | None:
    """Answer the training cycle that was granted. Leak: an open end would grant what was never named."""
    if member.trainings_from is None or member.trainings_to is None:
        return None
    return member.trainings_from, member.trainings_to
