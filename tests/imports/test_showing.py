"""What a person sees of an import, and the place where cells are looked at before they are stored."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from louver.db.engine import create_engine
from louver.db.importing import AgencyChoice, ImportOptions, Outcome, choose_sources, find_mapping, run_import
from tests.imports.conftest import ROWS

REPOSITORY = Path(__file__).parents[2]


def run_apart(fallowmere, **streams):
    environment = {**os.environ, "LOUVER_DATABASE_URL": fallowmere.site.url, "TERM": "xterm"}
    line = [sys.executable, "-m", "louver", *fallowmere.arguments()]
    return subprocess.run(line, cwd=REPOSITORY, env=environment, check=True, timeout=60, **streams)


class TestProgress:
    def test_on_a_terminal(self, sqlite_fallowmere):
        """A person at a terminal sees a bar with what is being done."""
        ours, theirs = pty.openpty()
        try:
            run_apart(sqlite_fallowmere, stdout=subprocess.DEVNULL, stderr=theirs)
            shown = os.read(ours, 65536).decode()
        finally:
            os.close(theirs)
            os.close(ours)
        assert "writing rows" in shown

    def test_nowhere_else(self, sqlite_fallowmere):
        """A program that reads standard error is told nothing as long as nothing is wrong."""
        assert run_apart(sqlite_fallowmere, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE).stderr == b""


class TestSummary:
    def test_of_what_was_put_in(self, sqlite_fallowmere):
        """The agency with its id, what was created, and how many texts were kept in which place."""
        shown = sqlite_fallowmere.site.invoke(*sqlite_fallowmere.arguments()).stdout
        (agency,) = sqlite_fallowmere.site.read_table("agencies")
        assert "4 rows of 1 files, applied" in shown
        assert f"agency_{agency['id'].hex}" in shown
        assert "1  uof_involvements.force_types" in shown

    def test_of_many_faults(self, sqlite_fallowmere):
        """The first faults are told one by one, the rest by kind."""
        rows = "".join(f"R-{n},2024-06-06,Day,false,,B1,S,M,spray,yes,1,F,old,calm,x\n" for n in range(30))
        shown = sqlite_fallowmere.site.invoke(*sqlite_fallowmere.arguments(rows)).stdout
        assert "30 rows rejected, for 30 faults" in shown
        assert "20 × age: is not a whole number from 0" in shown

    def test_report_is_no_formula(self, sqlite_fallowmere):
        """A file's name that a spreadsheet would run as a formula is written as text."""
        arguments = sqlite_fallowmere.arguments("R-1,old\n")
        path = sqlite_fallowmere.site.folder / "=HYPERLINK(1).csv"
        Path(arguments[2]).rename(path)
        report = sqlite_fallowmere.site.folder / "report.csv"
        arguments[2] = f"report={path}"
        sqlite_fallowmere.site.invoke(*arguments, "--report", str(report))
        assert "\n'=HYPERLINK(1).csv," in report.read_text()


@pytest.mark.parametrize("is_keeping_good", [False, True])
async def test_a_cell_may_be_forbidden(sqlite_fallowmere, is_keeping_good):
    """A cell that may not be stored rejects its bundle, in a column that the mapping ignores too."""
    _, mapping, file, *_ = sqlite_fallowmere.arguments(ROWS.replace("upset,x", "upset,forbidden"))
    rules = find_mapping(mapping)
    engine = create_engine(sqlite_fallowmere.site.url)
    options = ImportOptions(
        choice=AgencyChoice("Fallowmere Police", "ZZ0000001"),
        is_keeping_good=is_keeping_good,
        inspect=lambda column, text: "may not be stored" if (column, text) == ("remarks", "forbidden") else None,
    )
    report = await run_import(engine, rules, choose_sources(rules, [file]), options)
    await engine.dispose()
    assert [(each.line, each.column, each.reason) for each in report.rejections] == [
        (5, "remarks", "may not be stored")
    ]
    assert report.outcome is (Outcome.APPLIED if is_keeping_good else Outcome.REFUSED)
    if is_keeping_good:
        assert report.agencies[0].tables["uof_incidents"].created == 1
