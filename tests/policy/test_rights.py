"""What is decided under an agency's own lines, and who may administer: the laws behind the answers over HTTP."""

from uuid import UUID

import pytest

from louver.authz import Act, Reason, Role, Rows, Snapshot
from louver.authz.duties import Administered, from_csv
from louver.authz.grants import Grant, find_scopes
from louver.authz.lines import PolicyLine
from louver.authz.overlays import copy_lines, list_ceiling_hits, list_cell_changes, read_defaults
from louver.authz.policy import CEILINGS
from louver.authz.shipped import read_coordinates, read_duties, read_policy
from louver.errors import MisconfiguredError

OURS, OTHERS = UUID(int=1), UUID(int=2)
HEADING = "object,view,enter,reason\n"


def line(sub, obj, act="view", rows="agency", eft="allow", agency_id=OURS):
    return PolicyLine.for_agency(agency_id, sub=sub, obj=obj, act=act, rows=rows, eft=eft)


def find(snapshot, *roles, agency_id=OURS, scopes=None, subscription="ACTIVE"):
    return snapshot.rights(agency_id, roles, scopes=scopes, modules=["UOF"], subscription=subscription)


def decide_all(rights):
    return [rights.decide(coordinate) for coordinate in sorted(read_coordinates().expand("*"))]


class TestReplacedOverlay:
    LINES = (
        line("chief", "Officer.workPhone", eft="deny"),
        line("hr", "UofIncident"),
        line("hr", "UofIncident.number"),
    )

    @pytest.mark.parametrize("role", ["chief", "hr", "auditor"])
    def test_equals_a_policy_loaded_whole(self, role):
        """A snapshot in which one agency's lines were replaced decides as one that was loaded with them."""
        replaced, loaded = read_defaults().with_overlay(OURS, self.LINES), Snapshot.load(self.LINES)
        assert decide_all(find(replaced, role)) == decide_all(find(loaded, role))
        assert replaced.version == loaded.version

    def test_leaves_the_old_one_as_it_was(self):
        """The snapshot that it was made from decides as before, for requests that still hold it."""
        old = Snapshot.load(self.LINES)
        before = decide_all(find(old, "chief"))
        new = old.with_overlay(OURS, [])
        assert decide_all(find(old, "chief")) == before
        assert decide_all(find(new, "chief")) == decide_all(find(read_defaults(), "chief"))

    @pytest.mark.parametrize("faulty", [line("chief", "Officer.ssn"), line("chief", "Officer", agency_id=OTHERS)])
    def test_takes_no_faulty_line(self, faulty):
        """A line that is faulty or another agency's is refused, and nothing of the set is taken up."""
        with pytest.raises(MisconfiguredError):
            read_defaults().with_overlay(OURS, [*self.LINES, faulty])


class TestDuties:
    @pytest.mark.parametrize("role", Role)
    def test_5_3_only_who_is_named_may_enter(self, role):
        """Out of the box each duty is done by the roles that its line names, and a record is entered by none."""
        rights = find(read_defaults(), role)
        held = {duty.administered for duty in read_duties() if role in duty.holders}
        assert {each for each in Administered if not rights.may_enter(each).is_denied} == held
        assert all(rights.may_enter(coordinate).is_denied for coordinate in read_coordinates().expand("*"))

    def test_all_records_are_not_the_keys_as_well(self):
        """Who may enter every record may not administer by it."""
        snapshot = read_defaults().with_overlay(OURS, [line("hr", "*", "enter"), line("hr", "*", "view")])
        rights = find(snapshot, "hr")
        assert rights.may_enter("Officer.rank").rows == {Rows.AGENCY}
        assert rights.may_enter(Administered.POLICY).reason is Reason.ROLE
        assert rights.permit(Administered.POLICY, Act.VIEW).is_denied

    @pytest.mark.parametrize("role", [Role.SUPPORT, Role.PARTNER, Role.PUBLIC_PORTAL])
    def test_5_3_some_never_administer(self, role):
        """No line lets support, a partner or the public administer, whatever role stands beside theirs."""
        snapshot = read_defaults().with_overlay(OURS, [line("chief", "administration", "enter")])
        assert not find(snapshot, "chief").may_enter(Administered.POLICY).is_denied
        assert find(snapshot, "chief", role).may_enter(Administered.POLICY).reason is Reason.CEILING

    def test_first_reason_is_told(self):
        """A closed gate is told before the role's own lack of a line."""
        defaults = read_defaults()
        ended = find(defaults, "agency_admin", subscription="CANCELLED")
        assert ended.may_enter(Administered.POLICY).reason is Reason.SUBSCRIPTION
        assert not ended.permit(Administered.POLICY, Act.VIEW).is_denied
        scoped = find(defaults, "agency_admin", scopes=["Officer.*"])
        assert scoped.may_enter(Administered.POLICY).reason is Reason.KEY_SCOPE
        assert find(defaults, "chief").may_enter("Officer.ssn").reason is Reason.ROLE

    def test_answer_names_its_lines(self):
        """A permission tells the line that gave it."""
        permission = find(read_defaults(), "agency_admin").may_enter(Administered.ROLES)
        assert permission.lines == ("p, agency_admin, *, AgencyRole, enter, agency, allow",)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (HEADING, "each of AgencyPolicy"),
            (HEADING + "Weather,-,chief,r\n", "Weather"),
            (HEADING + "ApiKey,-,cheif,r\n", "cheif"),
        ],
    )
    def test_malformed_file(self, text, words):
        """A file that misses a duty, or names what there is not, is refused with what is wrong."""
        with pytest.raises(MisconfiguredError, match=words):
            from_csv(text)


