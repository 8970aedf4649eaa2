"""`louver policy prove`: show on generated data that no answer depends on what its caller may not know."""

import asyncio
import importlib
import json
import os
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from louver.authz.lines import PolicyLine
from louver.cli.agency_policy import read_agency
from louver.cli.progress import showing_progress
from louver.errors import MisconfiguredError

if TYPE_CHECKING:
    from louver.proof.proving import Outcome

_SEEDS = 2**31


@click.command("prove")
@click.option("--pairs", default=10_000, show_default=True, help="How many pairs of answers to compare.")
@click.option("--seed", type=int, help="Draw the same trials again; another number draws others.")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="Processes to share the work.")
@click.option("--agency", help="Prove the policy of this agency, on generated data, instead of generated policies.")
@click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
def prove_policy(*, pairs: int, seed: int | None, jobs: int, agency: str | None, is_json: bool) -> None:
    """Change what callers may not know, and hold their answers against each other, byte by byte.

    Ends with 1 if two differ; it then says who asked what, and which hidden value or row it was.
    """
    own_lines = asyncio.run(read_agency(agency)).lines if agency else None
    outcome = _prove(pairs, secrets.randbelow(_SEEDS) if seed is None else seed, jobs, own_lines)
    if is_json:
        click.echo(json.dumps(outcome.as_dict(), indent=2, default=str))
    else:
        _show(outcome)
    if outcome.finding is not None:
        raise SystemExit(1)


def _prove(pairs: int, seed: int, jobs: int, own_lines: Sequence[PolicyLine] | None) -> "Outcome":
    try:
        proving: Any = importlib.import_module("louver.proof.proving")
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise MisconfiguredError(
            "proofs are drawn by Hypothesis, which is not installed", hint="pip install 'louver[proof]'"
        ) from error
    lines = None if own_lines is None else tuple(own_lines)
    wanted = proving.Wanted(pairs=pairs, seed=seed, jobs=max(1, jobs), own_lines=lines)
    with showing_progress() as advance:
        outcome: Outcome = proving.prove(wanted, lambda done: advance("pairs compared", min(done, pairs), pairs))
    return outcome


def _show(outcome: "Outcome") -> None:
    facts = outcome.as_dict()
    console = Console(highlight=False, markup=False, soft_wrap=True)
    table = Table("surface", "pairs", "", box=None, padding=(0, 2, 0, 0))
    for surface, count in facts["surfaces"].items():
        table.add_row(surface, f"{count:,}", "not covered" if surface in facts["notCovered"] else "")
    console.print(table)
    if outcome.description:
        console.print(f"\n{outcome.description}\n")
    found = "a difference" if outcome.finding else "no difference"
    console.print(
        f"{facts['pairs']:,} pairs, {found}; seed {facts['seed']}, {facts['seconds']:.0f} s, "
        f"{facts['pairsPerMinute'] or 0:,} pairs a minute in {facts['jobs']} processes."
    )
    if facts["notCovered"]:
        console.print(
            f"Tried fewer than {facts['coveredAt']:,} times, so not covered: {len(facts['notCovered'])} surfaces."
        )
