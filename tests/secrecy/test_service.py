"""One server, every surface, secrets everywhere; then the bytes of all that it has kept and said are grepped."""

import asyncio
import json
import shutil
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from louver.cli import main
from louver.db.access import MembershipRow, PersonRow
from louver.db.codes import PersonStatus
from louver.db.engine import begin_writing, create_engine
from louver.db.people import PersonCredentialRow
from louver.logging.location import locate_audit
from louver.logging.tables import audit_records
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.imports.conftest import HEADER, MAPPING
from tests.observing.scraping import collecting, find_port, scrape_when_up
from tests.people.browser import PASSWORD
from tests.people.conftest import hash_of
from tests.secrecy.kept import Kept
from tests.secrecy.taps import tapping
from tests.secrecy.visiting import NAME, NUMBER, SENT, WORDS, visit
from tests.serving.process import serving
from tests.world.build import identify
from tests.world.store import key_of

HAPPENED = {
    "access.query", "access.denied", "access.refused", "auth.login", "auth.failed", "auth.factor", "auth.logout",
    "key.issued", "key.rotated", "key.revoked", "support.granted", "role.changed", "policy.changed", "audit.held",
    "audit.searched", "audit.exported", "audit.verified", "data.imported", "service.started", "service.stopped",
}  # fmt: skip

CRASHING = f'{{ officers(filter: {{lastName: {{eq: "{NAME} crash"}}}}) {{ totalCount }} }}'
PROGRAM = f"""
from louver.cli import main
from louver.db.reader import Reader

fetch = Reader.fetch


async def fail(self, sql, parameters=()):
    if "{NAME} crash" in str(parameters):
        raise ValueError(f"cannot read {{parameters}}")
    return await fetch(self, sql, parameters)


Reader.fetch = fail
main()
"""
"""A server of which a part fails, with a value in its words."""


@pytest.fixture
async def settings(own_url, tmp_path):
    """The world with a log, and somebody with a password."""
    settings = Settings(database_url=own_url, var=tmp_path)
    if own_url.startswith("sqlite"):
        settings = Settings(database_url=f"sqlite:///{shutil.copy(own_url[10:], tmp_path / 'louver.db')}", var=tmp_path)
    await upgrade_stores(settings)
    return settings


@pytest.fixture
async def execute(settings):
    """Run statements behind Louver's back."""
    engine = create_engine(settings.database_url)

    async def execute(*statements):
        async with begin_writing(engine) as connection:
            for statement in statements:
                await connection.execute(statement)

    yield execute
    await engine.dispose()


@pytest.fixture
async def person(execute):
    """Somebody's address."""
    row = {"id": uuid4(), "email": f"{NAME.lower()}@alder.example", "name": NAME, "status": PersonStatus.ACTIVE}
    proof = {"person_id": row["id"], "password_hash": hash_of(PASSWORD), "enabled_at": datetime.now(UTC)}
    member = {"agency_id": identify("alder"), "person_id": row["id"], "roles": ["chief"]}
    await execute(
        insert(PersonRow).values(row),
        insert(PersonCredentialRow).values(proof),
        insert(MembershipRow).values(member),
    )
    return row["email"]


def run(settings, *arguments):
    """Run a command as the auditor does who may also run the installation."""
    ours = {"DATABASE_URL": settings.database_url, "VAR": str(settings.var), "KEY": key_of("auditor").text}
    environment = {f"LOUVER_{name}": value for name, value in ours.items()}
    return CliRunner(env=environment).invoke(main, [str(each) for each in arguments]).exit_code


def run_commands(settings):
    """Import rows with secrets in them, two runs of three in vain; take the log away, and verify it."""
    folder = settings.var
    (folder / "rows.toml").write_text(MAPPING)
    good = f"{NUMBER},2024-03-01 21:30,Night,true,{WORDS},{NAME},Officer,M,spray,yes,1,M,31,calm,{SENT}"
    files = {f"reports-{NAME}.csv": good, "reports-2.csv": f"{good}\n{NUMBER},{SENT}", "reports-3.csv": good}
    codes = []
    for number, (name, rows) in enumerate(files.items()):
        (folder / name).write_text(f"{HEADER if number < 2 else SENT}\n{rows}\n")
        agency = ("--agency", "Fallowmere Police", "--ori", "ZZ0000001")
        codes.append(run(settings, "import", folder / "rows.toml", folder / name, *agency))
    codes.append(run(settings, "audit", "export", folder / "export.ndjson"))
    codes.append(run(settings, "audit", "search", "--filter", json.dumps({"userAgent": {"eq": SENT}})))
    return [*codes, run(settings, "audit", "verify")]


async def list_events(settings):
    """Read which events the log has."""
    engine = create_engine(locate_audit(settings))
    async with engine.connect() as connection:
        found = set(await connection.scalars(select(audit_records.c.event)))
    await engine.dispose()
    return found


@pytest.fixture
def own(tmp_path):
    """What this server leaves behind, and what it was sent."""
    with Kept(tmp_path / "own") as kept, tapping(kept):
        yield kept


async def test_no_secret_anywhere(settings, person, own, tmp_path, request):
    """Nothing that was sent, given or stored is in the log, on its stream, among the figures or in a trace."""
    port = find_port()
    own.canaries.add("sent", NAME, NUMBER, WORDS, SENT)
    with collecting() as (collector, collected):
        watched = {
            "LOUVER_METRICS_PORT": str(port),
            "LOUVER_GET_QUERIES": "keys",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector,
        }
        with serving(settings, program=PROGRAM, **watched) as server:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client:
                await visit(client, person)
                headers = {"authorization": f"Bearer {key_of('chief').text}"}
                crashed = await client.post("/graphql", json={"query": CRASHING}, headers=headers)
            scrape_when_up(port)
            said = server.stop()
        assert await asyncio.to_thread(run_commands, settings) == [0, 2, 78, 0, 0, 0]
    for body in collected.bodies:
        own.add("spans", body)
    if settings.database_url.startswith("postgresql"):
        cluster = request.getfixturevalue("postgres_cluster")
        cluster.copy_log(urlsplit(settings.database_url).path[1:], own)
    assert crashed.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert await list_events(settings) >= HAPPENED
    assert "builtins.ValueError" in said
    assert said.count('"record":{') > 90
    assert len(collected.spans) > 100
    assert own.find_hits(tmp_path) == set()
