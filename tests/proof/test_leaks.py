"""The proof can fail: each of these leaks, planted alone, is found."""

import pytest

from tests.proof.leaks import LEAKS

ROUNDS_MAX = 12
TRIALS = 40


@pytest.mark.parametrize("seed", sorted({seed for *_, seed in LEAKS.values()}))
def test_nothing_is_found_where_nothing_is_planted(room, seed):
    """What is found with a leak is found because of it."""
    assert room.run_round(seed, TRIALS, is_shrunk=False).description is None


@pytest.mark.parametrize("name", LEAKS)
def test_leak_is_found(room, monkeypatch, name):
    """Within a bounded number of trials of one seed."""
    _, plant, seed = LEAKS[name]
    plant(monkeypatch)
    rounds = (room.run_round(seed + number, TRIALS, is_shrunk=False) for number in range(ROUNDS_MAX))
    assert any(found.finding for found in rounds)
