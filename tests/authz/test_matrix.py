"""Decisions say what the matrix says, cell by cell, and the matrix covers every column."""

import csv
from functools import cache

import pytest

from louver.authz.shipped import FOLDER
from louver.authz.vocabulary import ROLE_COLUMNS
from louver.db import tables
from tests.holding import every_cell

TYPES = {
    "Agency": tables.AgencyRow,
    "Unit": tables.UnitRow,
    "Officer": tables.OfficerRow,
    "Course": tables.CourseRow,
    "Training": tables.TrainingRow,
    "UofIncident": tables.UofIncidentRow,
    "UofInvolvement": tables.UofInvolvementRow,
    "UofSubject": tables.UofSubjectRow,
}
RENAMED = {"hours_hundredths": "hours"}
RELATIONS = {"Unit.parent", "Unit.commander", "Officer.unit", "Training.course", "UofInvolvement.officer"}
DERIVED = {"Training.hoursEarned", "UofInvolvement.officerRef", "UofSubject.impaired"}
GUARDS = {"Officer.undercoverName"}
"""Rights beside a field's own, and no fields."""
UNSEEN = {
    "Officer.pseudonym"  # shown as UofInvolvement.officerRef only: beside the name it would undo the pseudonym
}


@cache
def read(name):
    with (FOLDER / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def list_cells(column):
    """What the clerk reads in one role's column: coordinate, mask, letter, reach and further rows."""
    role = ROLE_COLUMNS[column]
    reach = {row["type"]: row[column] for row in read("reach.csv")}
    for row in read("matrix.csv"):
        for item in row["coordinates"].split():
            coordinate, _, mask = item.partition("=")
            further = find_further(role, coordinate, row["group"])
            yield coordinate, mask or "withheld", row[column], reach[coordinate.partition(".")[0]], further


def expect(letter, rows, further):
    """Say in the plainest way what a letter means: rows viewed, masked and counted; `further` ones are viewed too."""
    scope = {rows.removeprefix("aggregate:")}
    nothing = set()
    view, masked, counted = {
        "V": (scope, nothing, scope),
        "M": (nothing, scope, nothing),
        "A": (nothing, nothing, scope),
        "O": ({"own"}, nothing, {"own"}),
        "D": (nothing, nothing, nothing),
    }[letter]
    return view | further, masked, counted | further


def find_further(role, *names):
    """Say on which rows widenings.csv lets a role see one of these beside the matrix."""
    return {
        row["rows"]
        for row in read("widenings.csv")
        if row["role"] == role and {row["type"], *row["names"].split()} & {*names}
    }


class TestDecisions:
    """Cells of the matrix and of reach."""

    @pytest.mark.parametrize("column", ROLE_COLUMNS)
    def test_equal_the_letter(self, snapshot, rights_of, column):
        """What is decided for a role and each field is what the clerk reads in the matrix."""
        rights = rights_of(snapshot, ROLE_COLUMNS[column])
        with every_cell() as cells:
            for coordinate, mask, letter, rows, further in list_cells(column):
                with cells.of(coordinate):
                    decision = rights.decide(coordinate)
                    assert (decision.view, decision.masked, decision.aggregate) == expect(letter, rows, further)
                    assert decision.mask == mask
                    assert decision.is_denied == (letter in "DA") == (decision.reason is not None)
        assert cells.count == len(snapshot.coordinates)

    @pytest.mark.parametrize("column", ROLE_COLUMNS)
    def test_types_equal_the_reach(self, snapshot, rights_of, column):
        """What is decided for a role and type is what reach.csv says."""
        rights = rights_of(snapshot, ROLE_COLUMNS[column])
        for row in read("reach.csv"):
            decision, text = rights.decide(row["type"]), row[column]
            counted = {text.removeprefix("aggregate:")} - {"-"} | find_further(ROLE_COLUMNS[column], row["type"])
            assert decision.aggregate == counted
            assert decision.view == (set() if text.startswith("aggregate:") else counted)

    def test_partner_grants_nothing(self, snapshot, rights_of):
        """The role that marks partners' keys sees nothing by itself."""
        rights = rights_of(snapshot, "partner")
        assert all(rights.decide(c).is_denied and not rights.decide(c).aggregate for c in snapshot.coordinates)


class TestCoverage:
    """The matrix beside the tables."""

    def test_every_column_is_classified(self, snapshot):
        """Columns that clients may ask for, relations, derived fields and guards are in the matrix; nothing else is."""
        assert {*_list_column_coordinates(), *RELATIONS, *DERIVED, *GUARDS} - UNSEEN == snapshot.coordinates

    def test_every_type_has_a_reach(self, snapshot):
        """The types with fields are the types with rows."""
        assert snapshot.types == set(TYPES)


def _list_column_coordinates():
    for type_name, row in TYPES.items():
        for column in row.__table__.columns:
            if column.name not in {"id", "agency_id", "source_system", "source_key"} and not column.foreign_keys:
                head, *tail = RENAMED.get(column.name, column.name).split("_")
                yield f"{type_name}.{head}{''.join(map(str.title, tail))}"
