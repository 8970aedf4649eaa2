"""Administrators who issue keys, and partners who use them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable

from louver.db.engine import begin_writing, create_engine
from tests.policy.asking import changed
from tests.server import JSON, Server, serving
from tests.world.fixtures import CopyWorld

OFFICERS = {"names": ["Officer.badgeNumber", "Officer.rank"], "verbs": ["view"]}
ORDER: JSON = {"role": "chief", "purpose": "state dashboard", "days": 30, "scopes": [OFFICERS]}
"""A partner's key that reads two fields of officers."""


class Desk(Server):
    """A server at which the tests of one module issue keys, each its own."""

    url: str
    folder: Path

    async def issue(self, **order: Any) -> JSON:
        """Issue a key as the administrator; what is given stands in place of the usual order's."""
        return await changed(self, "issueKey", **{**ORDER, **order})

    async def write(self, statement: Executable) -> None:
        """Change the store behind Louver's back."""
        engine = create_engine(self.url)
        async with begin_writing(engine) as connection:
            await connection.execute(statement)
        await engine.dispose()


@pytest.fixture(scope="module")
def desk_url(copy_world: CopyWorld, engine_name: str) -> Iterator[str]:
    """A database with the world in it, for one module."""
    with copy_world(engine_name) as url:
        yield url


@pytest.fixture(scope="module")
async def desk(desk_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A desk for all tests that leave each other's keys alone."""
    folder = tmp_path_factory.mktemp("desk")
    async with serving(desk_url, folder) as server:
        yield _seat(server, desk_url, folder)


@pytest.fixture
async def own_desk(own_served: Server, own_url: str, tmp_path: Path) -> Desk:
    """A desk for one test alone."""
    return _seat(own_served, own_url, tmp_path)


def _seat(server: Server, url: str, folder: Path) -> Desk:
    desk = Desk(server.client, server.service)
    desk.url, desk.folder = url, folder
    return desk
