"""`louver audit search`, `export` and the rest, at the command line."""

import asyncio
import contextlib
import csv
import hashlib
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from louver.cli import main
from louver.db.engine import begin_writing, create_engine
from louver.logging import AccessRecord, AuditStore, Caller, Event, Outcome
from louver.logging.tables import audit_records
from louver.resolvers.asking.exports import export
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.world.store import HOLDERS, key_of

FORMULA = "=HYPERLINK(0)"


@pytest.fixture
async def filled(own_url, tmp_path, engine_name):
    """A log with three records of the agency's, one with a formula in a header; and the environment to ask it in."""
    audit_url = own_url if engine_name == "postgresql" else f"sqlite:///{tmp_path}/audit.db"
    settings = Settings(database_url=own_url, audit_url=audit_url, var=tmp_path, secret="s" * 32)
    await upgrade_stores(settings)
    store = await AuditStore.open(settings)
    caller = Caller(agency_id=HOLDERS["chief"].agency_id, roles=("chief",), purpose="tests", principal_kind="key")
    for number in range(3):
        await store.append(
            AccessRecord(
                at=datetime.now(UTC), event=Event.ACCESS_QUERY, outcome=Outcome.ANSWERED, caller=caller,
                operation_name=f"Roster{number}", user_agent=FORMULA, request_id=uuid4(), replica="t",
                officer_ids=HOLDERS["officer"].officer_id.bytes,
            )
        )  # fmt: skip
    await store.close()
    return {
        "LOUVER_DATABASE_URL": own_url,
        "LOUVER_AUDIT_URL": audit_url,
        "LOUVER_VAR": str(tmp_path),
        "LOUVER_SECRET": "s" * 32,
    }


async def list_exports(log):
    record = audit_records.c
    exported = select(record.outcome, record.details).where(record.event == Event.AUDIT_EXPORTED)
    return [tuple(row) for row in await log.execute(exported.order_by(record.sequence))]


async def read_exports(filled):
    engine = create_engine(filled["LOUVER_AUDIT_URL"])
    async with engine.connect() as log:
        found = await list_exports(log)
    await engine.dispose()
    return found


def run(filled, holder, *arguments):
    """Run one command as who holds a key."""
    result = CliRunner().invoke(main, ["audit", *arguments], env=filled | {"LOUVER_KEY": key_of(holder).text})
    return result.exit_code, result.output


async def edit(url):
    """Change one record behind Louver's back."""
    engine = create_engine(url)
    async with begin_writing(engine) as connection:
        record = audit_records.c
        await connection.execute(update(audit_records).where(record.operation_name == "Roster1").values(rows=9))
    await engine.dispose()


class TestSearch:
    def test_filtered(self, filled):
        """Filters of the command and of GraphQL hold together, and the newest comes first."""
        code, output = run(
            filled, "auditor", "search", "--event", "access.query", "--filter", '{"rows": {"lt": 1}}', "--json"
        )
        assert (code, [row["operationName"] for row in json.loads(output)]) == (0, ["Roster2", "Roster1", "Roster0"])

    def test_recorded(self, filled):
        """Each search is in the log."""
        run(filled, "auditor", "search")
        _, output = run(filled, "auditor", "search", "--event", "audit.searched", "--json")
        assert [row["operationName"] for row in json.loads(output)] == ["louver audit search"]

    def test_wrong_filter(self, filled):
        """A filter that is none is refused, without what was sent."""
        code, output = run(filled, "auditor", "search", "--filter", '{"rows": {"lt": "secret-4711"}}')
        assert (code, "secret-4711" in output) == (2, False)

    def test_denied(self, filled):
        """By what the chief may not see, the chief does not search."""
        code, output = run(filled, "chief", "search", "--key", "k")
        assert (code, "FIELD_DENIED" in output) == (2, True)


class TestAccesses:
    def test_own(self, filled):
        """An officer asks about the own record; a colleague may not."""
        officer = f"officer_{HOLDERS['officer'].officer_id.hex}"
        code, output = run(filled, "officer", "accesses", officer, "--json")
        assert (code, len(json.loads(output)), run(filled, "hr", "accesses", officer)[0]) == (0, 3, 2)


