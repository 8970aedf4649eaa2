"""A migrated log on each engine, records to put into it, and a second connection to look at it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.engine import create_engine
from louver.logging import AccessRecord, AuditStore, Caller, Event, Outcome
from louver.logging.location import SQLITE_PREFIX, locate_audit
from louver.logging.tables import audit_records
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.audit.retaining import Log
from tests.server import make_log

TIMEOUT_SECONDS = 0.5


@pytest.fixture(scope="session")
async def log_database(postgres_cluster: Any, postgres_template: str) -> str:
    """A PostgreSQL database with both stores, which tests copy."""
    database = "log_template"
    postgres_cluster.execute(f"CREATE DATABASE {database} TEMPLATE {postgres_template}")
    await upgrade_stores(Settings(database_url=postgres_cluster.url(database)))
    return database


@pytest.fixture
def postgres_url(postgres_cluster: Any, log_database: str) -> Iterator[str]:
    """A fresh PostgreSQL database with both stores."""
    with postgres_cluster.copied(log_database) as url:
        yield url


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings whose two stores are migrated."""
    settings = Settings(database_url=database_url, var=tmp_path, audit_timeout_seconds=TIMEOUT_SECONDS)
    if database_url.startswith(SQLITE_PREFIX):
        await make_log(settings)
    return settings


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[AuditStore]:
    """An open store."""
    store = await AuditStore.open(settings)
    yield store
    await store.close()


@pytest.fixture
async def audit_engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """Connections to the log that the store knows nothing of."""
    engine = create_engine(locate_audit(settings))
    yield engine
    await engine.dispose()


Rows = list[Mapping[str, Any]]


@pytest.fixture
def list_rows(audit_engine: AsyncEngine) -> Callable[[], Awaitable[Rows]]:
    """Read the log over a connection of its own, in the order of the chains."""

    async def list_rows() -> Rows:
        async with audit_engine.connect() as connection:
            found = await connection.execute(
                select(audit_records).order_by(audit_records.c.writer, audit_records.c.sequence)
            )
            return [dict(row) for row in found.mappings()]

    return list_rows


@pytest.fixture
def make_record() -> Callable[..., AccessRecord]:
    """Make a record with every field filled; any of them may be given."""

    def make_record(**fields: Any) -> AccessRecord:
        caller = Caller(
            principal_id=uuid4(),
            principal_kind="key",
            roles=("chief",),
            key_prefix="k7Qm2nVx0a1B",
            agency_id=uuid4(),
            agency_ids=uuid4().bytes,
            on_behalf_of=f"person_{uuid4().hex}",
            purpose="dashboard",
        )
        defaults: dict[str, Any] = {
            "at": datetime(2026, 3, 9, 16, 5, 0, 123456, tzinfo=UTC),
            "event": Event.ACCESS_QUERY,
            "outcome": Outcome.PARTIAL,
            "reason": "FIELD_DENIED",
            "caller": caller,
            "address": "127.0.0.1",
            "user_agent": "probe/1.0",
            "host": "127.0.0.1:8000",
            "operation_name": "Roster",
            "document_hash": "a" * 64,
            "saved_operation_id": "roster-1",
            "variables": {"first": "int:0f", "filter": {"and": ["str:1e", None]}},
            "arguments": {"Query.officers": {"first": "int:0f"}},
            "coordinates": {"returned": ("Officer.rank",), "denied": ("Officer.badgeNumber",)},
            "officer_ids": uuid4().bytes,
            "incident_ids": uuid4().bytes,
            "rows": 1,
            "bytes_in": 120,
            "bytes_out": 340,
            "duration_us": 900,
            "cost": 12,
            "policy_version": "b" * 16,
            "request_id": uuid4(),
            "trace_id": "c" * 32,
            "replica": "test:1",
            "details": {"count": 1},
        }
        return AccessRecord(**(defaults | fields))

    return make_record


@pytest.fixture
def log(settings: Settings, store: AuditStore, audit_engine: AsyncEngine, make_record: Any) -> Log:
    """A log to be filled with old records."""
    return Log(settings, store, audit_engine, make_record)
