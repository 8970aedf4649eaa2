"""Support's answers leave only while the grant that they were read under lasts: looked at once more, at the end."""

from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select

from louver.authz.principals import Principal
from louver.authz.vocabulary import DeniedMode, PrincipalKind
from louver.db.access import SupportGrantRow
from louver.db.reader import Reader
from louver.endpoint import Executes
from louver.errors import REFERRAL, AccessDeniedError
from louver.keys import is_live
from louver.lookups import Lookup
from louver.resolvers.answer import Answer, Trail


class GrantedGateway:
    """The gateway, for principals under a support grant with one statement more; for all others it is the gateway."""

    def __init__(self, gateway: Executes, reader: Reader) -> None:
        self._gateway = gateway
        grant = SupportGrantRow
        self._lookup = Lookup(select(grant.id).where(grant.agency_id == bindparam("agency_id"), is_live()), reader)

    def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        denied_mode: DeniedMode,
        *,
        is_read_only: bool = False,
        trail: Trail | None = None,
    ) -> Awaitable[Answer]:
        """Answer an operation.

        Raises:
            AccessDeniedError: the grant ended, or was revoked, while it was being answered.
        """
        answering = self._gateway.execute(
            query, variables, operation_name, principal, denied_mode, is_read_only=is_read_only, trail=trail
        )
        is_supports = principal.grants or principal.kind is PrincipalKind.SUPPORT
        return self._look_again(answering, principal) if is_supports else answering

    async def _look_again(self, answering: Awaitable[Answer], principal: Principal) -> Answer:
        answer = await answering
        if principal.grants:
            await self._require_live(principal)
        else:
            _refer(answer)
        return answer

    async def _require_live(self, principal: Principal) -> None:
        now, live = datetime.now(UTC), set()
        for membership in principal.memberships:
            rows = await self._lookup.fetch(agency_id=membership.agency_id, now=now)
            live |= {identity for (identity,) in rows}
        if not principal.grants <= live:
            raise AccessDeniedError(
                "The grant that this was read under has ended.", hint="ask the agency's administrator for a new one"
            )


def _refer(answer: Answer) -> None:
    """Say at each denial whose data it is: the vendor answers nobody about it without the agency's leave."""
    denials = [error["extensions"] for error in answer.errors] + list(answer.extensions.get("access", ()))
    for denial in denials:
        if denial.keys() & {"reason", "denials"}:
            denial["referral"] = REFERRAL
