"""A run of `louver import`: what it makes of rows, a second run, and what is rejected."""

import asyncio
import csv
import hashlib
import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from louver.db.codes import ForceType, ImportStatus, Lighting, Module, Sex, SubscriptionStatus
from louver.db.engine import create_engine
from louver.db.importing import (
    AgencyChoice,
    ImportOptions,
    ImportReport,
    Outcome,
    choose_sources,
    find_mapping,
    run_import,
)
from louver.db.tables import AgencyRow, OfficerRow, UofIncidentRow
from louver.errors import InvalidInputError
from tests.imports.conftest import HEADER, MAPPING, ROWS

BAD_AGE = "R-3,2024-06-06,Day,false,,B1,Sergeant,M,spray,yes,1,F,old,calm,x\n"


def by_key(site, table):
    return {row["source_key"]: row for row in site.read_table(table)}


class TestRows:
    def test_several_make_one_incident(self, fallowmere):
        """A row for each officer and subject becomes one incident, its involvements and its subjects."""
        fallowmere.run()
        rows = fallowmere.site.read()
        assert {name: len(rows[name]) for name in ("uof_incidents", "uof_involvements", "uof_subjects")} == {
            "uof_incidents": 2,
            "uof_involvements": 3,
            "uof_subjects": 3,
        }
        first = by_key(fallowmere.site, "uof_incidents")["R-1"]
        assert first["occurred_at"] == datetime(2024, 3, 2, 2, 30, tzinfo=UTC)
        assert (first["lighting"], first["arrest_made"], first["call_type"]) == (
            Lighting.DARKNESS,
            True,
            "Assault; Domestic",
        )

    def test_point_at_each_other(self, fallowmere):
        """An involvement points at its incident and at the officer of its own source rows."""
        fallowmere.run()
        incidents, officers = by_key(fallowmere.site, "uof_incidents"), by_key(fallowmere.site, "officers")
        involvement = by_key(fallowmere.site, "uof_involvements")["R-1|B2"]
        assert involvement["incident_id"] == incidents["R-1"]["id"]
        assert involvement["officer_id"] == officers["B2"]["id"]

    def test_cells_with_several_values(self, fallowmere):
        """A cell is split, its parts trimmed, and their codes put in order."""
        fallowmere.run()
        involvements = by_key(fallowmere.site, "uof_involvements")
        assert involvements["R-1|B1"]["force_types"] == [ForceType.TAKE_DOWN, ForceType.CHEMICAL_AGENT]

    def test_unknown_is_empty(self, fallowmere):
        """A blank cell and the words for unknown leave a field empty."""
        fallowmere.run()
        assert by_key(fallowmere.site, "uof_subjects")["R-1|2"]["age_exact"] is None
        assert by_key(fallowmere.site, "uof_incidents")["R-2"]["call_type"] is None

    def test_text_without_a_code_is_kept(self, fallowmere):
        """What has no code becomes OTHER, what has no column stays beside the row; both as they were written."""
        answer = fallowmere.run()
        subjects, involvements = by_key(fallowmere.site, "uof_subjects"), by_key(fallowmere.site, "uof_involvements")
        incidents = by_key(fallowmere.site, "uof_incidents")
        assert subjects["R-1|2"]["sex"] is Sex.OTHER
        assert involvements["R-2|B1"]["force_types"] == [ForceType.OTHER]
        kept = {(row["row_id"], row["column_name"], row["raw"]) for row in fallowmere.site.read_table("uncoded_values")}
        assert kept == {
            (subjects["R-1|2"]["id"], "sex", "Z"),
            (involvements["R-2|B1"]["id"], "force_types", "nunchaku"),
            (incidents["R-2"]["id"], "mood", "upset"),
        }
        assert answer["agencies"][0]["texts_kept"] == {
            "uof_subjects.sex": 1,
            "uof_involvements.force_types": 1,
            "uof_incidents.mood": 1,
        }

    def test_shared_row_takes_what_says_more_and_is_newest(self, fallowmere):
        """An officer in several reports has the newest rank, and the sex that any of them tells."""
        fallowmere.run()
        officer = by_key(fallowmere.site, "officers")["B1"]
        assert (officer["rank"], officer["sex"]) == ("Sergeant", Sex.MALE)

    def test_row_without_a_key_is_kept_with_its_incident(self, fallowmere):
        """Of an officer whom the source does not name there is no row; what it says of that officer is kept."""
        fallowmere.run("R-9,2024-06-05,Day,false,,NULL,Captain,F,spray,yes,1,F,20,calm,x\n")
        kept = {
            (row["table_name"], row["column_name"], row["raw"]) for row in fallowmere.site.read_table("uncoded_values")
        }
        assert fallowmere.site.read_table("officers") == []
        assert kept == {("uof_incidents", "rank", "Captain"), ("uof_incidents", "officer_sex", "F")}


