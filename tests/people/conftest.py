"""People with passwords in the world's agency, and browsers for them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from louver.authz.passwords import Passwords
from louver.db.access import MembershipRow, PersonRow
from louver.db.codes import PersonStatus
from louver.db.engine import begin_writing, create_engine
from louver.db.people import PersonCredentialRow
from louver.logging.tables import audit_records
from tests.people.browser import Browser
from tests.world.build import identify

PASSWORD = "seven lanterns over wet asphalt"
Work = Callable[..., Awaitable[Any]]


@cache
def hash_of(password: str) -> str:
    """Hash a password once a run: it costs a tenth of a second."""
    return Passwords()._hash(password)


@pytest.fixture
async def in_store(own_url: str):
    """Do something to the store that Louver itself would not."""
    engine = create_engine(own_url)

    async def do(work: Work) -> Any:
        async with begin_writing(engine) as connection:
            return await work(connection)

    yield do
    await engine.dispose()


@pytest.fixture
def add_person(in_store):
    """Make a person with a password and a membership for each agency named."""

    async def add_person(
        email: str = "ada.chief@alder.example", *, roles: dict[str, list[str]] | None = None, **values: Any
    ) -> UUID:
        person_id, now = uuid4(), datetime.now(UTC)
        membership = values.pop("membership", {})
        person = {"id": person_id, "email": email, "name": "Ada Brook", "status": PersonStatus.ACTIVE}
        credentials = {"person_id": person_id, "password_hash": hash_of(PASSWORD), "enabled_at": now}

        async def work(connection: Any) -> None:
            last_login = {"last_login_at": values.pop("last_login_at", None)}
            await connection.execute(insert(PersonRow).values(person | last_login))
            await connection.execute(insert(PersonCredentialRow).values(credentials | values))
            for agency, held in (roles or {"alder": ["chief"]}).items():
                row = {"agency_id": identify(agency), "person_id": person_id, "roles": held} | membership
                await connection.execute(insert(MembershipRow).values(row))

        await in_store(work)
        return person_id

    return add_person


@pytest.fixture
def browser(own_served):
    """A browser that is not logged in."""
    return Browser(own_served.client)


@pytest.fixture
def list_records(tmp_path):
    """Read the log, oldest first; without those of queries."""

    async def list_records(*names: str) -> list[Any]:
        engine = create_engine(f"sqlite:///{tmp_path}/audit.db")
        async with engine.connect() as connection:
            found = (await connection.execute(select(audit_records).order_by(audit_records.c.sequence))).mappings()
            rows = [dict(row) for row in found]
        await engine.dispose()
        return [tuple(row[name] for name in names) if names else row for row in rows]

    return list_records


@pytest.fixture
async def settle(own_served):
    """Wait until what is written beside the answers is written."""

    async def settle() -> None:
        await asyncio.sleep(0)
        await own_served.service.door.close()

    return settle
