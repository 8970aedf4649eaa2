"""The proof can fail: each of these leaks, planted alone, is found."""

import pytest

from tests.proof.leaks import LEAKS, SEED

ROUNDS_MAX = 12


def count_trials(seed: int) -> int:
    """How many trials a round has: few at the seed of a rare leak, which is chosen for that."""
    return 40 if seed == SEED else 6


@pytest.mark.parametrize("seed", sorted({seed for *_, seed in LEAKS.values()}))
def test_nothing_is_found_where_nothing_is_planted(room, seed):
    """What is found with a leak is found because of it."""
    assert room.run_round(seed, count_trials(seed), is_shrunk=False).description is None


@pytest.mark.parametrize("name", LEAKS)
def test_leak_is_found(room, monkeypatch, name):
    """Within a bounded number of trials of one seed."""
    _, plant, seed = LEAKS[name]
    plant(monkeypatch)
    rounds = (room.run_round(seed + number, count_trials(seed), is_shrunk=False) for number in range(ROUNDS_MAX))
    assert any(found.finding for found in rounds)