class TestExport:
    @pytest.mark.parametrize("form", ["csv", "ndjson"])
    def test_manifest(self, filled, tmp_path, form):
        """The manifest says what the file is, and the log that it was taken."""
        file = tmp_path / f"out.{form}"
        assert run(filled, "auditor", "export", str(file), "--format", form, "--event", "access.query")[0] == 0
        manifest = json.loads((tmp_path / f"out.{form}.manifest.json").read_text())
        content = file.read_bytes()
        told = (manifest["count"], manifest["bytes"], manifest["sha256"])
        assert told == (3, len(content), hashlib.sha256(content).hexdigest())
        assert (bool(manifest["policyVersion"]), file.stat().st_mode & 0o077) == (True, 0)
        _, output = run(filled, "auditor", "search", "--event", "audit.exported", "--json")
        assert {row["outcome"] for row in json.loads(output)} == {"begun", "answered"}

    @pytest.mark.parametrize(
        ("error", "outcome"), [(OSError(28, "disk full"), "error"), (asyncio.CancelledError(), "abandoned")]
    )
    def test_broken_off(self, filled, tmp_path, monkeypatch, error, outcome):
        """An export is on record before its first byte and, whatever breaks it off, with what had been written."""
        written, seen = [], []

        async def export_in_part(log, *details):
            *asked, write = details
            seen.extend(await list_exports(log))

            def fail(content):
                written.append(content)
                write(content)
                raise error

            await export(log, *asked, fail)

        monkeypatch.setattr("louver.cli.audit_asking.export", export_in_part)
        with contextlib.suppress(asyncio.CancelledError):
            run(filled, "auditor", "export", str(tmp_path / "out.ndjson"), "--event", "access.query")
        told = {"sha256": hashlib.sha256(written[0]).hexdigest(), "count": 3, "format": "ndjson"}
        assert [each[0] for each in seen] == ["begun"]
        assert asyncio.run(read_exports(filled))[1:] == [(outcome, told)]
        assert list(tmp_path.glob("out.*")) == []

    def test_formula(self, filled, tmp_path):
        """What somebody sent in a header is no formula in a spreadsheet."""
        file = tmp_path / "out.csv"
        run(filled, "auditor", "export", str(file), "--format", "csv", "--event", "access.query")
        assert {row["userAgent"] for row in csv.DictReader(file.read_text().splitlines())} == {f"'{FORMULA}"}

    def test_denied_leaves_nothing(self, filled, tmp_path):
        """Who may not take the log away gets no file, and no part of one."""
        code, _ = run(filled, "chief", "export", str(tmp_path / "out.csv"))
        assert (code, list(tmp_path.glob("out.*"))) == (2, [])


class TestEvidence:
    def test_controls(self, filled):
        """Every control is told with what satisfies it, whether the chains hold, and what is wrong now."""
        code, output = run(filled, "auditor", "evidence", "--json")
        found = json.loads(output)
        controls = {each["control"]: each["facts"] for each in found["controls"]}
        assert (code, list(controls)[:3], len(controls)) == (0, ["AU-2", "AU-3", "AU-4"], 10)
        assert (controls["AU-9"]["verification"]["isWhole"], controls["AU-2"]["events"]) == (True, {"access.query": 3})
        assert any("removal has not run" in alarm for alarm in found["alarms"])

    def test_last_verification(self, filled):
        """What `louver audit verify` found is in the log, and shown without walking the chains anew."""
        _, first = run(filled, "auditor", "evidence", "--no-verify", "--json")
        assert run(filled, "auditor", "verify")[0] == 0
        _, output = run(filled, "auditor", "evidence", "--no-verify", "--json")
        before, after = (
            next(each["facts"] for each in json.loads(told)["controls"] if each["control"] == "AU-9")
            for told in (first, output)
        )
        assert (before["lastVerification"], before["verification"], after["verification"]) == (None, None, None)
        assert (after["lastVerification"]["isWhole"], after["lastVerification"]["records"]) == (True, 4)

    def test_broken(self, filled):
        """That it did not hold is an alarm, with the place of the first bad record in the log."""
        asyncio.run(edit(filled["LOUVER_AUDIT_URL"]))
        assert run(filled, "auditor", "verify")[0] == 1
        _, output = run(filled, "auditor", "evidence", "--no-verify", "--json")
        found = json.loads(output)
        last = next(each["facts"]["lastVerification"] for each in found["controls"] if each["control"] == "AU-9")
        assert (last["isWhole"], last["breaks"], last["sequence"]) == (False, 1, 2)
        assert any("did not hold" in alarm for alarm in found["alarms"])

    def test_document(self, filled):
        """Without --json it is a document for people."""
        code, output = run(filled, "auditor", "evidence", "--no-verify")
        assert (code, output.count("\n## AU-")) == (0, 10)
