"""Explanations are decisions: the same answer, with the lines behind it and who may change them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from louver.authz import Act, Role
from louver.authz.explaining import Effect, Explainer, Layer
from louver.authz.facts import AgencyFacts, AgencyRights
from louver.authz.lines import PolicyLine
from louver.authz.shipped import read_coordinates, read_policy, read_reach
from louver.authz.vocabulary import POLICY_ROWS
from tests.explaining.conftest import AGENCY, make_deny, make_line

COORDINATES = sorted(read_coordinates().fields | read_coordinates().types)
ROLES = [role for role in Role if role is not Role.PARTNER]
OBJECTS = ("Officer", "Officer.firstName", "officer_contact", "Training.*", "UofIncident", "UofSubject.sex", "*")

lines = st.builds(
    make_line,
    st.sampled_from((*ROLES, "shift_lead")),
    st.sampled_from(OBJECTS),
    st.sampled_from((Act.VIEW, Act.VIEW_MASKED, Act.VIEW_AGGREGATE)),
    st.sampled_from(POLICY_ROWS),
)
denies = st.builds(
    make_deny,
    st.sampled_from((*ROLES, "shift_lead")),
    st.sampled_from(OBJECTS),
    st.sampled_from((Act.VIEW, Act.VIEW_MASKED, Act.VIEW_AGGREGATE)),
)
overlays = st.lists(lines | denies, max_size=6)


def brute_rows(all_lines: list[PolicyLine], role: str, coordinate: str, act: Act) -> set[str]:
    """Weigh line by line: every allow's rows, or none where one denies."""
    touching = [
        line
        for line in all_lines
        if (line.sub, line.act) == (role, act) and coordinate in read_coordinates().expand(line.obj)
    ]
    return set() if any(line.eft == "deny" for line in touching) else {line.rows for line in touching}


def brute_seen(all_lines: list[PolicyLine], role: str, coordinate: str, modules: set[str]) -> tuple[str, set[str]]:
    """Work out effect and rows by hand: the field's own lines, on rows of its type that the role reaches."""
    type_name = coordinate.partition(".")[0]
    module = next(reach.module for reach in read_reach() if reach.type_name == type_name)
    if module and module not in modules:
        return "DENIED", set()
    view, masked, counted = (
        brute_rows(all_lines, role, coordinate, act) for act in (Act.VIEW, Act.VIEW_MASKED, Act.VIEW_AGGREGATE)
    )
    listed = brute_rows(all_lines, role, type_name, Act.VIEW)
    if listed and view:
        return "VISIBLE", view
    if listed and masked:
        return "MASKED", masked
    if (view | counted) and (listed | brute_rows(all_lines, role, type_name, Act.VIEW_AGGREGATE)):
        return "AGGREGATE", view | counted
    return "DENIED", set()


class TestWhoCanSee:
    @settings(max_examples=8, deadline=None)
    @given(overlays, st.sampled_from([{"UOF"}, set()]))
    def test_7_2_who_can_see_equals_brute_force(self, overlay, modules):
        """For every field and type, the roles that can see it, how and where, are those that the lines come to."""
        facts = AgencyFacts(AGENCY, tuple(overlay), modules=modules, made_roles={"shift_lead": "supervisor"})
        explainer, all_lines = Explainer(facts), [*read_policy(), *overlay]
        for coordinate in COORDINATES:
            told = {each.roles[0]: (each.effect, each.rows) for each in explainer.list_roles(coordinate)}
            assert told == {role: brute_seen(all_lines, role, coordinate, modules) for role in facts.roles}


