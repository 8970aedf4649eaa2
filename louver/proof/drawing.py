"""Trials as Hypothesis draws them: what fails is then made as small as it can be.

Hypothesis comes with the extra `proof`; nothing that serves needs it.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from louver.proof.trials import Setting, Trial

Check = Callable[[Trial], None]


class DrawnDice:
    """Choices by Hypothesis."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        """See Dice."""
        drawn: int = self._draw(_numbers(low, high))
        return drawn


@cache
def _numbers(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


@st.composite
def draw_trials(draw: Callable[[Any], Any], setting: Setting) -> Trial:
    """Draw trials under a setting."""
    return setting.draw_trial(DrawnDice(draw))


def check_trial(setting: Setting, check: Check, *, number: int, is_shrunk: bool = True) -> None:
    """Check the trial that a number stands for.

    Each is a run of its own: within one run most examples are variations of earlier ones, which would find less.

    Raises:
        Finding: what `check` raised, of the smallest trial for which it does.
    """

    @settings(
        max_examples=2,
        phases=(Phase.generate, Phase.shrink) if is_shrunk else (Phase.generate,),
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @seed(number)
    @given(draw_trials(setting))
    def run(trial: Trial) -> None:
        if trial.seed:  # else it is the simplest, with which every run begins
            check(trial)

    run()
