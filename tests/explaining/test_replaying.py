"""Replaying: what a draft would have done to operations, from their coordinates alone."""

from datetime import UTC, datetime

import pytest

from louver.authz.changes import Change
from louver.authz.preview import CallerFacts, Recorded, Verdict
from louver.authz.replaying import Replay
from tests.explaining.conftest import make_deny, make_line

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LIST, NUMBERS = "Query.officers", "Query.officersAggregate"


def recorded(role, *coordinates, denied=(), times=1, key="K1", document="d" * 64):
    """Operations of one document and key."""
    asked = frozenset(coordinates) | frozenset(denied)
    return Recorded(frozenset({role}), key, document, "Roster", asked, frozenset(denied), times, NOW)


@pytest.fixture
def replay(facts, needs):
    """Replay operations under the agency's policy and under a draft."""

    def run(operations, draft, *, current=(), callers=None, **given):
        before = facts(*current, **given)
        return Replay(before, before.under(draft), needs, callers).run(operations)

    return run


@pytest.mark.parametrize(
    ("role", "coordinate", "current", "draft", "change"),
    [
        ("chief", "Officer.workPhone", (), [make_deny("chief", "officer_contact")], Change.NEWLY_DENIED),
        ("auditor", "Officer.workPhone", (), [make_line("auditor", "officer_contact")], Change.NEWLY_VISIBLE),
        ("auditor", "Officer.badgeNumber", (), [make_line("auditor", "officer_badge")], Change.UNMASKED),
        (
            "chief",
            "Officer.badgeNumber",
            (),
            [make_deny("chief", "officer_badge"), make_line("chief", "officer_badge", "view_masked")],
            Change.NEWLY_MASKED,
        ),
        ("hr", "Training.score", (), [make_line("hr", "Training.score", "view_aggregate")], Change.NEWLY_COUNTED),
        ("supervisor", "Officer.rank", (), [make_line("supervisor", "Officer")], Change.MORE_ROWS),
        (
            "hr",
            "Training.score",
            [make_line("hr", "Training.score")],
            [make_line("hr", "Training.score", rows="unit")],
            Change.FEWER_ROWS,
        ),
        (
            "hr",
            "Training.score",
            [make_line("hr", "Training.score", rows="own")],
            [make_line("hr", "Training.score", rows="unit")],
            Change.OTHER_ROWS,
        ),
        ("chief", "Training.hoursEarned", (), [make_deny("chief", "Training.status")], Change.NEWLY_DENIED),
        ("chief", "Officer.trainings", (), [make_deny("chief", "Training")], Change.NEWLY_DENIED),
        ("chief", "UofInvolvement.officer", (), [make_deny("chief", "Officer")], Change.NEWLY_DENIED),
        ("chief", "Officer.rank", (), [make_deny("hr", "Officer.rank")], None),
        ("chief", "Query.viewer", (), [make_deny("chief", "*")], None),
    ],
)
def test_change_of_a_field(replay, role, coordinate, current, draft, change):
    """Each way in which a field can change is told by its name; derived fields and relations follow what they need."""
    found = replay([recorded(role, LIST, coordinate)], draft, current=current)
    assert {each.coordinate: each.change for each in found.fields}.get(coordinate) == change


