"""The proof as a whole: rounds of trials, over as many processes as are given, until so many pairs were compared."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any, TypeVar

from louver.authz import shipped
from louver.authz.lines import PolicyLine
from louver.logging import configure_logging
from louver.proof.drawing import check_trial
from louver.proof.examining import Workshop, examine
from louver.proof.findings import Finding
from louver.proof.service import Forgetting
from louver.proof.stores import MemoryStore, Store
from louver.proof.surfaces import COVERED_AT, Surface, Tally
from louver.proof.trials import Setting, Trial
from louver.schema.roots import build_schema

Result = TypeVar("Result")
TRIALS_A_ROUND, TRIALS_MAX = 25, 1_000
_ROUNDS = 2**20
"""Rounds that a seed has room for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is to be proved, and of which policy."""

    pairs: int
    seed: int
    jobs: int = 1
    own_lines: tuple[PolicyLine, ...] | None = None
    """One agency's own lines; None to draw some for each trial."""


@dataclass(slots=True)
class Outcome:
    """What came of it."""

    wanted: Wanted
    tally: Tally = field(default_factory=Tally)
    rounds: int = 0
    seconds: float = 0.0
    finding: dict[str, Any] | None = None
    description: str | None = None
    """The finding in words."""

    @property
    def uncovered(self) -> list[Surface]:
        """Surfaces that were tried too seldom to count."""
        return self.tally.list_uncovered()

    def as_dict(self) -> dict[str, Any]:
        """Render for JSON."""
        return {
            "pairs": self.tally.pairs,
            "unanswered": self.tally.unanswered,
            "differences": int(self.finding is not None),
            "seed": self.wanted.seed,
            "rounds": self.rounds,
            "jobs": self.wanted.jobs,
            "seconds": round(self.seconds, 1),
            "pairsPerMinute": round(60 * self.tally.pairs / self.seconds) if self.seconds else None,
            "coveredAt": COVERED_AT,
            "surfaces": {surface.value: self.tally.hits[surface] for surface in Surface},
            "notCovered": [surface.value for surface in self.uncovered],
            "finding": self.finding,
        }


def prove(wanted: Wanted, tell: Callable[[int], None] = lambda _: None) -> Outcome:
    """Compare pairs of answers until there are enough, or until two differ. `tell` hears how many there are."""
    outcome, started = Outcome(wanted), time.monotonic()
    context = get_context("spawn")
    with ProcessPoolExecutor(wanted.jobs, context, _open_room, (wanted.own_lines,)) as pool:
        waiting: set[Future[Round]] = set()
        begun = 0
        while outcome.finding is None and outcome.tally.pairs < wanted.pairs:
            while len(waiting) < wanted.jobs:
                waiting.add(pool.submit(_run_round, wanted.seed * _ROUNDS + begun))
                begun += 1
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                _add(outcome, future.result())
            tell(outcome.tally.pairs)
        for future in waiting:
            future.cancel()
    outcome.seconds = time.monotonic() - started
    return outcome


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round. Plain data, because it travels between processes."""

    tally: Tally
    finding: dict[str, Any] | None
    description: str | None


def _add(outcome: Outcome, done: Round) -> None:
    outcome.rounds += 1
    outcome.tally.add(done.tally)
    outcome.finding = outcome.finding or done.finding
    outcome.description = outcome.description or done.description


class Room:
    """Where one process examines trials: everything that is built once."""

    def __init__(self, own_lines: Sequence[PolicyLine] | None = None, store: Store | None = None) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        log = self.run(Forgetting.open_log(self._stack))
        defaults, schema = shipped.read_policy(), build_schema()
        self.workshop = Workshop(schema, store or MemoryStore(), log, defaults)
        self.setting = Setting(schema.catalogue, defaults, None if own_lines is None else tuple(own_lines))

    def run(self, examination: Coroutine[Any, Any, Result]) -> Result:
        """Wait for something that runs in the room."""
        return self._runner.run(examination)

    def run_round(self, seed: int, count: int = TRIALS_A_ROUND, *, is_shrunk: bool = True) -> Round:
        """Examine some trials; the counts are of what was compared before the first finding."""
        tally, found = Tally(), list[Finding]()

        def check(trial: Trial) -> None:
            try:
                told = self.run(examine(self.workshop, trial))
            except Finding as finding:
                found.append(finding)
                raise
            if not found:  # else the same trial comes again and again, smaller each time
                tally.add(told)

        with contextlib.suppress(Finding):
            for number in range(count):
                check_trial(self.setting, check, number=seed * TRIALS_MAX + number, is_shrunk=is_shrunk)
        if not found:
            return Round(tally, None, None)
        return Round(tally, found[-1].as_dict(), str(found[-1]))

    def close(self) -> None:
        """Let go of all of it."""
        self.run(self._stack.aclose())
        self._runner.close()


_rooms: list[Room] = []


def _open_room(own_lines: Sequence[PolicyLine] | None) -> None:
    configure_logging("CRITICAL")
    _rooms.append(Room(own_lines))


def _run_round(seed: int) -> Round:
    return _rooms[0].run_round(seed)
