"""What decisions in an agency depend on, beside the default policy: its own lines, its roles and its subscription."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

from louver.authz import shipped
from louver.authz.lines import PolicyLine
from louver.authz.overlays import read_defaults
from louver.authz.rights import Rights
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import Role

HERE = UUID(int=0)
"""Stands for the agency that a policy file or an example is about, whichever it will be."""


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """One agency as its policy knows it."""

    agency_id: UUID
    lines: tuple[PolicyLine, ...] = ()
    modules: Collection[str] = field(default_factory=lambda: shipped.read_coordinates().modules)
    subscription: str = "ACTIVE"
    made_roles: Mapping[str, str] = field(default_factory=dict)
    """Its own roles, with the templates that they were made from."""
    version: int = 0

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that somebody may hold here: those that ship, then its own."""
        shipped_roles = (str(role) for role in Role if role is not Role.PARTNER)
        return tuple(dict.fromkeys((*shipped_roles, *sorted(self.made_roles))))

    def under(self, lines: Collection[PolicyLine]) -> Self:
        """Answer the same agency with other lines, as a draft would have it."""
        return replace(self, lines=tuple(lines))


class AgencyRights:
    """The rights of any role set in one agency. Builds the agency's policy once.

    Raises:
        MisconfiguredError: a line is malformed.
    """

    def __init__(self, facts: AgencyFacts) -> None:
        self.facts = facts
        self.snapshot: Snapshot = read_defaults().with_overlay(facts.agency_id, facts.lines)

    def find(self, roles: Collection[str], scopes: Collection[str] | None = None) -> Rights:
        """Find the rights of a role set, narrowed to a key's scopes if it has any."""
        facts = self.facts
        return self.snapshot.rights(
            facts.agency_id, roles, scopes=scopes, modules=facts.modules, subscription=facts.subscription
        )
