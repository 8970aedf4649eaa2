"""Servers that are processes of their own, and a hand in the store behind their backs."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.db.engine import begin_writing, create_engine
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.secrecy.kept import open_stream
from tests.server import JSON

Work = Callable[[AsyncConnection], Awaitable[Any]]


class Process:
    """A server process, asked over HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def ask(self, key: str, query: str, variables: JSON | None = None) -> JSON:
        """Send one operation and return the answer's body."""
        headers = {"authorization": f"Bearer {key}"}
        response = await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        body: JSON = response.json()
        return body


@pytest.fixture
def environment(own_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of every process of one installation."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LOUVER_")}
    return inherited | {
        "LOUVER_DATABASE_URL": own_url,
        "LOUVER_AUDIT_URL": f"sqlite:///{tmp_path}/audit.db",
        "LOUVER_VAR": str(tmp_path),
        "LOUVER_SECRET": "s" * 32,
        "LOUVER_POOL_SIZE": "3",
    }


@contextlib.contextmanager
def running(environment: dict[str, str]) -> Iterator[str]:
    """Run a server process for the length of a `with`, and answer its address."""
    command = [sys.executable, "-m", "louver", "serve", "--port", "0"]
    with (
        open_stream(environment["LOUVER_VAR"]) as stream,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=stream, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found is not None
            httpx.get(f"{found[0]}/readyz", timeout=30)  # the port is open before the server takes from it
            yield found[0]
        finally:
            process.terminate()
            process.communicate(timeout=30)


@pytest.fixture
async def two_processes(environment: dict[str, str], own_url: str, tmp_path: Path) -> AsyncIterator[list[Process]]:
    """Two server processes on one database."""
    settings = Settings(database_url=own_url, audit_url=f"sqlite:///{tmp_path}/audit.db", var=tmp_path)
    await upgrade_stores(settings)
    async with contextlib.AsyncExitStack() as stack:
        addresses = [stack.enter_context(running(environment)) for _ in range(2)]
        yield [
            Process(await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=30)))
            for address in addresses
        ]


@pytest.fixture
async def in_store(own_url: str) -> AsyncIterator[Callable[[Work], Awaitable[Any]]]:
    """Do something to the store that Louver itself would not."""
    engine = create_engine(own_url)

    async def do(work: Work) -> Any:
        async with begin_writing(engine) as connection:
            return await work(connection)

    yield do
    await engine.dispose()
