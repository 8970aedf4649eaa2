"""What a caller is told of a denial: everything at once, with code and reason, and nothing of the rule behind it."""

import pytest

from tests.world.store import ROLES, key_of

EVERYTHING = """{
  officers(first: 1) { nodes { id workPhone badgeNumber raceEthnicity trainings { nodes { score notes } } } }
  uofIncidents(first: 1) { nodes { id summary address subjects { nodes { sex } } } }
  uofSubjectsAggregate { count }
}"""
TOLD = {"code", "coordinate", "reason"}


@pytest.mark.parametrize("role", ROLES)
async def test_all_at_once_with_code_and_reason_only(served, role):
    """Every denial of an operation comes in one answer; none tells a line, a role or a version of the policy."""
    body = await served.ask(key_of(role).text, EVERYTHING)
    errors = body.get("errors", [])
    assert {frozenset(error["extensions"]) for error in errors} <= {frozenset(TOLD)}
    assert len({tuple(error["path"]) for error in errors}) == len(errors)
    rejected = await served.ask(key_of(role).text, EVERYTHING, denied="reject")
    if errors:
        (refusal,) = rejected["errors"]
        assert {each["coordinate"] for each in refusal["extensions"]["denials"]} == {
            error["extensions"]["coordinate"] for error in errors
        }
        assert {frozenset(each) for each in refusal["extensions"]["denials"]} == {frozenset(TOLD)}
        assert "p, " not in str(rejected)
    else:
        assert "errors" not in rejected


async def test_what_is_referred_to_and_what_is_selected_is_told_together(served):
    """A refused filter or order does not hide the other rights that the operation lacks."""
    query = """{
      officers(filter: {raceEthnicity: {eq: WHITE}}, orderBy: [{field: WORK_PHONE}]) { nodes { id sex } }
      uofIncidentsAggregate(groupBy: [BEAT]) { groups { count } }
      uofSubjects { nodes { id } }
    }"""
    body = await served.ask(key_of("post_auditor").text, query)
    (refusal,) = body["errors"]
    assert {each["coordinate"] for each in refusal["extensions"]["denials"]} == {
        "Officer.raceEthnicity",
        "Officer.workPhone",
        "Officer.sex",
        "Query.uofIncidentsAggregate",
        "Query.uofSubjects",
    }
