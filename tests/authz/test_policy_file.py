"""The generated files are what their sources make, and sources that contradict themselves make nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from louver.authz import shipped
from louver.authz.matrix import from_csv as read_groups
from louver.authz.page import render_page
from louver.authz.policy import as_csv, build_policy
from louver.authz.reach import Reach
from louver.authz.reach import from_csv as read_types
from louver.authz.vocabulary import Letter, Role
from louver.errors import MisconfiguredError

PAGE = Path(__file__).parents[2] / "docs" / "access-matrix.md"
HEADING = "group,coordinates,class,AA,CH,TC,SU,OF,IA,RC,HR,LG,AU,PO,PP,VS,reason\n"


def change_letter(group_name, role, letter):
    return [
        replace(group, letters={**group.letters, role: letter}) if group.name == group_name else group
        for group in shipped.read_matrix()
    ]


def change_reach(type_name, role, text):
    return [
        replace(each, cells={**each.cells, role: Reach.from_text(text)}) if each.type_name == type_name else each
        for each in shipped.read_reach()
    ]


class TestPolicyFile:
    """Generated files."""

    def test_equals_what_its_sources_make(self):
        """policy.csv is exactly what `louver policy build` writes."""
        expected = as_csv(build_policy(shipped.read_matrix(), shipped.read_reach(), shipped.read_duties()))
        assert expected == shipped.POLICY_PATH.read_text(encoding="utf-8")

    def test_reads_back(self):
        """Parsing the file gives the lines that were rendered."""
        assert build_policy(shipped.read_matrix(), shipped.read_reach(), shipped.read_duties()) == shipped.read_policy()

    def test_page_equals_what_the_matrix_makes(self):
        """docs/access-matrix.md is exactly what `louver policy matrix --markdown` prints."""
        assert render_page(shipped.read_matrix(), shipped.read_reach(), shipped.read_duties()) == PAGE.read_text(
            encoding="utf-8"
        )


class TestContradictions:
    """Sources that cannot be right."""

    @pytest.mark.parametrize("letter", [Letter.VISIBLE, Letter.MASKED, Letter.OWN])
    def test_no_rows_without_reach(self, letter):
        """A letter that shows rows is refused where the role only counts them."""
        groups = change_letter("involvement_injuries", Role.HR, letter)
        with pytest.raises(MisconfiguredError, match="reaches no such row"):
            build_policy(groups, shipped.read_reach())

    def test_no_counts_without_reach(self):
        """A letter that counts rows is refused where the role reaches none."""
        groups = change_letter("subject_injuries", Role.HR, Letter.AGGREGATE)
        with pytest.raises(MisconfiguredError, match="reaches no such row"):
            build_policy(groups, shipped.read_reach())

    def test_no_reach_without_a_field(self):
        """Reach on a type is refused to a role that sees none of its fields."""
        with pytest.raises(MisconfiguredError, match="sees no field"):
            build_policy(shipped.read_matrix(), change_reach("UofSubject", Role.SUPPORT, "agency"))

    def test_every_type_has_a_reach(self):
        """A type in the matrix without a line in reach.csv is refused."""
        with pytest.raises(MisconfiguredError, match="no line for Agency"):
            build_policy(shipped.read_matrix(), shipped.read_reach()[1:])

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("g,Officer.rank=blurred,public,V,V,V,V,V,V,V,V,V,V,V,V,V,r\n", "blurred"),
            ("g,Officer.rank,public,V,V,V,V,V,V,V,V,V,V,V,V,X,r\n", "'X'"),
            ("g,Officer.rank,secret,V,V,V,V,V,V,V,V,V,V,V,V,V,r\n", "secret"),
            ("g,rank,public,V,V,V,V,V,V,V,V,V,V,V,V,V,r\n", "Type.field"),
            ("g,Officer.rank Unit.name,public,V,V,V,V,V,V,V,V,V,V,V,V,V,r\n", "one type"),
            ("g,Officer.rank,public,V,V,V,V,V,V,V,V,V,V,V,V,V,r\n" * 2, "g twice"),
        ],
    )
    def test_malformed_matrix(self, line, words):
        """A line that does not parse is named with what is wrong."""
        with pytest.raises(MisconfiguredError, match=words):
            read_groups(HEADING + line)

    def test_malformed_reach(self):
        """An unknown row scope is refused."""
        text = "type,domain,module,AA,CH,TC,SU,OF,IA,RC,HR,LG,AU,PO,PP,VS,reason\nUnit,ORG,," + "world," * 13 + "r\n"
        with pytest.raises(MisconfiguredError, match="world"):
            read_types(text)
