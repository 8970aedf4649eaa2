"""A server whose log lies on the engine under test, and records put into that log as a year would have left them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from louver.logging import AccessRecord, Caller, Event, Outcome
from tests.server import JSON, Server, serving
from tests.world.store import HOLDERS, key_of

NOW = datetime.now(UTC).replace(microsecond=0)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Asking:
    """Asks a server, and stores records behind its back."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def ask(self, holder: str, query: str, **variables: Any) -> JSON:
        """Ask one operation and return the body."""
        return await self.server.ask(key_of(holder).text, query, variables)

    async def found(self, holder: str, query: str, **variables: Any) -> Any:
        """Ask one root that has to be answered, and return what it is."""
        body = await self.ask(holder, query, **variables)
        assert "errors" not in body, body
        (answer,) = body["data"].values()
        return answer

    async def fill(self, at: datetime, *, agency: str = "alder", **fields: Any) -> None:
        """Store one record; any field may be given, those of the caller under `caller`."""
        asks = {"principal_id": uuid4(), "principal_kind": "key", "roles": ("chief",), "key_prefix": "kABC"}
        asks |= {"agency_id": HOLDERS["foreign chief" if agency == "birch" else "chief"].agency_id, "purpose": "tests"}
        given = {
            "event": Event.ACCESS_QUERY,
            "outcome": Outcome.ANSWERED,
            "operation_name": "Roster",
            "coordinates": {"returned": ("Officer.rank",), "denied": (), "masked": (), "suppressed": ()},
            "address": "10.0.0.7",
            "rows": 1,
            "request_id": uuid4(),
            "replica": "test:1",
        }
        caller = Caller(**(asks | fields.pop("caller", {})))
        await self.server.service.store.append(AccessRecord(at=at, caller=caller, **(given | fields)))


@pytest.fixture
async def asking(own_url: str, tmp_path: Path, engine_name: str) -> AsyncIterator[Asking]:
    """A server over a world of the test's own; on PostgreSQL the log is in the same database."""
    audit_url = own_url if engine_name == "postgresql" else None
    async with serving(own_url, tmp_path, audit_url=audit_url) as server:
        yield Asking(server)


@pytest.fixture
def officer_id() -> UUID:
    """The officer whose key is `officer`."""
    found = HOLDERS["officer"].officer_id
    assert found is not None
    return found


Fill = Callable[..., Awaitable[None]]