class TestSecondRun:
    def test_changes_nothing(self, fallowmere):
        """The same files again leave every row of every table as it was."""
        assert fallowmere.run()["outcome"] == "applied"
        rows = fallowmere.site.read()
        assert fallowmere.run()["outcome"] == "unchanged"
        assert fallowmere.site.read() == rows

    def test_rows_in_another_order_change_nothing(self, fallowmere):
        """The order of rows in a file means nothing."""
        fallowmere.run()
        rows = fallowmere.site.read()
        assert fallowmere.run("".join(reversed(ROWS.splitlines(keepends=True))))["outcome"] == "unchanged"
        assert fallowmere.site.read() == rows

    def test_writes_what_changed(self, fallowmere):
        """A changed row is written over and counted, keeps its id, and its kept texts follow; the others stay."""
        fallowmere.run()
        before = fallowmere.site.read()
        answer = fallowmere.run(ROWS.replace("nunchaku", "take down").replace("B1,Sergeant", "B1,Lieutenant"))
        counts = answer["agencies"][0]["tables"]
        assert {table: (each["created"], each["updated"]) for table, each in counts.items()} == {
            "officers": (0, 1),
            "uof_incidents": (0, 0),
            "uof_involvements": (0, 1),
            "uof_subjects": (0, 0),
        }
        after = fallowmere.site.read()
        assert [row["id"] for row in after["officers"]] == [row["id"] for row in before["officers"]]
        assert "nunchaku" not in {row["raw"] for row in after["uncoded_values"]}
        assert after["uof_subjects"] == before["uof_subjects"]

    def test_writes_a_text_that_changed(self, fallowmere):
        """A text without a code that changed to another is a change of its row, although both are OTHER."""
        fallowmere.run()
        answer = fallowmere.run(ROWS.replace("nunchaku", "lasso"))
        assert answer["agencies"][0]["tables"]["uof_involvements"]["updated"] == 1
        assert {"lasso", "Z", "upset"} == {row["raw"] for row in fallowmere.site.read_table("uncoded_values")}

    def test_leaves_what_the_mapping_does_not_fill(self, fallowmere):
        """A column that the mapping does not fill keeps what the agency entered."""
        fallowmere.run()
        fallowmere.site.within(
            lambda connection: connection.execute(update(OfficerRow).values(work_email="b@fallowmere.example"))
        )
        fallowmere.run(ROWS.replace("B1,Sergeant", "B1,Captain"))
        assert {row["work_email"] for row in fallowmere.site.read_table("officers")} == {"b@fallowmere.example"}

    def test_unknown_does_not_empty_a_shared_row(self, fallowmere):
        """A later file that does not know an officer's rank leaves it as it was."""
        fallowmere.run()
        assert (
            fallowmere.run("R-2,2024-06-05,Day,false,,B1,NULL,NULL,nunchaku,yes,1,F,,upset,x\n")["outcome"]
            == "unchanged"
        )
        assert by_key(fallowmere.site, "officers")["B1"]["rank"] == "Sergeant"


