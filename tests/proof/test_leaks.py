"""The proof can fail: each of these leaks, planted alone, is found."""

import pytest

from tests.proof.leaks import LEAKS

ROUNDS_MAX = 12
TRIALS = 40


@pytest.mark.parametrize("name", LEAKS)
def test_leak_is_found(room, monkeypatch, name):
    """Within a bounded number of trials of one seed."""
    _, plant, seed = LEAKS[name]
    plant(monkeypatch)
    rounds = (room.run_round(seed + number, TRIALS, is_shrunk=False) for number in range(ROUNDS_MAX))
    assert any(found.finding for found in rounds)
