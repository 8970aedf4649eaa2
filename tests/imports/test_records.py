"""Each import is in the log of accesses, and nothing is put in that is not."""

import asyncio
import contextlib
import sqlite3

from sqlalchemy import select

from louver.db.engine import create_engine
from louver.logging.location import locate_audit
from louver.logging.tables import audit_records
from louver.settings import Settings
from tests.imports.conftest import HEADER, ROWS
from tests.imports.test_runs import BAD_AGE


def list_records(site):
    """Read what the log has of imports, oldest first."""

    async def read():
        engine = create_engine(locate_audit(Settings(database_url=site.url)))
        async with engine.connect() as connection:
            is_import = audit_records.c.event == "data.imported"
            found = await connection.execute(
                select(audit_records).where(is_import).order_by(audit_records.c.at, audit_records.c.sequence)
            )
            rows = [dict(row) for row in found.mappings()]
        await engine.dispose()
        return rows

    return asyncio.run(read())


class TestRecords:
    def test_of_the_agency(self, fallowmere):
        """Each run is in the log of its agency: who, how many rows, of which file by its digest."""
        first, second = fallowmere.run(), fallowmere.run()
        (agency,) = first["agencies"]
        rows = list_records(fallowmere.site)
        digests = [each["sha256"] for each in second["files"]]
        assert [row["outcome"] for row in rows] == ["begun", "answered", "answered"]
        assert [f"agency_{row['agency_id'].hex}" for row in rows] == [agency["id"]] * 3
        assert {row["principal_kind"] for row in rows} == {"operator"}
        told = rows[1]["details"]
        assert (told["sha256"], told["run"], told["created"]) == (digests, agency["run"], rows[1]["rows"])
        assert (rows[2]["details"]["created"], rows[2]["details"]["unchanged"]) == (0, told["created"])

    def test_refused(self, fallowmere):
        """A run that was refused is there too, for the agency that it was for; values of the file are not."""
        fallowmere.run()
        fallowmere.refuse(ROWS + BAD_AGE)
        fallowmere.refuse(ROWS, "--keep-good", header=HEADER.replace("report_no", "report"))
        _, *rows = list_records(fallowmere.site)
        assert [(row["outcome"], row["reason"]) for row in rows] == [
            ("answered", None),
            ("refused", "BAD_REQUEST"),
            ("unavailable", "MISCONFIGURED"),
        ]
        assert [row["agency_id"] for row in rows] == [rows[0]["agency_id"]] * 2 + [None]
        assert "R-3" not in str(rows)

    def test_nothing_without_a_record(self, sqlite_fallowmere, tmp_path):
        """What cannot be recorded is not put in."""
        sqlite_fallowmere.run(ROWS.splitlines(keepends=True)[0])
        before = sqlite_fallowmere.site.read()
        with contextlib.closing(sqlite3.connect(tmp_path / "audit.db")) as log:
            log.execute("CREATE TRIGGER full BEFORE INSERT ON audit_records BEGIN SELECT RAISE(ABORT, 'full'); END")
        assert "AUDIT_UNAVAILABLE" in sqlite_fallowmere.refuse()[1]
        assert sqlite_fallowmere.site.read() == before
