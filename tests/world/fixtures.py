"""The world in a database of each engine, and a server over it. Loaded by tests/conftest.py."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.server import Server, serving
from tests.world.build import World, build_world
from tests.world.store import store_world

GOLDEN = Path(__file__).parents[1] / "golden"
ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def world() -> World:
    """All rows of the test agencies, as Python values."""
    return build_world()


@pytest.fixture(scope="session")
def world_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("world") / "louver.db"))
    asyncio.run(store_world(f"sqlite:///{path}", world))
    return path


@pytest.fixture(scope="session")
def world_database(postgres_cluster: Any, postgres_template: str, world: World) -> str:
    database = "world_template"
    postgres_cluster.execute(f"CREATE DATABASE {database} TEMPLATE {postgres_template}")
    asyncio.run(store_world(postgres_cluster.url(database), world))
    return database


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """The same test on both engines."""
    return str(request.param)


CopyWorld = Callable[[str], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def copy_world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CopyWorld:
    """What makes one more database with the world in it, on the engine named, for the length of a `with`."""

    @contextlib.contextmanager
    def copy(engine_name: str) -> Iterator[str]:
        if engine_name == "sqlite":
            folder = tmp_path_factory.mktemp("copy")
            yield f"sqlite:///{shutil.copy(request.getfixturevalue('world_file'), folder / 'louver.db')}"
            return
        with request.getfixturevalue("postgres_cluster").copied(request.getfixturevalue("world_database")) as url:
            yield url

    return copy


@pytest.fixture(scope="session")
def world_url(copy_world: CopyWorld, engine_name: str) -> Iterator[str]:
    """A database with the world in it, which no test writes to."""
    with copy_world(engine_name) as url:
        yield url


@pytest.fixture
def own_url(copy_world: CopyWorld, engine_name: str) -> Iterator[str]:
    """A database with the world in it, for one test to do with as it likes."""
    with copy_world(engine_name) as url:
        yield url


@pytest.fixture(scope="session")
async def served(world_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server over the world, which no test writes to."""
    async with serving(world_url, tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture
async def own_served(own_url: str, tmp_path: Path) -> AsyncIterator[Server]:
    """A server over a world of the test's own."""
    async with serving(own_url, tmp_path) as server:
        yield server


@pytest.fixture
def hold_golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text against the golden file of that name, or write it with --refresh-golden, which CI never does."""
    is_refreshing = request.config.getoption("--refresh-golden")
    if is_refreshing and os.environ.get("CI") == "true":
        pytest.fail("golden files are refreshed by people, who look at the diff")

    def hold(name: str, text: str) -> None:
        path = GOLDEN / name
        if is_refreshing:
            path.write_text(text)
        assert path.read_text() == text, f"if this is meant: pytest --refresh-golden, and review tests/golden/{name}"

    return hold
