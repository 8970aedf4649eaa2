"""The linter: lines that cannot be, that change nothing, or that hide another's."""

import pytest

from louver.authz.findings import Fault, Level, SchemaFacts
from louver.authz.linting import lint
from louver.authz.overlays import copy_lines
from louver.resolvers.needs import describe_schema
from louver.schema.catalogue import build_catalogue
from tests.explaining.conftest import AGENCY, make_deny, make_line

SCHEMA = describe_schema(build_catalogue())


def list_faults(facts, *lines, **given):
    """The faults of each line, by the line."""
    return [(finding.subject, finding.fault) for finding in lint(facts(*lines, **given), SCHEMA)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (make_line("chief", "Officer.ssn"), Fault.MALFORMED),
        (make_line("chief", "Officer.rank", "read"), Fault.MALFORMED),
        (make_line("chief", "Officer.rank", rows="unit", eft="deny"), Fault.MALFORMED),
        (make_line("cheif", "Officer.rank"), Fault.UNKNOWN_ROLE),
        (make_line("public_portal", "Officer.rank"), Fault.UNDER_CEILING),
        (make_line("support", "Training.*", "export"), Fault.UNDER_CEILING),
        (make_line("chief", "Officer.rank"), Fault.REDUNDANT),
        (make_line("chief", "officer_title", rows="unit"), Fault.REDUNDANT),
        (make_deny("public_portal", "Officer.rank"), Fault.REDUNDANT),
        (make_line("chief", "Officer.firstName", "view_masked"), Fault.OVERTAKEN),
        (make_line("chief", "Training.score", "view_aggregate"), Fault.OVERTAKEN),
        (make_line("hr", "UofSubject.sex"), Fault.UNREACHED),
        (make_line("hr", "Course.title", "view_masked", "own"), Fault.NO_SUCH_ROWS),
        (make_deny("hr", "UofSubject.sex"), Fault.IDLE_DENY),
    ],
    ids=lambda value: str(value).replace(", ", "-"),
)
def test_one_line(facts, line, fault):
    """Each fault of a line by itself is found, and no other."""
    assert list_faults(facts, line) == [(str(line), fault)]


@pytest.mark.parametrize(
    "line",
    [
        make_deny("chief", "Officer.workPhone"),
        make_line("auditor", "officer_badge"),
        make_line("hr", "UofSubject"),
        make_line("hr", "Training.notes", "enter"),
        make_line("supervisor", "Officer.raceEthnicity", rows="unit"),
        make_line("shift_lead", "Officer.rank"),
    ],
    ids=str,
)
def test_a_line_with_an_effect_is_sound(facts, line):
    """Nothing is said against a line that changes something."""
    reach = make_line("shift_lead", "Officer")
    lines = [line, reach] if line.sub == "shift_lead" else [line]
    assert list_faults(facts, *lines, made_roles={"shift_lead": "supervisor"}) == []


class TestTogether:
    def test_an_allow_that_is_denied_in_full_is_shadowed(self, facts):
        """Two denies that cover all of an allow shadow it; one that covers a part does not."""
        allow = make_line("auditor", "officer_contact")
        denies = [make_deny("auditor", f"Officer.{name}") for name in ("workEmail", "workPhone")]
        assert (str(allow), Fault.SHADOWED) in list_faults(facts, allow, *denies)
        assert (str(allow), Fault.SHADOWED) not in list_faults(facts, allow, denies[0])

    def test_a_deny_under_a_wider_deny_is_repeated(self, facts):
        """A deny that another one covers is shadowed by it, whichever stands first."""
        narrow, wide = make_deny("chief", "Officer.workPhone"), make_deny("chief", "Officer.*")
        assert list_faults(facts, narrow, wide) == list_faults(facts, wide, narrow) == [(str(narrow), Fault.REPEATED)]

    def test_of_two_that_say_the_same_the_later_is_repeated(self, facts):
        """Of two lines with one meaning, one is enough."""
        first, second = make_deny("chief", "officer_contact"), make_deny("chief", "officer_contact")
        assert list_faults(facts, first, second) == [(str(second), Fault.REPEATED)]

    def test_a_mask_is_not_overtaken_once_the_value_is_denied(self, facts):
        """To mask a value that is visible by default takes two lines, and both have an effect."""
        lines = make_deny("chief", "officer_name"), make_line("chief", "officer_name", "view_masked")
        assert list_faults(facts, *lines) == []

    def test_what_cannot_be_loaded_does_not_hide_the_rest(self, facts):
        """A malformed line is told beside the faults of the others."""
        broken, idle = make_line("chief", "Officer.ssn"), make_deny("hr", "UofSubject.sex")
        assert list_faults(facts, broken, idle) == [(str(broken), Fault.MALFORMED), (str(idle), Fault.IDLE_DENY)]


class TestSchema:
    def test_10_2_every_field_of_the_schema_is_classified(self, facts):
        """The shipped matrix has a class for every field that the schema has."""
        assert lint(facts(), SCHEMA) == []

    def test_an_unclassified_field_is_told(self, facts):
        """A field that no field group has is an error, because nobody sees it."""
        (finding,) = lint(facts(), SchemaFacts(SCHEMA.fields | {"Officer.shoeSize"}))
        assert (finding.fault, finding.subject, finding.level) == (
            Fault.UNCLASSIFIED,
            "Officer.shoeSize",
            Level.ERROR,
        )

    def test_a_role_that_stands_as_it_was_made_has_no_warning(self, facts):
        """The lines that a role starts with are copies, and nothing but notes is said against them."""
        for template in ("supervisor", "auditor", "public_portal"):
            lines = copy_lines(template, "made", AGENCY, ())
            found = lint(facts(*lines, made_roles={"made": template}), SCHEMA)
            assert {finding.level for finding in found} <= {Level.NOTE}
