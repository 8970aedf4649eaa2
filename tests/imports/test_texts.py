"""What a cell's text is read as."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from louver.db.codes import AgeBand, CourseCategory
from louver.db.importing.field_rules import FieldContext, read_field_rules
from louver.db.importing.sections import Section
from louver.db.importing.targets import TARGETS
from louver.db.importing.texts import Reading, UnreadableError, interpret

NEW_YORK = ZoneInfo("America/New_York")


def read(table: str, field: str, text: str, **rule: Any) -> Reading:
    """Read a text as a field of a table, by a rule that says more than its column."""
    context = FieldContext(
        file="f",
        files=("f",),
        tables=(table,),
        values={},
        keywords={"topic": {"CEW": ("cew",), "FIREARMS": ("firearm*", "range  day"), "ETHICS": ("ethics",)}},
        unknown=frozenset({"null"}),
        formats=("%m/%d/%Y", "%Y-%m-%d %H:%M%z"),
    )
    (made,) = read_field_rules(Section({}, "mapping"), TARGETS[table][field], {"column": "c", **rule}, context)
    return interpret(made, text, NEW_YORK)


class TestHours:
    @pytest.mark.parametrize(
        ("text", "hundredths"), [("0", 0), ("0.25", 25), ("0.72", 72), ("8.5", 850), ("312.00", 31200)]
    )
    def test_become_hundredths(self, text, hundredths):
        """Hours with up to two decimals are hundredths, exactly."""
        assert read("trainings", "hours", text) == (hundredths, False)

    @pytest.mark.parametrize("text", ["0.333", "-1", "NaN", "Infinity", "eight", "1,5", "1e12"])
    def test_that_are_none(self, text):
        """Hours with more decimals, below zero, without end or in words are faults."""
        with pytest.raises(UnreadableError):
            read("trainings", "hours", text)


class TestNumbers:
    @pytest.mark.parametrize(("text", "value"), [("34", 34), ("34.0", 34), ("0", 0)])
    def test_whole(self, text, value):
        """A whole number may have a decimal part of zeros, as spreadsheets write it."""
        assert read("uof_subjects", "age_exact", text).value == value

    @pytest.mark.parametrize("text", ["-1", "3.5", "1e3", "٣", "2147483648", "99999999999"])
    def test_not_whole(self, text):
        """Anything else, and what no column can hold, is a fault."""
        with pytest.raises(UnreadableError):
            read("uof_subjects", "age_exact", text)

    @pytest.mark.parametrize("text", ["north", "nan", "inf"])
    def test_not_decimal(self, text):
        """A coordinate that is no number is a fault."""
        with pytest.raises(UnreadableError):
            read("uof_incidents", "latitude", text)
        assert read("uof_incidents", "latitude", "-44.95").value == -44.95


class TestTimes:
    def test_day(self):
        """A date has one of the mapping's formats, or of the field's own."""
        assert read("trainings", "completed_on", "6/7/2022").value == date(2022, 6, 7)
        assert read("trainings", "completed_on", "7.6.2022", formats=["%d.%m.%Y"]).value == date(2022, 6, 7)
        with pytest.raises(UnreadableError, match="is not a date as"):
            read("trainings", "completed_on", "13/13/2022")

    def test_instant(self):
        """A date alone is its first minute at the agency; a time with a zone is in that zone."""
        assert read("uof_incidents", "occurred_at", "7/4/2022").value == datetime(2022, 7, 4, 4, tzinfo=UTC)
        assert read("uof_incidents", "occurred_at", "2022-07-04 01:30+0200").value == datetime(
            2022, 7, 3, 23, 30, tzinfo=UTC
        )


class TestCodes:
    def test_by_our_names_without_values(self):
        """Without values a code is written by our own name for it; its stored code is not one."""
        assert read("courses", "category", "FIREARMS") == (CourseCategory.FIREARMS, False)
        assert read("uof_incidents", "location_type", "20").is_uncoded

    def test_unlisted(self):
        """A text that values do not list is OTHER, and kept; on a truth value or a number it is unknown, and kept."""
        assert read("courses", "category", "Knots", values={"Law": "LEGAL_UPDATE"}) == (CourseCategory.OTHER, True)
        assert read("trainings", "passed", "maybe") == (None, True)
        assert read("trainings", "attempts", "some", values={"once": "1"}) == (None, True)

    def test_listed_as_saying_nothing(self):
        """A text that stands for nothing here is neither a value nor kept."""
        assert read("trainings", "passed", "Instructed", values={"Instructed": ""}) == (None, False)

    def test_whatever_the_case(self):
        """Case means nothing in values and in the words for unknown."""
        assert read("courses", "category", "LAW", values={"Law": "LEGAL_UPDATE"}).value is CourseCategory.LEGAL_UPDATE
        assert read("courses", "category", "Null") == (None, False)

    @pytest.mark.parametrize(("text", "band"), [("17", "UNDER_18"), ("18", "AGE_18_24"), ("65", "AGE_65_OVER")])
    def test_age_band(self, text, band):
        """An age falls in its band."""
        assert read("uof_subjects", "age_band", text, from_age=True).value is AgeBand[band]


class TestKeywords:
    @pytest.mark.parametrize(
        ("title", "category"),
        [
            ("2020 FIREARMS-Day 1", "FIREARMS"),
            ("Range Day", "FIREARMS"),
            ("Ethics and firearms", "FIREARMS"),
            ("CEWs", "UNKNOWN"),
            ("Bioethics", "UNKNOWN"),
        ],
    )
    def test_whole_words(self, title, category):
        """The first topic of which a whole word is in the title, or UNKNOWN."""
        assert read("courses", "category", title, keywords="topic").value is CourseCategory[category]
