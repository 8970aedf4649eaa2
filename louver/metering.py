"""The gateway, within its callers' budgets and the number of operations that run at once."""

from collections.abc import Mapping
from typing import Any

from louver.authz.principals import Principal
from louver.authz.vocabulary import DeniedMode
from louver.budgets import Budgets
from louver.concurrency import Gate
from louver.endpoint import Executes
from louver.resolvers.answer import Answer, Trail


class MeteredGateway:
    """Charges each request, waits for a place, and tells what the operation cost."""

    def __init__(self, gateway: Executes, budgets: Budgets, gate: Gate, *, is_cost_shown: bool) -> None:
        self._gateway = gateway
        self._budgets = budgets
        self._gate = gate
        self._is_cost_shown = is_cost_shown

    async def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        denied_mode: DeniedMode,
        *,
        is_read_only: bool = False,
        trail: Trail | None = None,
    ) -> Answer:
        """Answer an operation.

        Raises:
            ThrottledError: the caller's budget is spent, or too many operations run.
        """
        quota = await self._budgets.charge_request(principal)
        await self._gate.enter(principal.id)
        try:
            answer = await self._gateway.execute(
                query, variables, operation_name, principal, denied_mode, is_read_only=is_read_only, trail=trail
            )
        finally:
            self._gate.leave(principal.id)
        if self._is_cost_shown and answer.facts.cost is not None and answer.quotas:
            left = answer.quotas[0]
            answer.extensions["cost"] = {
                "requested": answer.facts.cost,
                "maximum": left.amount,
                "remaining": left.remaining,
                "restoreRate": left.restored_per_second,
            }
        answer.quotas = (quota, *answer.quotas)
        return answer
