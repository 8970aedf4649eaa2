"""Policy files: what is written is what is read, and what cannot be read is told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from louver.authz.facts import HERE
from louver.authz.files import FileRole, PolicyFile
from louver.authz.lines import as_domain
from louver.errors import InvalidInputError
from tests.explaining.conftest import AGENCY, make_deny, make_line

names = st.from_regex(r"[a-z][a-z0-9_]{1,20}", fullmatch=True)
roles = st.dictionaries(names, st.builds(FileRole, names, st.text()), max_size=3)
lines = st.lists(st.builds(make_line, names, names, names, names, names), max_size=5, unique=True)


@settings(max_examples=100, deadline=None)
@given(lines, roles, st.integers(min_value=0, max_value=10**6))
def test_read_what_was_written(lines, roles, version):
    """Lines, roles and version come back as they were, whatever the descriptions hold."""
    written = PolicyFile.from_agency(lines, roles, version)
    read = PolicyFile.from_text(written.as_text())
    assert read == written
    assert set(read.lines_for(AGENCY)) == set(lines)


def test_a_file_names_no_agency():
    """The text is the same whichever agency it comes from, so that it can be published in another."""
    line = make_deny("chief", "Officer.workPhone")
    text = PolicyFile.from_agency([line], {}, 3).as_text()
    assert as_domain(AGENCY) not in text
    assert '"chief, Officer.workPhone, view, agency, deny"' in text
    assert PolicyFile.from_text(text).lines[0].dom == as_domain(HERE)


def test_the_same_policy_is_the_same_text():
    """The order of the lines in the store does not show, so that versions can be compared as texts."""
    first, second = make_deny("chief", "Officer.workPhone"), make_line("auditor", "officer_badge")
    assert PolicyFile.from_agency([first, second], {}, 1) == PolicyFile.from_agency([second, first], {}, 1)


def test_rows_and_effect_may_be_left_out():
    """A line without them allows on all rows."""
    read = PolicyFile.from_text('format = 1\nlines = ["auditor, officer_badge, view"]\n')
    assert read.lines_for(AGENCY) == (make_line("auditor", "officer_badge"),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lines = [", "TOML"),
        ("lines = []", "form"),
        ("format = 2\nlines = []", "form"),
        ("format = 1", "lines"),
        ("format = 1\nlines = [1]", "lines"),
        ('format = 1\nlines = ["chief, Officer.rank"]', "line 1"),
        ('format = 1\nlines = ["a, b, c, d, e, f"]', "6 parts"),
        ('format = 1\nlines = []\nbase_version = "3"', "base_version"),
        ("format = 1\nlines = []\nowner = 1", "owner"),
        ("format = 1\nlines = []\n[roles.lead]\nname = 1", "roles"),
        ("format = 1\nlines = []\n[roles.lead]\ntemplate = 1", "roles"),
    ],
)
def test_what_is_no_policy_file_is_told(text, told):
    """Each mistake of form is an error that names it."""
    with pytest.raises(InvalidInputError) as raised:
        PolicyFile.from_text(text)
    assert told in raised.value.message
