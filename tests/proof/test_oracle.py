"""What the proof takes for known is what callers are shown, no more, no less: an oracle that is off proves nothing."""

from tests.proof.seeing import see, should_see


def test_callers_are_shown_what_the_lines_say(room, check_each):
    """Row by row and cell by cell, bare, masked or not at all."""

    def check(trial):
        for caller, _ in trial.askers:
            seen, _ = see(room, trial.world, trial.lines, caller)
            expected = should_see(room, trial.world, trial.lines, caller)
            for name, rows in seen.items():
                assert set(rows) == set(expected[name])
                for row_id, node in rows.items():
                    assert node == _as_careful(expected[name][row_id], node)

    check_each(check, count=30)


def _as_careful(expected, node):
    """Of scopes that only overlap Louver takes neither, so a derived field may show less than each of its inputs."""
    return {**expected, "hoursEarned": None} if node.get("hoursEarned", ...) is None else expected
