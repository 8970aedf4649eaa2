"""What resolvers and extensions find as `info.context`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import DocumentNode

from louver.authz.principals import Principal
from louver.authz.vocabulary import DeniedMode
from louver.resolvers.access import Administration
from louver.resolvers.answer import AccessFacts, Answer, Trail
from louver.resolvers.notes import Denial
from louver.resolvers.planner import Plan
from louver.resolvers.run import Run
from louver.schema.visibility import Visibility


class Rehearses(Protocol):
    """The gateway that the operation came to, for resolvers that answer what another principal would get."""

    schema: Any
    """A LouverSchema, which is built from these resolvers."""

    async def execute(
        self, query: str, variables: None, operation_name: None, principal: Principal, denied_mode: DeniedMode, /
    ) -> Answer:
        """Answer an operation as another."""


@dataclass(frozen=True, slots=True)
class OperationContext:
    """One operation of one principal."""

    document: DocumentNode
    principal: Principal
    plan: Plan
    run: Run
    find_visibility: Callable[[], Visibility]
    administration: Administration
    trail: Trail
    """For its access record; resolvers that are not planned add to its facts."""
    gateway: Rehearses
    denied_mode: DeniedMode = DeniedMode.ERRORS
    denials: list[Denial] = field(default_factory=list)
    """What resolvers that are not planned found denied; told as what plans find."""

    @property
    def facts(self) -> AccessFacts:
        """What is known of it so far."""
        return self.trail.facts

    @property
    def visibility(self) -> Visibility:
        """What the caller may know of the schema; worked out only for those who ask."""
        return self.find_visibility()

    async def read(self, key: str) -> Any:
        """Answer one planned root."""
        return await self.plan.read(key, self.run)