class TestRun:
    def test_is_recorded(self, fallowmere):
        """A run leaves its mapping, counts, and each file's digest; what it made points at it."""
        fallowmere.run()
        rows = fallowmere.site.read("import_runs", "import_files", "uncoded_values")
        (run,), (file,) = rows["import_runs"], rows["import_files"]
        assert (run["mapping"], run["status"]) == ("fallowmere", ImportStatus.APPLIED)
        counts = ("rows_read", "rows_created", "rows_updated", "rows_unchanged", "rows_rejected")
        assert [run[name] for name in counts] == [4, 10, 0, 0, 0]
        digest = hashlib.sha256(f"{HEADER}\n{ROWS}".encode()).hexdigest()
        assert (file["name"], file["sha256"], file["rows_read"], file["import_run_id"]) == (
            "reports.csv",
            digest,
            4,
            run["id"],
        )
        assert {row["import_run_id"] for row in rows["uncoded_values"]} == {run["id"]}

    def test_takes_more_rows_than_one_batch(self, fallowmere):
        """Several thousand rows are put in and found again."""
        rows = "".join(f"R-{n},2024-06-05,Day,false,,B{n % 7},Officer,M,spray,yes,1,F,20,calm,x\n" for n in range(2500))
        assert fallowmere.run(rows)["agencies"][0]["tables"]["uof_incidents"]["created"] == 2500
        assert fallowmere.run(rows)["outcome"] == "unchanged"

    async def test_waits_for_another(self, fallowmere):
        """Of two runs at the same time one puts the rows in, and the other finds them there or asks to be repeated."""
        _, mapping, file, *_ = fallowmere.arguments()
        rules = find_mapping(mapping)
        engine = create_engine(fallowmere.site.url)
        options = ImportOptions(choice=AgencyChoice("Fallowmere Police", "ZZ0000001"))
        runs = [run_import(engine, rules, choose_sources(rules, [file]), options) for _ in range(2)]
        outcomes = await asyncio.gather(*runs, return_exceptions=True)
        async with engine.connect() as connection:
            incidents = await connection.scalar(select(func.count()).select_from(UofIncidentRow))
        await engine.dispose()
        assert incidents == 2
        assert {type(outcome) for outcome in outcomes} <= {ImportReport, InvalidInputError}
        assert Outcome.APPLIED in [getattr(outcome, "outcome", None) for outcome in outcomes]


class TestRejected:
    def test_one_refuses_the_run(self, fallowmere):
        """One faulty row, and nothing of the run is in, the agency neither."""
        before = fallowmere.site.read()
        status, said = fallowmere.refuse(ROWS + BAD_AGE)
        assert (status, fallowmere.site.read()) == (2, before)
        assert "BAD_REQUEST" in said
        assert "--keep-good" in said

    def test_is_told_with_its_place(self, fallowmere):
        """File, line, column and reason are told, in the report too, and never the cell's text."""
        report = fallowmere.site.folder / "rejected.csv"
        result = fallowmere.site.invoke(*fallowmere.arguments(ROWS + BAD_AGE, "--report", str(report)))
        rows = list(csv.DictReader(io.StringIO(report.read_text())))
        assert rows == [{"file": "reports.csv", "line": "6", "column": "age", "reason": "is not a whole number from 0"}]
        assert "reports.csv, line 6, age: is not a whole number from 0" in result.stdout
        assert "old" not in result.stdout.replace("fold", "")

    def test_good_ones_are_kept_on_demand(self, fallowmere):
        """With --keep-good the bundles without a fault are in, whole, and the rejected ones are counted."""
        twin = BAD_AGE.replace("old", "44").replace(",1,F", ",2,F")
        answer = fallowmere.run(ROWS + BAD_AGE + twin, "--keep-good")
        assert (answer["outcome"], answer["rows_rejected"], len(answer["rejections"])) == ("applied", 2, 1)
        assert set(by_key(fallowmere.site, "uof_incidents")) == {"R-1", "R-2"}
        assert fallowmere.site.read_table("import_runs")[0]["rows_rejected"] == 2

    @pytest.mark.parametrize(
        ("row", "column", "reason"),
        [
            ("R-3,2024-06-06,Day", "", "has 3 cells, and the header has 15"),
            ("R-3,06/06/2024,Day,false,,B1,S,M,spray,yes,1,F,9,calm,x", "day", "is not a date as %Y-%m-%d %H:%M or"),
            ("NULL,2024-06-06,Day,false,,B1,S,M,spray,yes,1,F,9,calm,x", "report_no", "is blank, and joins the row"),
            ("R-3,,Day,false,,B1,S,M,spray,yes,1,F,9,calm,x", "day", "is blank, and is needed for occurred_at"),
            ("R-3,2024-06-06,Day,false,,B1,S,M,spray,yes,,F,9,calm,x", "subject", "is blank, and tells one row of"),
            ("R-3,2024-06-06,Day,false,,B1,S,M,spray,yes,1,F,-9,calm,x", "age", "is not a whole number from 0"),
            ("R-3,2024-06-06,Day,false,,B1,S,M,spray,yes,1,F,9.5,calm,x", "age", "is not a whole number from 0"),
            ("R-3,2024-06-06,Day,false,,B1,S,M,spray,yes,1,F,9,calm,x\0", "remarks", "holds a zero byte"),
            ("R-1,2024-03-01 21:30,Day,false,,B1,S,M,spray,yes,1,F,9,calm,x", "light", "has 2 different values"),
        ],
    )
    def test_reasons(self, sqlite_fallowmere, row, column, reason):
        """Each fault of a row is told with the column that has it."""
        result = sqlite_fallowmere.site.invoke(*sqlite_fallowmere.arguments(f"{ROWS}{row}\n", "--json"))
        assert result.exit_code == 2
        assert f'"column": "{column}", "reason": "{reason}' in result.stdout

    def test_line_of_a_row_after_a_broken_cell(self, sqlite_fallowmere):
        """A cell with line breaks counts as the lines that it has."""
        first = 'R-1,2024-03-01,Day,true,,B1,S,M,spray,yes,1,M,31,calm,"a\r\nb\n\nc"\n'
        result = sqlite_fallowmere.site.invoke(*sqlite_fallowmere.arguments(f"{first}\n{BAD_AGE}", "--json"))
        assert '"line": 7' in result.stdout


