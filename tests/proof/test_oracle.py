"""What the proof takes for known is what callers are shown, no more, no less: an oracle that is off proves nothing."""

from tests.proof.seeing import see, should_see


def test_callers_are_shown_what_the_lines_say(room, check_each):
    """Row by row and cell by cell, bare, masked or not at all."""

    def check(trial):
        for caller, _ in trial.askers:
            seen, _ = see(room, trial.world, trial.lines, caller)
            expected = should_see(room, trial.world, trial.lines, caller)
            assert seen == expected

    check_each(check, count=30)
