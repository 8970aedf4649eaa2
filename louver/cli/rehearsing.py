"""Rehearsing: an operation through the real endpoint and gateway, over a store without a row, to see what is recorded.

What is denied, masked and logged is decided before any row is read, so an agency needs no data to try its policy.
"""

import secrets
import tempfile
from collections.abc import AsyncGenerator, Mapping, MutableMapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson

from louver.authz.principals import Membership, Principal
from louver.authz.rights import Rights
from louver.authz.vocabulary import DeniedMode, PrincipalKind
from louver.db.engine import create_engine
from louver.db.reader import open_reader
from louver.endpoint import Endpoint
from louver.identity import Identity
from louver.logging import AuditStore, Caller, ValueDigest
from louver.logging.chain import Link, Sealed
from louver.logging.location import locate_audit
from louver.logging.tables import REVISION
from louver.resolvers.access import Administration
from louver.resolvers.cursors import CursorCipher
from louver.resolvers.dialects import SqliteSpeech
from louver.resolvers.recorded import RecordedLog
from louver.schema.gateway import Gateway
from louver.schema.roots import build_schema
from louver.settings import Settings
from louver.stores import upgrade_stores

_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came of an operation."""

    errors: Sequence[Mapping[str, Any]]
    record: Mapping[str, Any]
    """The access record, as it would stand in the log."""

    @property
    def problems(self) -> list[str]:
        """Errors that are no denials: the operation itself is wrong."""
        return [str(error["message"]) for error in self.errors if error["extensions"].get("code") == "BAD_REQUEST"]


class Rehearsal:
    """A gateway over an empty store, and the log of what it was asked. Open one with `open_rehearsal`."""

    def __init__(self, gateway: Gateway, store: AuditStore, log: "Remembering") -> None:
        self._log = log
        self._asking = Identity(Caller())
        self._endpoint = Endpoint(
            identify=self._identify,
            gateway=gateway,
            store=store,
            digest=ValueDigest(secrets.token_bytes(32)),
            replica="rehearsal",
        )

    async def run(
        self, rights: Rights, agency_id: UUID, mode: DeniedMode, operation: str, variables: Mapping[str, Any]
    ) -> Rehearsed:
        """Send one operation as somebody who has these rights."""
        kind, identity, purpose = PrincipalKind.KEY, uuid4(), "rehearsal"
        membership = Membership(agency_id, rights, officer_id=uuid4())
        principal = Principal(kind, identity, purpose, (membership,), purpose, mode)
        caller = Caller(
            principal_id=identity,
            principal_kind=kind,
            roles=tuple(sorted(rights.roles)),
            agency_id=agency_id,
            purpose=purpose,
        )
        self._asking = Identity(caller, principal)
        content = await self._send({"query": operation, "variables": dict(variables)})
        return Rehearsed(content.get("errors", ()), self._log.rows[-1])

    async def _send(self, body: Mapping[str, Any]) -> dict[str, Any]:
        sent = bytearray()

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": orjson.dumps(body)}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.extend(message.get("body", b""))

        headers = [(b"content-type", b"application/json")]
        await self._endpoint({"type": "http", "method": "POST", "headers": headers}, receive, send)
        content: dict[str, Any] = orjson.loads(bytes(sent))
        return content

    async def _identify(self, _headers: Mapping[str, str], _address: str | None) -> Identity:
        return self._asking


class Remembering:
    """A sink that keeps the rows it is given; the store above it works as ever."""

    def __init__(self) -> None:
        self.rows: list[Mapping[str, Any]] = []

    async def connect(self) -> None:
        """See Sink."""

    async def read_revision(self) -> str | None:
        """See Sink."""
        return REVISION

    async def read_end(self, writer: UUID) -> Link:
        """See Sink."""
        del writer
        return Link()

    async def write(self, records: Sequence[Sealed]) -> None:
        """See Sink."""
        self.rows.extend(each.as_row() for each in records)

    async def require_writable(self) -> None:
        """See Sink."""

    async def close(self) -> None:
        """See Sink."""


@asynccontextmanager
async def open_rehearsal() -> AsyncGenerator[Rehearsal]:
    """Open one for the length of a `with`; its store is made for it and thrown away."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="louver-"))
        settings = Settings(database_url=f"sqlite:///{folder}/records.db", var=Path(folder))
        await upgrade_stores(settings)
        reader, engine = open_reader(settings.database_url), create_engine(settings.database_url)
        stack.push_async_callback(reader.close)
        stack.push_async_callback(engine.dispose)
        log = Remembering()
        store = AuditStore(log, timeout_seconds=_PATIENCE_SECONDS)
        await store.start()
        stack.push_async_callback(store.close)
        administration = Administration(engine, RecordedLog(locate_audit(settings)))
        cipher = CursorCipher(secrets.token_bytes(32))
        gateway = Gateway(build_schema(), reader, SqliteSpeech(), cipher, settings.page_size_max, administration)
        yield Rehearsal(gateway, store, log)
