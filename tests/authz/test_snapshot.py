"""What a snapshot refuses to be built from, what a decision costs, and that nothing is logged."""

import logging
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from casbin.effect import get_effector

from louver.authz import Act, Snapshot
from louver.authz.agency_policy import expand_lines
from louver.authz.enforcer import Enforcer
from louver.authz.lines import PolicyLine
from louver.authz.policy import CEILINGS
from louver.authz.sentinels import ALLOWED, FORBIDDEN, require_sentinels
from louver.authz.shipped import read_coordinates, read_policy
from louver.errors import MisconfiguredError

NAME = "Officer.firstName"


def build_enforcer():
    return Enforcer(expand_lines(read_policy(), read_coordinates()))


class TestRefusals:
    """What is not a policy."""

    @pytest.mark.parametrize("lines", [(), CEILINGS])
    def test_empty_policy(self, lines):
        """A policy that grants nothing is a mistake, not a policy."""
        with pytest.raises(MisconfiguredError):
            Snapshot.build(lines)

    @pytest.mark.parametrize("ceiling", CEILINGS, ids=str)
    def test_missing_ceiling(self, ceiling):
        """A policy without one of the ceilings is refused."""
        with pytest.raises(MisconfiguredError, match="ceiling is missing"):
            Snapshot.build(line for line in read_policy() if line != ceiling)

    def test_switched_off(self):
        """An enforcer that was switched off, and so allows everything, is noticed."""
        enforcer = build_enforcer()
        enforcer._casbin.enable_enforce(False)
        with pytest.raises(MisconfiguredError, match="allows"):
            require_sentinels(enforcer, FORBIDDEN)

    def test_deny_only_effect(self):
        """An effect that allows whatever nobody forbids is noticed."""
        enforcer = build_enforcer()
        enforcer._casbin.set_effector(get_effector("!some(where (p_eft == deny))"))
        with pytest.raises(MisconfiguredError, match="allows"):
            require_sentinels(enforcer, FORBIDDEN)

    def test_shipped_policy_passes(self):
        """The sentinels hold for the policy that ships."""
        require_sentinels(build_enforcer(), (*ALLOWED, *FORBIDDEN))

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"eft": "deny", "rows": "unit"}, "a deny holds on all rows"),
            ({"obj": "Officer.ssn"}, "nothing is called 'Officer.ssn'"),
            ({"act": "peek"}, "'peek' is not one of"),
            ({"rows": "world"}, "'world' is not one of"),
            ({"eft": "maybe"}, "'maybe' is not one of"),
            ({"sub": " "}, "empty"),
            ({"dom": "*"}, "names its agency"),
            ({"sub": "partner"}, "grants nothing"),
        ],
    )
    def test_faulty_overlay_line(self, line, change, words):
        """A faulty line is refused with what is wrong, not loaded as something else."""
        with pytest.raises(MisconfiguredError, match=words):
            Snapshot.load([line("chief", NAME)._replace(**change)])

    def test_default_line_of_one_agency(self, line):
        """The shipped policy speaks of every agency, never of one."""
        with pytest.raises(MisconfiguredError, match="holds everywhere"):
            Snapshot.build([*read_policy(), line("hr", NAME)])


class TestOverlay:
    """What an agency's own lines can and cannot do."""

    def test_grants_and_makes_roles(self, rights_of, line):
        """An agency grants a role of its own what it likes."""
        snapshot = Snapshot.load([line("shift_lead", "Officer", rows="unit"), line("shift_lead", NAME, rows="unit")])
        decision = rights_of(snapshot, "shift_lead").decide(NAME)
        assert (decision.view, len(decision.lines)) == ({"unit"}, 1)

    def test_narrows(self, rights_of, line):
        """An agency's deny leaves the mask standing if it only denies the value."""
        snapshot = Snapshot.load(
            [line("auditor", NAME), line("auditor", "Officer.badgeNumber", "view_masked", eft="deny")]
        )
        rights = rights_of(snapshot, "auditor")
        assert rights.decide(NAME).view == {"agency"}
        assert rights.decide("Officer.badgeNumber").is_denied

    @pytest.mark.parametrize(("role", "act"), [("partner", "enter"), ("support", "enter"), ("support", "export")])
    def test_lifts_no_ceiling(self, line, agency_id, role, act):
        """A grant to the role beside a ceiling does not reach above it."""
        granted = Snapshot.load([line(sub, "*", act) for sub in ("chief", "agency_admin", "support")])
        policy = granted._get_policy(agency_id.hex)
        assert policy.allows(frozenset({"chief"}), NAME, Act(act), "agency")
        assert not policy.allows(frozenset({"chief", role}), NAME, Act(act), "agency")


