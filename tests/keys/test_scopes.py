"""Scopes with verbs: a part of what the role may, never more; and the scopes that a right-sizer would do with."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from louver.authz import Act, Reason, Role
from louver.authz.key_scopes import KeyScope
from louver.authz.overlays import read_defaults
from louver.authz.right_sizing import fit
from louver.authz.shipped import read_coordinates

AGENCY = UUID(int=1)
NAMES = sorted({"*", "Officer.*", "Training.*", "UofIncident", "Officer.rank", "Officer.lastName", "officer_title"})
TOUCHED = sorted(read_coordinates().expand("Officer.*") | read_coordinates().expand("UofIncident.*"))
READ = ["Officer.rank", "Officer.lastName", "Officer", "UofIncident"]


def draw_scopes(acts):
    return st.lists(
        st.builds(KeyScope, st.sampled_from(NAMES), st.frozensets(st.sampled_from(acts))).map(str), max_size=4
    )


SCOPES = draw_scopes(list(Act))
FITTING = draw_scopes([act for act in Act if act is not Act.VIEW_MASKED]).filter(bool)
"""Without masks: that a row is reached for a mask alone, and no field of it was read, is what no scope says."""


def find(role, scopes=None):
    roles = {role, Role.PARTNER}
    return read_defaults().rights(AGENCY, roles, scopes=scopes, modules=["UOF"], subscription="ACTIVE")


class TestVerbs:
    @settings(deadline=None, max_examples=60)
    @given(st.sampled_from(["chief", "auditor", "supervisor", "post_auditor", "public_portal"]), SCOPES)
    def test_4_2_never_more_than_the_role(self, role, scopes):
        """Whatever a key's scopes are, it sees, counts and does on no row what its role does not."""
        whole, part = find(role), find(role, scopes)
        for coordinate in TOUCHED:
            ours, theirs = part.decide(coordinate), whole.decide(coordinate)
            assert ours.view <= theirs.view
            assert ours.masked <= theirs.masked | theirs.view
            assert ours.aggregate <= theirs.aggregate
            assert ours.is_denied == (ours.reason is not None)
            for act in (Act.ENTER, Act.EXPORT):
                assert part.permit(coordinate, act).rows <= whole.permit(coordinate, act).rows

    @pytest.mark.parametrize("verbs", ["view_aggregate", "view_masked", "export", "enter"])
    def test_view_is_a_verb(self, verbs):
        """Without the verb to view no value is shown, whatever else may be done."""
        decision = find("chief", [f"Officer.rank:{verbs}"]).decide("Officer.rank")
        assert not decision.view
        assert bool(decision.masked) == (verbs == "view_masked")
        assert bool(decision.aggregate) == (verbs == "view_aggregate")
        assert decision.reason is (None if decision.masked else Reason.KEY_SCOPE)

    def test_add_up(self):
        """Two scopes of one name add their verbs; one without verbs has them all."""
        rights = find("chief", ["Officer.rank:view_aggregate", "Officer.rank:view"])
        assert rights.decide("Officer.rank") == find("chief", ["Officer.rank"]).decide("Officer.rank")

    def test_row_of_a_counted_field(self):
        """Of the type of a field that may only be counted, the rows are counted and not listed."""
        rows = find("chief", ["Officer.rank:view_aggregate"]).decide("Officer")
        assert (bool(rows.view), bool(rows.aggregate)) == (False, True)

    @pytest.mark.parametrize("scope", ["Officer.rank:peek", "Officer.rank:", "Officer.shoeSize:view", ":view", ""])
    def test_what_is_no_scope_opens_nothing(self, scope):
        """A scope in the store that names nothing, or ends in no verb, opens nothing."""
        rights = find("chief", [scope])
        assert not [coordinate for coordinate in TOUCHED if not rights.decide(coordinate).is_denied]

    @given(SCOPES, SCOPES)
    def test_wider(self, scopes, others):
        """Scopes are wider than others exactly if all that the others open, with their verbs, is open in them."""
        ours = find("chief", scopes)
        opened = read_coordinates().expand_scopes(others)
        closed = read_coordinates().list_closed(others)
        mine = read_coordinates().expand_scopes(scopes), read_coordinates().list_closed(scopes)
        wanted = {(each, act) for each in opened for act in Act} - closed
        had = {(each, act) for each in mine[0] for act in Act} - mine[1]
        assert ours.is_wider(others) == (wanted <= had)
        assert find("chief").is_wider(others)
        assert not ours.is_wider(None)


class TestFit:
    @settings(deadline=None, max_examples=60)
    @given(FITTING, st.sets(st.sampled_from(READ)))
    def test_enough_and_no_more(self, scopes, read):
        """With the suggested scopes everything that was read is decided as before, and nothing else is opened."""
        rights = find("chief", scopes)
        seen = {each for each in read if not rights.decide(each).is_denied or rights.decide(each).aggregate}
        fitted = fit(rights, scopes, seen)
        narrow = find("chief", fitted.scopes)
        for coordinate in seen:
            assert narrow.decide(coordinate) == rights.decide(coordinate)
        assert rights.is_wider(fitted.scopes)
        left = [each for each in fitted.unread if not narrow.decide(each).is_denied or narrow.decide(each).aggregate]
        assert left == []
