"""Demo data on both engines: a site that tests read, copies of it to change, and sites without data."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.cli.demo import demo
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import Base

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Site:
    """A database and the folder that the command writes its file in."""

    url: str
    var: Path

    @property
    def file(self) -> Path:
        """The file with the keys."""
        return self.var / "demo.json"

    def run(self, *arguments: str) -> dict[str, Any]:
        """Run `louver demo --json` and read its answer."""
        return json.loads(self._invoke("--json", *arguments))

    def show(self) -> str:
        """Run `louver demo` as a person does, on a narrow terminal."""
        return self._invoke()

    def read(self, *names: str) -> Rows:
        """Read the named tables, or every one, ordered by key."""
        tables = [table for table in Base.metadata.sorted_tables if not names or table.name in names]

        async def read_all(connection: AsyncConnection) -> Rows:
            return {table.name: await read_table(connection, table) for table in tables}

        return self.within(read_all)

    def within(self, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        """Do something in a transaction."""
        return asyncio.run(self._within(work))

    async def _within(self, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        engine = create_engine(self.url)
        try:
            async with begin_writing(engine) as connection:
                return await work(connection)
        finally:
            await engine.dispose()

    def _invoke(self, *arguments: str) -> str:
        environment = {"LOUVER_DATABASE_URL": self.url, "LOUVER_VAR": str(self.var), "COLUMNS": "60"}
        answer = CliRunner(env=environment, catch_exceptions=False).invoke(demo, arguments)
        assert answer.exit_code == 0
        return answer.output


async def read_table(connection: AsyncConnection, table: Table) -> list[dict[str, Any]]:
    found = await connection.execute(select(table).order_by(*table.primary_key.columns))
    return [dict(row) for row in found.mappings()]


@pytest.fixture(scope="session")
def sqlite_demo(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    var = tmp_path_factory.mktemp("sqlite_demo")
    return make(Site(f"sqlite:///{shutil.copy(sqlite_template, var / 'louver.db')}", var))


@pytest.fixture(scope="session")
def postgres_demo(postgres_cluster: Any, postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> Site:
    postgres_cluster.execute(f"CREATE DATABASE demo TEMPLATE {postgres_template}")
    return make(Site(postgres_cluster.url("demo"), tmp_path_factory.mktemp("postgres_demo")))


def make(site: Site) -> Site:
    assert site.run()["outcome"] == "made"
    return site


@pytest.fixture(params=["sqlite", "postgresql"])
def demo_site(request: pytest.FixtureRequest) -> Site:
    """A site with the demo data, on each engine; tests leave it as it is."""
    return request.getfixturevalue("sqlite_demo" if request.param == "sqlite" else "postgres_demo")


@pytest.fixture
def own_site(demo_site: Site, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A copy of the site with the demo data, to be changed."""
    shutil.copytree(demo_site.var, tmp_path, dirs_exist_ok=True)
    if demo_site.url.startswith("sqlite"):
        yield Site(f"sqlite:///{tmp_path / 'louver.db'}", tmp_path)
        return
    with request.getfixturevalue("postgres_cluster").copied("demo") as url:
        yield Site(url, tmp_path)


@pytest.fixture
def sqlite_site(sqlite_url: str, tmp_path: Path) -> Site:
    """A site without data on SQLite."""
    return Site(sqlite_url, tmp_path)


@pytest.fixture
def postgres_site(postgres_url: str, tmp_path: Path) -> Site:
    """A site without data on PostgreSQL."""
    return Site(postgres_url, tmp_path)