class TestCost:
    """What a decision looks at."""

    def test_only_lines_about_the_question_are_visited(self):
        """Casbin looks at the lines of the coordinate and verb, however long the policy is."""
        enforcer = build_enforcer()
        enforcer.allows(frozenset({"nobody"}), "*", NAME, Act.VIEW, "agency")
        assert enforcer.lines_visited == len(enforcer.list_rules(NAME, Act.VIEW)) > 0

    def test_foreign_lines_are_not_visited(self, line):
        """With 10,000 lines of 1,000 agencies a decision looks at the lines of its own agency and the defaults only."""
        agencies = [UUID(int=number) for number in range(1, 1001)]
        roles = ("chief", "auditor", "hr", "legal", "officer", "supervisor", "shift_lead", "clerk", "guest", "intern")
        lines = [line(role, "Officer.workPhone", agency_id=each) for each in agencies for role in roles]
        crowded, alone = Snapshot.load(lines), Snapshot.load(lines[:10])
        assert _count_visits(crowded, agencies[0]) == _count_visits(alone, agencies[0]) > 0
        assert _count_visits(crowded, UUID(int=5000)) == _count_visits(Snapshot.load(), UUID(int=5000))

    def test_a_decision_is_made_once(self):
        """Asking again, from another agency too, asks Casbin nothing."""
        snapshot = Snapshot.load()
        first = _count_visits(snapshot, UUID(int=1))
        assert first > 0 == _count_visits(snapshot, UUID(int=2))

    def test_unknown_names_are_not_kept(self, snapshot, rights_of):
        """A caller who makes up names fills no memory."""
        rights = rights_of(snapshot, "chief")
        before = len(rights._decisions)
        for number in range(100):
            rights.decide(f"Officer.made{number}")
        assert len(rights._decisions) == before

    def test_threads_do_not_see_each_others_lines(self):
        """Decisions made on many threads at once are those made one by one."""
        snapshot = Snapshot.load()
        policy = snapshot._get_policy("*")
        questions = [
            (frozenset({role}), c) for role in ("hr", "chief", "auditor") for c in sorted(snapshot.coordinates)
        ]
        expected = [policy.allows(*question, Act.VIEW, "agency") for question in questions]
        with ThreadPoolExecutor(8) as pool:
            futures = [pool.submit(policy.allows, *question, Act.VIEW, "agency") for question in questions * 3]
        assert [future.result() for future in futures] == expected * 3


class TestSilence:
    """The policy engine's log."""

    def test_neither_load_nor_deny_is_logged(self, caplog, rights_of, line):
        """Casbin would log each deny with its subject, and the policy at load, even where everything is logged."""
        logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
        with caplog.at_level(logging.DEBUG):
            snapshot = Snapshot.load([line("chief", NAME, eft="deny")])
            for role in ("chief", "hr", "public_portal"):
                for coordinate in snapshot.coordinates:
                    rights_of(snapshot, role).decide(coordinate)
        assert caplog.records == []


class TestVersion:
    """The names of policy versions."""

    def test_follows_content(self, line):
        """The same lines in another order are the same policy; other lines are another."""
        lines = [line("chief", NAME, eft="deny"), line("hr", NAME, eft="deny")]
        versions = [Snapshot.load(each).version for each in (lines, lines[::-1], lines[:1], ())]
        assert versions[0] == versions[1]
        assert len(set(versions)) == 3


def _count_visits(snapshot, agency_id):
    before = snapshot.lines_visited
    rights = snapshot.rights(agency_id, ["chief"], modules=["UOF"], subscription="ACTIVE")
    for coordinate in snapshot.coordinates:
        rights.decide(coordinate)
    return snapshot.lines_visited - before


def test_lines_name_their_place():
    """A line reads as it stands in the policy file."""
    assert str(PolicyLine("hr", "*", NAME, "view", "agency", "allow")) == f"p, hr, *, {NAME}, view, agency, allow"
