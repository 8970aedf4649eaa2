"""Databases that were never migrated, and rows to hang other rows on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.codes import Module
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import AgencyRow, Base

Add = Callable[..., Awaitable[UUID]]


@pytest.fixture
def empty_postgres_url(postgres_cluster: Any) -> Iterator[str]:
    database = f"t_{uuid4().hex}"
    postgres_cluster.execute(f"CREATE DATABASE {database}")
    yield postgres_cluster.url(database)
    postgres_cluster.drop(database)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture
async def empty_engine(empty_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(empty_url)
    yield engine
    await engine.dispose()


@pytest.fixture
def add(engine: AsyncEngine) -> Add:
    """Insert one row in a transaction of its own and return its id."""

    async def insert_row(table: type[Base], **values: Any) -> UUID:
        identity: UUID = values.setdefault("id", uuid4())
        async with begin_writing(engine) as connection:
            await connection.execute(insert(table).values(**values))
        return identity

    return insert_row


@pytest.fixture
def add_agency(add: Add) -> Add:
    """Insert an agency; its ORI may be chosen."""

    async def insert_agency(ori: str = "ZZ0000001") -> UUID:
        return await add(AgencyRow, name="Fallowmere", ori=ori, state="ZZ", timezone="UTC", modules=[Module.UOF])

    return insert_agency
