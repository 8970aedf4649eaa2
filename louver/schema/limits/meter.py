"""What holds the operations of one gateway to their price, their caller's budget and their time."""

import asyncio
from collections.abc import Awaitable, Callable

from graphql import OperationDefinitionNode, OperationType

from louver.authz.budgets import Quota
from louver.authz.principals import Principal
from louver.errors import LimitExceededError
from louver.schema.context import OperationContext
from louver.schema.limits.limits import Limits, exceed
from louver.schema.limits.weights import price_unplanned
from louver.settings import Settings

Charge = Callable[[Principal, int], Awaitable[Quota]]
"""Takes the points of an operation from its principal's budget, or raises `ThrottledError`."""


class Meter:
    """Prices, charges and times. Without a `charge` nobody pays."""

    def __init__(self, limits: Limits | None = None, charge: Charge | None = None) -> None:
        self.limits = limits or Limits.from_settings(Settings())
        self._charge = charge

    def price(self, context: OperationContext, introspected: int) -> int:
        """Answer the points of an operation, from its plan and its page sizes.

        Raises:
            LimitExceededError: they are too many.
        """
        plan = context.plan
        points = plan.cost.among(context.run.values, len(context.principal.memberships))
        if plan.unplanned:
            points += price_unplanned(plan.unplanned, introspected, context.find_visibility)
        self.limits.require("cost", points)
        return points

    async def charge(self, principal: Principal, points: int) -> tuple[Quota, ...]:
        """Take the points from the principal's budget.

        Raises:
            ThrottledError: they are more than is left of it.
        """
        return (await self._charge(principal, points),) if self._charge else ()

    def timing(self, operation: OperationDefinitionNode) -> asyncio.Timeout:
        """Give an operation its time. A change is not cut short: nobody could say whether it was made."""
        return asyncio.timeout(None if operation.operation is OperationType.MUTATION else self.limits.seconds)

    def tell_timeout(self) -> LimitExceededError:
        """Spell that the time is up."""
        return exceed("seconds", self.limits.seconds, self.limits.seconds)
