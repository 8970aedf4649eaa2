"""Questions of an administrator about one agency's access, with all that is read from the store to answer them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.explaining import Effect, Explainer, Explanation
from louver.authz.facts import AgencyFacts
from louver.authz.sights import Needs
from louver.authz.vocabulary import Act, Role
from louver.errors import InvalidInputError
from louver.resolvers.agency_facts import read_facts
from louver.resolvers.holders import NamedHolder, list_named_holders


class Seers(NamedTuple):
    """Who can see something."""

    roles: list[Explanation]
    """Each role held alone."""
    holders: list[tuple[NamedHolder, Explanation]]
    """Members and keys, by all that they hold."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Answers about one agency. Those who ask may know every name, so a name that does not exist is told."""

    facts: AgencyFacts
    explainer: Explainer
    holders: Sequence[NamedHolder] = ()

    @classmethod
    def about(cls, facts: AgencyFacts, needs: Mapping[str, Needs], holders: Sequence[NamedHolder] = ()) -> Self:
        """Make them from what is known of an agency."""
        return cls(facts, Explainer(facts, needs), holders)

    @classmethod
    async def read(
        cls, connection: AsyncConnection, agency_id: UUID, needs: Mapping[str, Needs], now: datetime
    ) -> Self:
        """Read what an agency's answers come from.

        Raises:
            InvalidInputError: there is no such agency.
        """
        facts = await read_facts(connection, agency_id)
        return cls.about(facts, needs, await list_named_holders(connection, agency_id, now))

    def explain(self, roles: Collection[str], coordinate: str, act: Act) -> Explanation:
        """Explain a role set.

        Raises:
            InvalidInputError: there is no such role or coordinate.
        """
        self._require_coordinate(coordinate)
        return self.explainer.explain(self.require_roles(roles), coordinate, act)

    def explain_principal(self, identity: str, coordinate: str, act: Act) -> Explanation:
        """Explain a member, by id, or a key, by its prefix.

        Raises:
            InvalidInputError: the agency has neither, or there is no such coordinate.
        """
        self._require_coordinate(coordinate)
        holder = next((each for each in self.holders if each.id == identity), None)
        if holder is None:
            raise InvalidInputError(
                f"The agency has no member {identity!r}, nor such a key that is accepted.",
                hint="give a key's prefix or a member's id, person_…",
            )
        return self.explainer.explain(holder.roles, coordinate, act, scopes=holder.scopes)

    def list_seers(self, coordinate: str, act: Act) -> Seers:
        """List the roles, members and keys that can.

        Raises:
            InvalidInputError: there is no such coordinate.
        """
        self._require_coordinate(coordinate)
        explain = self.explainer.explain
        held = ((each, explain(each.roles, coordinate, act, scopes=each.scopes)) for each in self.holders)
        roles = self.explainer.list_roles(coordinate, act)
        return Seers(
            [each for each in roles if each.effect is not Effect.DENIED],
            [(holder, each) for holder, each in held if each.effect is not Effect.DENIED],
        )

    def require_roles(self, roles: Collection[str]) -> tuple[str, ...]:
        """Answer the roles.

        Raises:
            InvalidInputError: there is no such role.
        """
        known = (*self.explainer.roles, str(Role.PARTNER))
        if strangers := [role for role in roles if role not in known]:
            raise InvalidInputError(f"There is no role {strangers[0]!r}.", hint=f"roles are {', '.join(known)}")
        return tuple(roles)

    def _require_coordinate(self, coordinate: str) -> None:
        if not self.explainer.knows(coordinate):
            raise InvalidInputError(
                f"{coordinate!r} is not classified.", hint="`accessMatrix`, or `louver policy matrix`, lists what is"
            )
