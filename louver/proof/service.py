"""The service in this process: the real endpoint and gateway over one store, asked as a server would ask them."""

import secrets
from collections.abc import Mapping, MutableMapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from louver.authz.principals import Principal
from louver.db.engine import create_engine
from louver.endpoint import Endpoint
from louver.errors import UnauthenticatedError
from louver.identity import Identity
from louver.logging import AuditStore, Caller, ValueDigest
from louver.logging.chain import Link
from louver.logging.tables import REVISION
from louver.proof.stores import Store
from louver.resolvers.access import Administration
from louver.resolvers.answer import Answer
from louver.resolvers.cursors import CursorCipher
from louver.resolvers.recorded import RecordedLog
from louver.schema.gateway import Gateway
from louver.schema.roots import LouverSchema

PAGE_SIZE_MAX = 100
_PATIENCE_SECONDS = 30.0
_KEY = b"proof of non-interference, 32 by"
_NOWHERE = "sqlite:////nowhere"
"""Administration writes and is no part of the proof: its store is never opened."""
_VARYING = frozenset({b"x-request-id", b"date"})


@dataclass(frozen=True, slots=True)
class Reply:
    """All that a client receives, less what tells one request from another."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def content(self) -> Any:
        """The body, parsed."""
        return orjson.loads(self.body)


class _Priced:
    """Tells what an operation cost, without what is left of a budget: that is another after each request."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def execute(self, *operation: Any, **options: Any) -> Answer:
        """See Gateway."""
        answer = await self._gateway.execute(*operation, **options)
        answer.extensions["cost"] = {"requested": answer.facts.cost}
        return answer


class Service:
    """Answers for principals that are introduced to it. Every world may have its own, so that no cache outlives it."""

    def __init__(self, schema: LouverSchema, store: Store, log: AuditStore) -> None:
        self._principals: dict[str, Principal] = {}
        administration = Administration(create_engine(_NOWHERE), RecordedLog(_NOWHERE))
        self._endpoint = Endpoint(
            identify=self._identify,
            gateway=_Priced(Gateway(schema, store, store.speech, CursorCipher(_KEY), PAGE_SIZE_MAX, administration)),
            store=log,
            digest=ValueDigest(_KEY),
            replica="proof",
        )

    def introduce(self, principal: Principal) -> str:
        """Give a principal a credential."""
        credential = secrets.token_hex(8)
        self._principals[credential] = principal
        return credential

    async def ask(self, credential: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Reply:
        """Send one request."""
        sent = {"authorization": credential, "content-type": "application/json", **headers}
        scope = {
            "type": "http",
            "method": "POST",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
        messages: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": orjson.dumps(body)}

        async def send(message: MutableMapping[str, Any]) -> None:
            messages.append(message)

        await self._endpoint(scope, receive, send)
        start, *rest = messages
        fixed = tuple(header for header in start["headers"] if header[0] not in _VARYING)
        return Reply(start["status"], fixed, b"".join(message["body"] for message in rest))

    async def _identify(self, headers: Mapping[str, str], _address: str | None) -> Identity:
        principal = self._principals.get(headers.get("authorization", ""))
        if principal is None:
            return Identity(Caller(), refusal=UnauthenticatedError("No valid key was sent."))
        return Identity(Caller(principal_id=principal.id, purpose=principal.purpose), principal)


class Forgetting:
    """Keeps no access record: what a proof reads is nobody's. The store above it works as ever."""

    async def connect(self) -> None:
        """See Sink."""

    async def read_revision(self) -> str | None:
        """See Sink."""
        return REVISION

    async def read_end(self, writer: UUID) -> Link:
        """See Sink."""
        del writer
        return Link()

    async def write(self, rows: Any) -> None:
        """See Sink."""

    async def require_writable(self) -> None:
        """See Sink."""

    async def close(self) -> None:
        """See Sink."""

    @classmethod
    async def open_log(cls, stack: AsyncExitStack) -> AuditStore:
        """Open a log that keeps nothing; the stack closes it."""
        log = AuditStore(cls(), timeout_seconds=_PATIENCE_SECONDS)
        await log.start()
        stack.push_async_callback(log.close)
        return log