class TestVerdict:
    def test_an_operation_whose_root_closes_breaks(self, replay):
        """Nothing of it would be answered."""
        found = replay([recorded("chief", LIST, "Officer.rank", times=7)], [make_deny("chief", "Officer")])
        assert (found.times, found.operations[0].verdict) == ({Verdict.BREAKS: 7}, Verdict.BREAKS)

    def test_one_root_of_two_does_not_break_it(self, replay):
        """The other root is still answered."""
        found = replay([recorded("chief", LIST, "Query.courses")], [make_deny("chief", "Officer")])
        assert found.times == {Verdict.LOSES: 1}

    @pytest.mark.parametrize(("mode", "verdict"), [("errors", "LOSES"), ("reject", "BREAKS"), ("hide", "BREAKS")])
    def test_a_key_that_wants_all_or_nothing_breaks_by_one_field(self, replay, mode, verdict):
        """In modes reject and hide, one denied field refuses the whole operation."""
        callers = {"K1": CallerFacts(denied_mode=mode)}
        operations = [recorded("chief", LIST, "Officer.rank", "Officer.workPhone")]
        found = replay(operations, [make_deny("chief", "Officer.workPhone")], callers=callers)
        assert found.times == {verdict: 1}

    def test_what_was_refused_before_gains_when_all_of_it_opens(self, replay):
        """A key in mode reject gains only when every field that was denied is shown."""
        callers = {"K1": CallerFacts(denied_mode="reject")}
        denied = ["Officer.workPhone", "Officer.workEmail"]
        operations = [recorded("auditor", LIST, denied=denied)]
        lines = [make_line("auditor", name) for name in denied]
        assert replay(operations, lines[:1], callers=callers).times == {Verdict.UNCHANGED: 1}
        assert replay(operations, lines, callers=callers).times == {Verdict.GAINS: 1}

    def test_numbers_do_not_change_while_they_may_be_counted(self, replay):
        """Of an operation that only counts, it does not matter that rows are not listed any more."""
        counting, listing = recorded("hr", NUMBERS, "Officer.sex"), recorded("hr", LIST, "Officer.sex")
        draft = [make_deny("hr", "Officer.sex"), make_line("hr", "Officer.sex", "view_aggregate")]
        assert replay([counting], draft).times == {Verdict.UNCHANGED: 1}
        assert replay([listing], draft).times == {Verdict.LOSES: 1}

    def test_numbers_by_what_is_denied_break(self, replay):
        """Where rows are only counted, a field that cannot be summed is grouped or filtered by, and so refused."""
        root, draft = "Query.trainingsAggregate", [make_deny("chief", "record_core")]
        assert replay([recorded("chief", root, "Training.status")], draft).times == {Verdict.BREAKS: 1}
        assert replay([recorded("chief", root, "Training.hours")], draft).times == {Verdict.LOSES: 1}

    def test_numbers_break_when_nothing_may_be_counted(self, replay):
        """A root for numbers closes with the right to count its type."""
        found = replay(
            [recorded("hr", NUMBERS)], [make_deny("hr", "Officer"), make_deny("hr", "Officer", "view_aggregate")]
        )
        assert found.times == {Verdict.BREAKS: 1}

    def test_a_keys_scopes_are_not_widened(self, replay):
        """What a key was not issued for does not become visible by a policy."""
        operations = [recorded("auditor", LIST, denied=["Officer.workPhone"])]
        draft = [make_line("auditor", "officer_contact")]
        callers = {"K1": CallerFacts(scopes=frozenset({"Officer.rank"}))}
        assert replay(operations, draft, callers=callers).times == {Verdict.UNCHANGED: 1}
        assert replay(operations, draft).times == {Verdict.GAINS: 1}

    def test_what_the_agency_does_not_subscribe_to_stays_closed(self, replay):
        """A line about a module that the agency has not does nothing."""
        operations = [recorded("hr", "Query.uofIncidents", denied=["Query.uofIncidents"])]
        draft = [make_line("hr", "UofIncident"), make_line("hr", "UofIncident.number")]
        assert replay(operations, draft, modules=()).times == {Verdict.UNCHANGED: 1}
        assert replay(operations, draft).times == {Verdict.GAINS: 1}


def test_counts_and_order(replay):
    """Operations count as often as they were recorded; what is most asked for, and what breaks, comes first."""
    operations = [
        recorded("chief", LIST, "Officer.rank", times=5),
        recorded("chief", LIST, "Officer.workPhone", times=3, key="K2"),
        recorded("chief", LIST, "Officer.workPhone", "Officer.workEmail", times=2, key="K3", document="e" * 64),
        recorded("hr", "Query.courses", times=9),
    ]
    found = replay(operations, [make_deny("chief", "officer_contact"), make_deny("hr", "Course")])
    assert found.times == {Verdict.UNCHANGED: 5, Verdict.LOSES: 5, Verdict.BREAKS: 9}
    fields = [(each.coordinate, each.times, each.keys) for each in found.fields]
    assert fields == [
        ("Query.courses", 9, {"K1"}),
        ("Officer.workPhone", 5, {"K2", "K3"}),
        ("Officer.workEmail", 2, {"K3"}),
    ]
    assert [(each.verdict, each.recorded.times) for each in found.operations] == [
        (Verdict.BREAKS, 9),
        (Verdict.LOSES, 3),
        (Verdict.LOSES, 2),
    ]


def test_an_unchanged_policy_changes_nothing(replay, needs):
    """The policy in force, replayed against itself, leaves every operation of every role as it was."""
    operations = [
        recorded(role, *needs) for role in ("agency_admin", "chief", "supervisor", "officer", "public_portal")
    ]
    current = [make_deny("chief", "officer_contact"), make_line("auditor", "officer_badge")]
    found = replay(operations, current, current=current)
    assert (found.times, found.fields, found.operations, found.cells) == ({Verdict.UNCHANGED: 5}, [], [], [])


def test_cells_are_told_whether_or_not_anybody_asked(replay):
    """The effective cells that change stand beside what was asked for."""
    found = replay([], [make_deny("chief", "Officer.workPhone")])
    assert [tuple(cell) for cell in found.cells] == [("Officer.workPhone", "chief", "V", "D")]
