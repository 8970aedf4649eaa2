"""docs/import.md: its example does what the page says, and its tables leave nothing out."""

import re
import shlex
from pathlib import Path

import pytest

from louver.db.codes import ForceType, LocationType, ResistanceType
from louver.db.importing.rules import Several
from louver.db.importing.targets import TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
COMMAND = next(line for line in re.findall(r"^\$ louver (.*)$", PAGE, re.MULTILINE) if "fallowmere.toml" in line)


class TestExample:
    @pytest.fixture
    def example(self, site):
        """The example's files in a folder, and its command line with their paths."""
        paths = {name: site.write(name, text) for name, text in FILES.items()}
        assert set(paths) == {"reports.csv", "subjects.csv", "fallowmere.toml"}
        site.run(*(paths.get(word, word) for word in shlex.split(COMMAND)))
        return site

    def test_makes_what_it_says(self, example):
        """Two incidents, two officers with an involvement each, three subjects."""
        rows = example.read()
        tables = ("uof_incidents", "officers", "uof_involvements", "uof_subjects")
        assert [len(rows[name]) for name in tables] == [2, 2, 2, 3]
        assert {tuple(row["force_types"]) for row in rows["uof_involvements"]} == {
            (ForceType.TAKE_DOWN, ForceType.CHEMICAL_AGENT),
            (ForceType.ARM_BAR,),
        }
        assert [row["resistance_types"] for row in rows["uof_subjects"] if row["age_exact"] is None] == [
            [ResistanceType.FLIGHT]
        ]

    def test_keeps_the_houseboat(self, example):
        """The place without a code is OTHER, and its text is kept."""
        places = {row["number"]: row["location_type"] for row in example.read_table("uof_incidents")}
        assert places == {"24-001": LocationType.HIGHWAY_STREET, "24-002": LocationType.OTHER}
        assert [row["raw"] for row in example.read_table("uncoded_values")] == ["Houseboat"]


def test_names_every_table_and_choice():
    """The page names every table that a mapping may fill, and every way to treat several values."""
    assert all(f"`{name}`" in PAGE for name in (*TABLES, *Several))
