"""A server over the world on SQLite, watched as an operator would have it."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.observing.scraping import Collector, collecting, find_port
from tests.secrecy.kept import Kept
from tests.server import Server, serving
from tests.world.fixtures import CopyWorld
from tests.world.store import key_of

TOKEN = "t" * 32
ROSTER = "{ officers(first: 2) { nodes { id lastName employeeId } } }"


@pytest.fixture(autouse=True)
def no_ambient_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the environment that the tests run in decides what is traced."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def world_copy(copy_world: CopyWorld) -> Iterator[str]:
    """A database of the test's own; what is counted does not depend on the engine."""
    with copy_world("sqlite") as url:
        yield url


@pytest.fixture
def metrics_port() -> int:
    return find_port()


@pytest.fixture
async def metered(world_copy: str, tmp_path: Path, metrics_port: int) -> AsyncIterator[Server]:
    """A server that serves `/metrics`."""
    async with serving(world_copy, tmp_path, metrics_port=metrics_port, audit_timeout_seconds=0.3) as server:
        yield server


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch, kept: Kept) -> Iterator[Collector]:
    """A collector, and an environment that names it."""
    with collecting() as (address, collector):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        yield collector
    for body in collector.bodies:
        kept.add("spans", body)


@pytest.fixture
def chief() -> str:
    return key_of("chief").text


@pytest.fixture
def auditor() -> str:
    return key_of("auditor").text
