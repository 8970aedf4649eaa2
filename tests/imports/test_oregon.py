"""The Oregon transcripts: our sums of hours are those that the state printed."""

import json

from louver.db.codes import CourseCategory
from tests.imports.conftest import OREGON, Site
from tests.server import serving

QUERY = """
{
  trainingsAggregate(filter: {officer: {badgeNumber: {eq: "OFF-B"}}}, groupBy: [COMPLETED_ON_YEAR]) {
    sum { hoursEarned }
    groups { key { completedOnYear } sum { hoursEarned } }
  }
}
"""


async def test_hours_per_year(real_site, shared_data, tmp_path, oregon_key):
    """OFF-B's earned hours, by year and in all, are the state's printed totals; asked as one query."""
    printed = json.loads((shared_data / "dpsst_OFF-B_published_hour_totals.json").read_text())
    async with serving(real_site.url, tmp_path) as server:
        answer = (await server.ask(oregon_key, QUERY))["data"]["trainingsAggregate"]
    years = {str(group["key"]["completedOnYear"]): group["sum"]["hoursEarned"] for group in answer["groups"]}
    assert years | {"Total": answer["sum"]["hoursEarned"]} == printed


class TestRows:
    def test_alike_rows_are_each_kept(self, real_site: Site):
        """619 rows are 619 records, though two of them are alike and five more share officer, date and course."""
        trainings = own(real_site, "trainings")
        assert len(trainings) == 619
        alike = [row for row in trainings if row["source_key"].startswith("OFF-A|8/3/2011|11-0365")]
        assert sorted(row["source_key"] for row in alike) == ["OFF-A|8/3/2011|11-0365", "OFF-A|8/3/2011|11-0365|2"]

    def test_a_training_has_its_courses_category(self, real_site: Site):
        """Each training has the category of its course; 587 pairs of code and title are 587 courses."""
        courses = {row["id"]: row for row in own(real_site, "courses")}
        assert len(courses) == 587
        assert all(row["category"] is courses[row["course_id"]]["category"] for row in own(real_site, "trainings"))
        titles = {row["title"]: row["category"] for row in courses.values()}
        assert titles["Firearms - Qualifications"] is CourseCategory.FIREARMS
        assert titles["Search Warrant Procedures"] is CourseCategory.UNKNOWN

    def test_point_at_their_run(self, real_site: Site):
        """Each training names the import that put it in."""
        runs = {row["id"].hex for row in real_site.read_table("import_runs") if row["mapping"].startswith("oregon")}
        assert {row["import_batch"] for row in own(real_site, "trainings")} == runs
        assert len(runs) == 1


def test_second_run_changes_nothing(real_site: Site, shared_data):
    """Both sources again leave every row of every table as it was."""
    rows = real_site.read()
    assert real_site.run("import", "nj-oag-uof", "--folder", str(shared_data))["outcome"] == "unchanged"
    again = real_site.run("import", "oregon-dpsst-training", "--folder", str(shared_data), *OREGON)
    assert (again["outcome"], real_site.read()) == ("unchanged", rows)


def own(site: Site, table: str):
    return [row for row in site.read_table(table) if row["source_system"] == "oregon-dpsst"]


def test_order_of_rows_means_nothing(real_site: Site, shared_data):
    """The same transcript from its end to its beginning changes no row: numbers follow what rows say."""
    header, *rows = (shared_data / "dpsst_training_records.csv").read_text().splitlines(keepends=True)
    file = real_site.write("reversed.csv", header + "".join(reversed(rows)))
    before = real_site.read()
    again = real_site.run("import", "oregon-dpsst-training", file, *OREGON)
    assert (again["outcome"], real_site.read()) == ("unchanged", before)
