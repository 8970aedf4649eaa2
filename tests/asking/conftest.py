"""A server whose log lies on the engine under test, and records put into that log as a year would have left them."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from louver.db.agencies import AgencyRow
from louver.db.engine import begin_writing, create_engine
from louver.logging import AccessRecord, Caller, Event, Outcome
from tests.server import JSON, Server, serving
from tests.world.fixtures import CopyWorld
from tests.world.store import HOLDERS, key_of

NOW = datetime.now(UTC).replace(microsecond=0)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Asking:
    """Asks a server, and stores records behind its back."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.tag = uuid4().hex
        """In the place of the document's digest: by it a test finds its own records."""

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
            "at": at,
            "event": Event.ACCESS_QUERY,
            "outcome": Outcome.ANSWERED,
            "operation_name": "Roster",
            "coordinates": {"returned": ("Officer.rank",), "denied": (), "masked": (), "suppressed": ()},
            "address": "10.0.0.7",
            "rows": 1,
            "request_id": uuid4(),
            "document_hash": self.tag,
            "replica": "test:1",
        }
        caller = Caller(**(asks | fields.pop("caller", {})))
        await self.server.service.store.append(AccessRecord(caller=caller, **(given | fields)))


@pytest.fixture(scope="session")
def asked_url(copy_world: CopyWorld, engine_name: str) -> Iterator[str]:
    """A database with the world in it, for the tests of this folder."""
    with copy_world(engine_name) as url:
        yield url


@pytest.fixture(scope="session")
async def asked(asked_url: str, engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server; on PostgreSQL the log is in the same database."""
    audit_url = asked_url if engine_name == "postgresql" else None
    engine = create_engine(asked_url)
    async with begin_writing(engine) as connection:
        await connection.execute(update(AgencyRow).values(timezone="America/Chicago"))
    await engine.dispose()
    async with serving(asked_url, tmp_path_factory.mktemp("asked"), audit_url=audit_url) as server:
        yield server


@pytest.fixture
def asking(asked: Server) -> Asking:
    """Records of the test's own in a log that all tests share."""
    return Asking(asked)


@pytest.fixture
def officer_id() -> UUID:
    """The officer whose key is `officer`."""
    found = HOLDERS["officer"].officer_id
    assert found is not None
    return found