class TestDrafts:
    @pytest.mark.parametrize("ceiling", CEILINGS, ids=str)
    def test_4_1_every_ceiling_is_found(self, ceiling):
        """A grant to the very thing that a ceiling closes hits it, for the role and for roles made from it."""
        for sub in (ceiling.sub, "made"):
            (hit,) = list_ceiling_hits([line(sub, ceiling.obj, ceiling.act)], {"made": ceiling.sub})
            assert hit.ceiling == ceiling
        assert list_ceiling_hits([line(ceiling.sub, ceiling.obj, ceiling.act, eft="deny")], {}) == []

    @pytest.mark.parametrize("template", ["supervisor", "auditor", "public_portal", "agency_admin"])
    def test_4_1_copied_role_is_equal(self, template):
        """A role with the lines copied from another decides as that one does, in every cell."""
        snapshot = read_defaults().with_overlay(OURS, copy_lines(template, "made", OURS, ()))
        made, original = find(snapshot, "made"), find(snapshot, template)
        for one, other in zip(decide_all(made), decide_all(original), strict=True):
            assert (one.view, one.masked, one.aggregate) == (other.view, other.masked, other.aggregate)
        assert all(made.may_enter(each).is_denied == original.may_enter(each).is_denied for each in Administered)

    def test_4_1_effects_are_all_cells_that_differ(self):
        """The effective result names exactly the cells, role by role, in which two policies differ."""
        lines = [
            line("hr", "Officer", eft="deny"),
            line("legal", "Training.score", eft="deny"),
            line("hr", "Unit.name"),
        ]
        before, after = read_defaults(), read_defaults().with_overlay(OURS, lines)
        changes = list_cell_changes(before, after, OURS, lines)
        found = {(change.role, change.coordinate) for change in changes}
        own = {("hr", c) for c in read_coordinates().expand("Officer.*") if "V" in cell(before, "hr", c)}
        assert own | {("legal", "Training.score")} == found
        assert {change.after for change in changes if change.coordinate != "Officer"} == {"D"}

    def test_effects_have_rows_and_reach(self):
        """A cell tells the rows where they are not all, and a field whose rows are not reached shows nothing."""
        lines = [line("hr", "UofIncident.number"), line("auditor", "Officer.workPhone", rows="unit")]
        changes = list_cell_changes(read_defaults(), read_defaults().with_overlay(OURS, lines), OURS, lines)
        assert [tuple(change) for change in changes] == [("Officer.workPhone", "auditor", "D", "V:unit")]


def cell(snapshot, role, coordinate):
    decision = find(snapshot, role).decide(coordinate)
    return "V" if decision.view or decision.masked or decision.aggregate else "D"


class TestGrants:
    ALL, FORCE = "Officer.rank", "UofIncident.number"

    def _grant(self, fields, *, uof=False):
        return Grant(UUID(int=3), "T", uof, fields)

    def test_3_2_no_limit_only_by_the_widest(self):
        """Only a grant of everything with use of force leaves the role's own limits alone."""
        assert find_scopes([self._grant(None, uof=True)], None) is None
        assert self.FORCE not in find_scopes([self._grant(None)], None)

    def test_3_2_union_of_grants_within_the_key(self):
        """Grants add up field by field, and the key's own scopes hold beside them."""
        grants = [self._grant([self.ALL]), self._grant(["UofIncident.*"], uof=True), self._grant(["UofSubject.*"])]
        assert {self.ALL, self.FORCE, "Officer", "UofIncident"} <= find_scopes(grants, None)
        assert not any(name.startswith("UofSubject") for name in find_scopes(grants, None))
        assert find_scopes(grants, ["Officer.*"]) == {self.ALL, "Officer"}


def test_duties_are_in_the_shipped_policy():
    """Each duty's line in the file is a line of the policy."""
    for duty in read_duties():
        for act, roles in (("view", duty.viewers), ("enter", duty.holders)):
            for role in roles:
                assert PolicyLine(role, "*", duty.administered, act, "agency", "allow") in read_policy()
