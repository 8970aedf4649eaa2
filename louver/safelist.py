"""The safelist: what comes of an operation that its agency has not stored, key by key."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from louver.authz.principals import Principal
from louver.authz.vocabulary import DeniedMode, Safelist
from louver.endpoint import Executes
from louver.errors import AccessDeniedError
from louver.resolvers.answer import AccessFacts, Answer, Trail
from louver.resolvers.stored import StoredOperations

NOT_STORED = "OPERATION_NOT_STORED"
_MESSAGE = "This operation is not stored for your agency."
_HINT = "ask your agency's administrator to store it; its hash is {hash}"


class SafelistedGateway:
    """The gateway, for keys with a safelist with one look more; for all others it is the gateway."""

    def __init__(self, gateway: Executes, stored: StoredOperations) -> None:
        self._gateway = gateway
        self._stored = stored

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
        """Answer an operation, unless it is not stored and the key may send stored ones alone."""
        execute = partial(
            self._gateway.execute,
            query, variables, operation_name, principal, denied_mode, is_read_only=is_read_only, trail=trail,
        )  # fmt: skip
        return execute() if principal.safelist is Safelist.OFF else self._watch(execute, query, principal)

    async def _watch(self, execute: Callable[[], Awaitable[Answer]], query: str, principal: Principal) -> Answer:
        stray = await self._find_stray(query, principal)
        if stray is not None and principal.safelist is Safelist.BLOCK:
            return _refuse(stray)
        answer = await execute()
        if stray is not None:
            answer.facts.reason = NOT_STORED
            if principal.safelist is Safelist.WARN:
                answer.extensions["safelist"] = {"reason": NOT_STORED, "hash": stray, "message": _MESSAGE}
        return answer

    async def _find_stray(self, query: str, principal: Principal) -> str | None:
        """Answer the document's hash if it is not stored."""
        agencies = [membership.agency_id for membership in principal.memberships]
        # Of the text as it was sent, lone surrogates included, as the access record has it.
        document_hash = hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()
        return None if await self._stored.is_stored(agencies, document_hash) else document_hash


def _refuse(document_hash: str) -> Answer:
    error = AccessDeniedError(_MESSAGE, hint=_HINT.format(hash=document_hash), reason=NOT_STORED)
    errors = [{"message": error.message, "extensions": error.as_extensions()}]
    return Answer(has_data=False, errors=errors, facts=AccessFacts(document_hash=document_hash, reason=NOT_STORED))
