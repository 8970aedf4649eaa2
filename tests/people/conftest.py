"""People with passwords in the world's agencies, each test with people of its own, and browsers for them."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, select

from louver.db.access import MembershipRow, PersonRow
from louver.db.codes import PersonStatus
from louver.db.engine import begin_writing, create_engine
from louver.db.people import IdentityProviderRow, PersonCredentialRow
from louver.logging.tables import audit_records
from tests.people.browser import PASSWORD, Browser
from tests.people.idp import role_map, running_idp
from tests.server import serving
from tests.world.build import identify

PUBLIC_URL = "https://louver.alder.example"
HASHER = PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1)
"""A thousandth of the work, because the tests do it often."""


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of one test."""

    id: UUID
    email: str


@cache
def hash_of(password: str) -> str:
    """Hash a password, once a run."""
    return HASHER.hash(password)


@pytest.fixture(scope="session")
def people_url(copy_world, engine_name):
    """A world to which people are added."""
    with copy_world(engine_name) as url:
        yield url


@pytest.fixture(scope="session")
async def desk(people_url, tmp_path_factory):
    """A server over it, and the folder of its log."""
    folder = tmp_path_factory.mktemp("people")
    async with serving(people_url, folder, public_url=PUBLIC_URL) as server:
        server.service.people.desk._office.passwords._hasher = HASHER
        yield server, folder


@pytest.fixture
def served(desk):
    """The server."""
    return desk[0]


@pytest.fixture
def browser(served):
    """A browser that is not logged in."""
    return Browser(served.client)


@pytest.fixture
async def store(people_url):
    """Open a transaction behind Louver's back."""
    engine = create_engine(people_url)

    @asynccontextmanager
    async def open_store():
        async with begin_writing(engine) as connection:
            yield connection

    yield open_store
    await engine.dispose()


@pytest.fixture
def add_person(store):
    """Make a person with a password, and a membership for each agency named."""

    async def add_person(roles=None, *, membership=None, person=None, **credentials: Any) -> Someone:
        person_id, now = uuid4(), datetime.now(UTC)
        email = f"p{person_id.hex}@alder.example"
        row = {"id": person_id, "email": email, "name": "Ada Brook", "status": PersonStatus.ACTIVE}
        proof = {"person_id": person_id, "password_hash": hash_of(PASSWORD), "enabled_at": now}
        async with store() as connection:
            await connection.execute(insert(PersonRow).values(row | (person or {})))
            await connection.execute(insert(PersonCredentialRow).values(proof | credentials))
            for agency, held in (roles or {"alder": ["chief"]}).items():
                member = {"agency_id": identify(agency), "person_id": person_id, "roles": held}
                await connection.execute(insert(MembershipRow).values(member | (membership or {})))
        return Someone(person_id, email)

    return add_person


@pytest.fixture
def list_records(desk):
    """Read what the log has of somebody, of one request or of a kind of principal, oldest first."""

    async def list_records(whose: Someone | UUID | str, *names: str) -> list[Any]:
        engine = create_engine(f"sqlite:///{desk[1]}/audit.db")
        record = audit_records.c
        column, value = {
            Someone: (record.principal_id, getattr(whose, "id", None)), UUID: (record.request_id, whose),
            str: (record.principal_kind, whose),
        }[type(whose)]  # fmt: skip
        is_it = column == value
        query = select(audit_records).where(is_it)
        async with engine.connect() as connection:
            found = await connection.execute(query.order_by(audit_records.c.sequence))
            rows = [dict(row) for row in found.mappings()]
        await engine.dispose()
        return [tuple(row[name] for name in names) if names else row for row in rows]

    return list_records


@pytest.fixture(scope="session")
def idp():
    """An identity provider, for all tests."""
    with running_idp() as provider:
        yield provider


@pytest.fixture
def add_provider(store, idp, monkeypatch):
    """Set up an identity provider of an agency; any column may be given."""
    monkeypatch.setenv("IDP_SECRET", "s&cret+%")

    async def add_provider(agency="alder", **values: Any) -> str:
        name = f"p{uuid4().hex}"
        row = {
            "agency_id": identify(agency), "name": name, "issuer": idp.issuer, "client_id": f"client-{name}",
            "client_secret": "env:IDP_SECRET",
            "audience": f"audience-{name}", "algorithms": ["RS256"], "person_claim": "email", "roles_claim": "groups",
            "role_map": role_map(chiefs="chief", staff="hr auditor"), "created_at": datetime.now(UTC),
        }  # fmt: skip
        async with store() as connection:
            await connection.execute(insert(IdentityProviderRow).values(row | values))
        return name

    return add_provider
