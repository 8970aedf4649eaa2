"""One room for all: the schema takes long to build."""

import pytest

from louver.logging import configure_logging
from louver.proof.drawing import check_trial
from louver.proof.proving import Room
from tests.server import logging_restored

SEED = 40_000_000


@pytest.fixture(scope="session")
def room():
    """Where trials are examined."""
    with logging_restored():
        configure_logging("CRITICAL")
        room = Room()
        yield room
        room.close()


@pytest.fixture
def check_each(room):
    """Check so many trials, the same ones each time; what fails comes out as small as it can be."""

    def check_all(check, count):
        checked = []

        def counted(trial):
            checked.append(trial.seed)
            check(trial)

        for number in range(count):
            check_trial(room.setting, counted, number=SEED + number)
        assert len(set(checked)) >= count // 2

    return check_all