class TestSamePath:
    @settings(max_examples=60, deadline=None)
    @given(
        overlays,
        st.frozensets(st.sampled_from((*ROLES, "shift_lead")), max_size=3),
        st.sampled_from([None, ["Officer.*"]]),
    )
    def test_explain_equals_decide(self, overlay, roles, scopes):
        """Whatever the roles, scopes and lines: rows, masks, reason, lines and version are the decision's own."""
        facts = AgencyFacts(AGENCY, tuple(overlay))
        rights = AgencyRights(facts).find(roles, scopes)
        explainer = Explainer(facts)
        for coordinate in COORDINATES:
            decision, told = rights.decide(coordinate), explainer.explain(roles, coordinate, scopes=scopes)
            reach = rights.decide(coordinate.partition(".")[0])
            assert told.policy_version == decision.policy_version
            masked = decision.masked if "." in coordinate else frozenset()  # rows are not masked
            if told.effect in (Effect.VISIBLE, Effect.MASKED):
                assert told.rows == (decision.view or masked)
                assert told.masked_rows == masked
                assert {line.text for line in told.lines} == {*decision.lines, *reach.lines}
            elif told.effect is Effect.DENIED:
                assert told.reason == (reach.reason or decision.reason or "ROLE")
            else:
                assert told.rows == decision.aggregate

    @pytest.mark.parametrize("act", [Act.VIEW_MASKED, Act.VIEW_AGGREGATE, Act.ENTER, Act.EXPORT])
    @pytest.mark.parametrize("role", ROLES)
    def test_other_acts_equal_permit(self, facts, role, act):
        """Entering, exporting and the lesser ways of viewing are explained by the permission itself."""
        agency = facts(make_line("hr", "Training.notes", "enter", "unit"), make_line("legal", "*", "export"))
        rights, explainer = AgencyRights(agency).find([role]), Explainer(agency)
        for coordinate in (*COORDINATES, "AgencyPolicy", "SupportApproval"):
            permission, told = rights.permit(coordinate, act), explainer.explain([role], coordinate, act)
            assert (told.rows, told.reason) == (permission.rows, permission.reason)
            assert tuple(line.text for line in told.lines) == permission.lines
            assert (told.effect is Effect.DENIED) is permission.is_denied


class TestLayers:
    @pytest.mark.parametrize(
        ("role", "coordinate", "layer", "changed_by"),
        [
            ("chief", "Officer.workPhone", Layer.OVERLAY, ("agency_admin",)),
            ("hr", "Officer.raceEthnicity", Layer.DEFAULT, ("agency_admin",)),
            ("hr", "UofSubject.sex", Layer.NOTHING, ("agency_admin",)),
            ("public_portal", "Officer.firstName", Layer.CEILING, ()),
            ("auditor", "Officer.badgeNumber", Layer.OVERLAY, ("agency_admin",)),
        ],
    )
    def test_says_what_decides_and_who_may_change_it(self, facts, role, coordinate, layer, changed_by):
        """Ceiling, the agency's own lines, the defaults or nothing at all; a ceiling is nobody's to change."""
        agency = facts(make_deny("chief", "officer_contact"), make_line("auditor", "officer_badge"))
        told = Explainer(agency).explain([role], coordinate)
        assert (told.layer, told.changed_by) == (layer, changed_by)

    def test_modules_and_keys_decide_too(self, facts):
        """What the agency does not subscribe to, and what a key was not issued for, is told as such."""
        explainer = Explainer(facts(modules=()))
        closed = explainer.explain(["chief"], "UofIncident.number")
        scoped = explainer.explain(["chief"], "Officer.title", scopes=["Training.*"])
        assert (closed.layer, closed.changed_by) == (Layer.SUBSCRIPTION, ())
        assert (scoped.layer, scoped.changed_by) == (Layer.KEY, ("agency_admin",))

    def test_a_role_that_was_given_the_duty_may_change_it(self, facts):
        """Who may change the policy is read from the policy: the roles with the right to enter it."""
        agency = facts(make_line("legal", "AgencyPolicy", "enter"), made_roles={"deputy": "chief"})
        assert Explainer(agency).list_administrators() == ("agency_admin", "legal")

    def test_a_deciding_line_is_told_with_its_layer(self, facts):
        """The agency's own line stands beside the default ones, each marked."""
        told = Explainer(facts(make_deny("chief", "officer_contact"))).explain(["chief"], "Officer.workPhone")
        assert [(line.text, line.layer) for line in told.lines] == [
            (str(make_deny("chief", "officer_contact")), Layer.OVERLAY)
        ]
