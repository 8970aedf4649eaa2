"""Cases: those that hold pass, those that do not say what was wanted and what is."""

import json

import pytest
from click.testing import CliRunner

from louver.authz.cases import read_cases
from louver.cli import main
from louver.errors import InvalidInputError

CASE = """
cases:
  - title: A case
    who: {roles: [chief]}
    what: Officer.rank
    want: visible
"""


@pytest.fixture
def test_case(tmp_path, monkeypatch):
    """Run one case, and return what differs."""
    monkeypatch.chdir(tmp_path)

    def run(*, title="A case", **case):
        (tmp_path / "cases.yaml").write_text(json.dumps({"cases": [{"title": title, **case}]}), encoding="utf-8")
        answer = CliRunner(catch_exceptions=False).invoke(main, ["policy", "test", "cases.yaml", "--json"])
        (result,) = json.loads(answer.stdout)
        assert answer.exit_code == (0 if result["passed"] else 1)
        return {each["subject"]: (each["wanted"], each["found"]) for each in result["differences"]}

    return run


ROSTER = "query Roster($n: Int) { officers(first: $n) { nodes { lastName workPhone raceEthnicity } } }"


class TestDecisions:
    @pytest.mark.parametrize(
        ("who", "coordinate", "want"),
        [
            (
                {"roles": ["auditor"]},
                "Officer.badgeNumber",
                {"effect": "masked", "mask": "last_two", "rows": ["agency"]},
            ),
            (
                {"roles": ["officer", "auditor"]},
                "Officer.badgeNumber",
                {"effect": "visible", "masked_rows": ["agency"]},
            ),
            ({"roles": ["auditor"]}, "UofSubject.sex", {"effect": "aggregate", "rows": ["closed"]}),
            ({"roles": ["public_portal"]}, "Officer.firstName", {"effect": "denied", "reason": "CEILING"}),
            (
                {"roles": ["chief"], "scopes": ["Training.*"]},
                "Officer.rank",
                {"effect": "denied", "reason": "KEY_SCOPE"},
            ),
            (
                {"roles": ["chief"], "subscription": "CANCELLED"},
                "Officer.rank",
                {"effect": "denied", "reason": "SUBSCRIPTION"},
            ),
            ({"roles": ["chief"], "modules": []}, "UofIncident", {"effect": "denied", "reason": "MODULE"}),
        ],
    )
    def test_what_holds_passes(self, test_case, who, coordinate, want):
        """Effect, rows, mask and reason of the default policy, in whatever circumstances."""
        assert test_case(who=who, what=coordinate, want=want) == {}

    @pytest.mark.parametrize(
        ("want", "told"),
        [
            ("masked", ("MASKED", "VISIBLE, rows agency")),
            ({"effect": "visible", "rows": ["unit"]}, ("VISIBLE, rows unit", "VISIBLE, rows agency")),
            ({"effect": "denied", "reason": "ROLE"}, ("DENIED, reason ROLE", "VISIBLE, rows agency")),
        ],
    )
    def test_what_does_not_hold_fails(self, test_case, want, told):
        """What was wanted stands beside what was found."""
        assert test_case(who={"roles": ["chief"]}, what="Officer.rank", want=want) == {"Officer.rank": told}

    def test_names_that_do_not_exist_fail(self, test_case):
        """A misspelt role or field does not pass as a denial."""
        told = test_case(who={"roles": ["cheif"]}, what="Officer.ssn", want="denied")
        assert told["who"][1] == "the agency has no role 'cheif'"
        assert told["Officer.ssn"][1] == "there is no such coordinate"


class TestOperations:
    @pytest.mark.parametrize(
        ("mode", "event", "outcome", "returned"),
        [
            ("errors", "access.denied", "partial", ["Query.officers", "Officer.lastName", "Officer.workPhone"]),
            ("extensions", "access.denied", "partial", ["Query.officers", "Officer.lastName", "Officer.workPhone"]),
            ("reject", "access.denied", "refused", []),
        ],
    )
    def test_the_record_is_the_one_that_a_request_leaves(self, test_case, mode, event, outcome, returned):
        """Event, outcome and coordinates come from the endpoint itself, in the key's own denied-mode."""
        log = {"event": event, "outcome": outcome, "returned": returned, "denied": ["Officer.raceEthnicity"]}
        who = {"roles": ["training_coordinator"], "denied_mode": mode}
        want = {"Officer.raceEthnicity": "denied"}
        assert test_case(who=who, what=ROSTER, variables={"n": 5}, want=want, log=log) == {}

    def test_a_record_that_is_not_as_wanted_fails(self, test_case):
        """Each part of the record is compared by itself; shown on some rows only is recorded among the masked."""
        log = {"event": "access.query", "masked": [], "denied": ["Officer.raceEthnicity"]}
        told = test_case(who={"roles": ["training_coordinator"]}, what=ROSTER, want={}, log=log)
        assert told == {"log event": ("access.query", "access.denied"), "log masked": ("none", "Officer.lastName")}

    def test_what_is_wanted_has_to_be_asked_for(self, test_case):
        """A coordinate that the operation does not touch is no proof of anything."""
        told = test_case(who={"roles": ["chief"]}, what=ROSTER, want={"Officer.rank": "visible"})
        assert told == {"Officer.rank": ("asked for by the operation", "not asked for")}

    def test_an_operation_that_is_wrong_fails(self, test_case):
        """A document that the schema does not take is told with the schema's own words."""
        told = test_case(who={"roles": ["chief"]}, what="{ officers { nodes { ssn } } }", want={})
        assert "ssn" in told["operation"][1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cases: [", "YAML"),
        ("[]", "mapping"),
        ("cases: []", "list of cases"),
        ("cases: [{title: A}]", "case 1"),
        (CASE.replace("want: visible", "want: seen"), "'A case', Officer.rank: 'SEEN'"),
        (CASE.replace("want: visible", "want: {effect: visible, rows: [all]}"), "'all'"),
        (CASE.replace("roles: [chief]", "role: chief"), "'role'"),
        (CASE.replace("roles: [chief]", "roles: {chief: 1}"), "list of names"),
        (CASE + "    log: {event: access.query}\n", "only an operation is logged"),
        (CASE + "    expect: visible\n", "'expect'"),
        (CASE + "    when: !!python/object:os.system {}\n", "YAML"),
    ],
)
def test_what_is_no_case_is_told(text, told):
    """A mistake of form is an error that names the case; YAML makes no objects."""
    with pytest.raises(InvalidInputError) as raised:
        read_cases(text)
    assert told in raised.value.message
