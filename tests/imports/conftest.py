"""Sites that import: the real files on each engine, for reading; and small files of our own, to be changed."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.cli import main
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import Base

DATA = Path(__file__).parents[3] / "shared" / "data"
OREGON = ("--agency", "Cedar Bend Police", "--ori", "OR0260200")
MAPPING = """
source_system = "fallowmere-rms"
main = "report"
join = "report_no"
unknown = ["NULL", "Not Provided"]
date_formats = ["%Y-%m-%d %H:%M", "%Y-%m-%d"]

[agency]
timezone = "America/New_York"
modules = ["UOF"]

[files.report]
name = "reports*.csv"
ignored = ["remarks"]

[tables.officers]
key = ["badge"]
optional = true
otherwise = "uof_incidents"
shared = true
newest_by = "day"
fields = { badge_number = "badge", rank = "rank", sex = { column = "officer_sex", values = "sex" } }

[tables.uof_incidents]
key = ["report_no"]
kept = { mood = ["calm"] }

[tables.uof_incidents.fields]
number = "report_no"
occurred_at = "day"
lighting = { column = "light", values = { Day = "DAYLIGHT", Night = "DARKNESS" } }
arrest_made = { column = "arrested", several = "any" }
call_type = { column = "call", several = "join" }

[tables.uof_involvements]
key = ["report_no", "badge"]
optional = true
fields = { force_types = { column = "force", separator = ",", values = "force" }, in_uniform = "uniform" }

[tables.uof_subjects]
key = ["report_no", "subject"]
fields = { seq = "subject", sex = { column = "subject_sex", values = "sex" }, age_exact = "age" }

[values.sex]
F = "FEMALE"
M = "MALE"

[values.force]
"take down" = "TAKE_DOWN"
"spray" = "CHEMICAL_AGENT"
"""
HEADER = "report_no,day,light,arrested,call,badge,rank,officer_sex,force,uniform,subject,subject_sex,age,mood,remarks"
ROWS = """\
R-1,2024-03-01 21:30,Night  ,true,Domestic,B1,Officer,M,"take down , spray",yes,1,M,31,calm,x
R-1,2024-03-01 21:30,Night,false,Domestic,B2,NULL,F,spray,no,1,M,31,calm,x
R-1,2024-03-01 21:30,Night,false,Assault,B2,NULL,F,spray,no,2,Z,Not Provided,calm,x
R-2,2024-06-05,Day,false,,B1,Sergeant,NULL,nunchaku,yes,1,F,,upset,x
"""


@dataclass(frozen=True)
class Site:
    """A database, and a folder for files."""

    url: str
    folder: Path

    def invoke(self, *arguments: str) -> Result:
        """Run `louver …` as a person does."""
        environment = {"LOUVER_DATABASE_URL": self.url, "LOUVER_VAR": str(self.folder)}
        return CliRunner(env=environment).invoke(main, arguments)

    def run(self, *arguments: str) -> Any:
        """Run `louver … --json`, which has to succeed, and read its answer."""
        result = self.invoke(*arguments, "--json")
        assert (result.exit_code, result.exception) == (0, None), result.output
        return json.loads(result.stdout)

    def write(self, name: str, text: str) -> str:
        """Write a file and return its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8", newline="")
        return str(path)

    def read(self, *names: str) -> dict[str, list[dict[str, Any]]]:
        """Read the named tables, or every one, ordered by key."""
        tables = [table for table in Base.metadata.sorted_tables if not names or table.name in names]

        async def read_all(connection: AsyncConnection) -> dict[str, list[dict[str, Any]]]:
            found = {}
            for table in tables:
                rows = await connection.execute(select(table).order_by(*table.primary_key.columns))
                found[table.name] = [dict(row) for row in rows.mappings()]
            return found

        return self.within(read_all)

    def read_table(self, name: str) -> list[dict[str, Any]]:
        """Read one table."""
        return self.read(name)[name]

    def within(self, work: Any) -> Any:
        """Do something in a transaction."""

        async def run() -> Any:
            engine = create_engine(self.url)
            try:
                async with begin_writing(engine) as connection:
                    return await work(connection)
            finally:
                await engine.dispose()

        return asyncio.run(run())


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Site:
    """A migrated database without rows, on each engine."""
    return Site(database_url, tmp_path)


@pytest.fixture
def sqlite_site(sqlite_url: str, tmp_path: Path) -> Site:
    """One on SQLite alone, for what never comes as far as the database."""
    return Site(sqlite_url, tmp_path)


class Fallowmere:
    """The small files, as a site imports them."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def arguments(self, rows: str = ROWS, *options: str, header: str = HEADER, mapping: str = MAPPING) -> list[str]:
        """Write the files and say how they are imported."""
        files = [self.site.write("fallowmere.toml", mapping), self.site.write("reports.csv", f"{header}\n{rows}")]
        return ["import", *files, "--agency", "Fallowmere Police", "--ori", "ZZ0000001", *options]

    def run(self, rows: str = ROWS, *options: str, **texts: str) -> Any:
        """Import, and read the answer."""
        return self.site.run(*self.arguments(rows, *options, **texts))

    def refuse(self, rows: str = ROWS, *options: str, **texts: str) -> tuple[int, str]:
        """Import what cannot be: the exit status, and what is said on standard error."""
        result = self.site.invoke(*self.arguments(rows, *options, **texts))
        assert result.exit_code
        return result.exit_code, result.stderr


@pytest.fixture
def fallowmere(site: Site) -> Fallowmere:
    return Fallowmere(site)


@pytest.fixture
def sqlite_fallowmere(sqlite_site: Site) -> Fallowmere:
    return Fallowmere(sqlite_site)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real files, which do not come with the repository."""
    if not (DATA / "nj_oag_incident_sample.csv").is_file():
        pytest.skip(f"the real files are not in {DATA}, so imports were tried on invented ones alone")
    return DATA


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def real_site(request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: Any) -> Iterator[Site]:
    """A site with both real sources, on each engine; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("real")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "louver.db")
        yield import_all(Site(f"sqlite:///{folder / 'louver.db'}", folder), shared_data)
        return
    cluster, template = request.getfixturevalue("postgres_cluster"), request.getfixturevalue("postgres_template")
    cluster.execute(f"CREATE DATABASE real_files TEMPLATE {template}")
    yield import_all(Site(cluster.url("real_files"), folder), shared_data)
    cluster.drop("real_files")


def import_all(site: Site, data: Path) -> Site:
    assert site.invoke("db", "upgrade").exit_code == 0  # the log's store as well, where keys are recorded
    site.run("import", "nj-oag-uof", "--folder", str(data))
    site.run("import", "oregon-dpsst-training", "--folder", str(data), *OREGON)
    return site


@pytest.fixture(scope="session")
def oregon_key(real_site: Site) -> str:
    """A training coordinator's key of the agency with the transcripts."""
    options = ("--agency", OREGON[1], "--role", "training_coordinator", "--purpose", "yearly report")
    return str(real_site.run("key", "create", *options)["key"])
