"""What resolvers and extensions find as `info.context`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode

from louver.authz.principals import Principal
from louver.resolvers.access import Administration
from louver.resolvers.answer import AccessFacts
from louver.resolvers.planner import Plan
from louver.resolvers.run import Run
from louver.schema.visibility import Visibility


@dataclass(frozen=True, slots=True)
class OperationContext:
    """One operation of one principal."""

    document: DocumentNode
    principal: Principal
    plan: Plan
    run: Run
    find_visibility: Callable[[], Visibility]
    administration: Administration
    facts: AccessFacts
    """For its access record; resolvers that are not planned add to them."""

    @property
    def visibility(self) -> Visibility:
        """What the caller may know of the schema; worked out only for those who ask."""
        return self.find_visibility()

    async def read(self, key: str) -> Any:
        """Answer one planned root."""
        return await self.plan.read(key, self.run)