class TestAgency:
    def test_made_from_the_command_line(self, fallowmere):
        """Name and ORI make an agency in the ORI's state, with the mapping's time zone and modules."""
        fallowmere.run()
        (agency,) = fallowmere.site.read_table("agencies")
        facts = ("name", "ori", "state", "timezone", "modules")
        assert tuple(agency[name] for name in facts) == (
            "Fallowmere Police",
            "ZZ0000001",
            "ZZ",
            "America/New_York",
            [Module.UOF],
        )

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"modules": [Module.TRAINING]}, "does not subscribe to the module UOF"),
            ({"status": SubscriptionStatus.CANCELLED}, "the subscription of Fallowmere Police has ended"),
        ],
    )
    def test_that_may_not_have_the_rows(self, fallowmere, values, said):
        """An agency without the module, or whose subscription has ended, gets no rows."""
        fallowmere.run()
        fallowmere.site.within(lambda connection: connection.execute(update(AgencyRow).values(**values)))
        before = fallowmere.site.read()
        assert said in fallowmere.refuse(ROWS.replace("R-2", "R-4"))[1]
        assert fallowmere.site.read() == before

    def test_that_is_there_is_found_by_name_alone(self, fallowmere):
        """For an agency that is there its name is enough, whatever its case."""
        fallowmere.run()
        arguments = fallowmere.arguments()
        assert fallowmere.site.run(*arguments[:3], "--agency", "fallowmere POLICE")["outcome"] == "unchanged"

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ([], "does not say which agency"),
            (["--agency", "Nowhere"], "there is no such agency"),
            (["--agency", "Fallowmere Police", "--ori", "ZZ00"], "is not an ORI"),
            (["--agency", "Fallowmere Police", "--ori", "zz0000001"], "is not an ORI"),
            (["--agency", "Someone Else", "--ori", "ZZ0000001"], "is that of Fallowmere Police"),
        ],
    )
    def test_wrongly_named(self, sqlite_fallowmere, options, said):
        """An agency that is not named, is unknown or has another ORI is an error that says so."""
        sqlite_fallowmere.run()
        result = sqlite_fallowmere.site.invoke(*sqlite_fallowmere.arguments()[:3], *options)
        assert (result.exit_code, said in result.stderr) == (2, True)

    def test_named_by_the_mapping(self, sqlite_fallowmere):
        """A mapping that names its agencies takes none from the command line, and rejects rows of any other."""
        own = MAPPING.replace(
            '[agency]\ntimezone = "America/New_York"\nmodules = ["UOF"]',
            '[agency]\ncolumn = "remarks"\nchoices = [{ source = "x", name = "X", ori = "ZZ0000002", '
            'timezone = "UTC", modules = ["UOF"] }]',
        ).replace('ignored = ["remarks"]', "")
        assert "leave out --agency" in sqlite_fallowmere.refuse(mapping=own)[1]
        arguments = sqlite_fallowmere.arguments(ROWS + BAD_AGE.replace("old,calm,x", "9,calm,y"), mapping=own)[:3]
        result = sqlite_fallowmere.site.invoke(*arguments)
        assert "line 6, remarks: is not one agency that the mapping names" in result.stdout
