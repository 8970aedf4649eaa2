"""`louver policy`: build, read and explain the access policy."""

import asyncio
import json
from collections.abc import Collection
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from louver.authz import shipped
from louver.authz.decisions import Decision
from louver.authz.page import render_page
from louver.authz.policy import as_csv, build_policy
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import ROLE_COLUMNS, Role
from louver.cli.agency_policy import DEFAULTS, read_agency
from louver.errors import InvalidInputError

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")


@click.group()
def policy() -> None:
    """Build, read and explain the access policy."""


@policy.command()
@click.option("--check", "is_check", is_flag=True, help="Write nothing; exit with 1 if the file is not current.")
@_JSON
def build(*, is_check: bool, is_json: bool) -> None:
    """Derive policy.csv from matrix.csv and reach.csv."""
    lines = build_policy(shipped.read_matrix(), shipped.read_reach())
    text, path = as_csv(lines), shipped.POLICY_PATH
    was_current = path.is_file() and path.read_text(encoding="utf-8") == text
    if not (is_check or was_current):
        path.write_text(text, encoding="utf-8")
    state = "is current" if was_current else "is not current" if is_check else "written"
    facts = {"path": str(path), "lines": len(lines), "state": state}
    click.echo(json.dumps(facts) if is_json else f"{path}: {len(lines)} lines, {state}")
    if is_check and not was_current:
        raise SystemExit(1)


@policy.command()
@click.option("--csv", "form", flag_value="csv", help="As CSV, the source file itself.")
@click.option("--markdown", "form", flag_value="markdown", help="As the page docs/access-matrix.md.")
@click.option("--json", "form", flag_value="json", help="As JSON.")
def matrix(form: str | None) -> None:
    """Show who sees what: role by role, field group by field group."""
    if form == "csv":
        click.echo(shipped.MATRIX_PATH.read_text(encoding="utf-8"), nl=False)
    elif form == "markdown":
        click.echo(render_page(shipped.read_matrix(), shipped.read_reach()), nl=False)
    elif form == "json":
        click.echo(json.dumps(_list_groups(), indent=2))
    else:
        Console().print(_render_matrix())


@policy.command()
@click.option("--role", "roles", multiple=True, required=True, help="A role; repeat it for a role set.")
@click.option("--coordinate", required=True, help="Type.field, or Type for its rows.")
@click.option("--agency", help="An agency's id: its own lines, modules and subscription count too.")
@_JSON
def explain(*, roles: tuple[str, ...], coordinate: str, agency: str | None, is_json: bool) -> None:
    """Say what a role sees of a field, on which rows, and which lines decide."""
    facts = asyncio.run(read_agency(agency)) if agency else DEFAULTS
    snapshot = Snapshot.load(facts.lines)
    _require_known(snapshot, {*Role, *(line.sub for line in facts.lines)}, roles, coordinate)
    rights = snapshot.rights(facts.agency_id, roles, modules=facts.modules, subscription=facts.subscription)
    decision = rights.decide(coordinate)
    click.echo(json.dumps(decision.as_dict(), indent=2) if is_json else _render_decision(decision))


def _require_known(snapshot: Snapshot, known: Collection[str], roles: Collection[str], coordinate: str) -> None:
    """Tell a name that does not exist from one that is denied. Only an operator gets to ask this."""
    unknown = [role for role in roles if role not in known]
    if unknown:
        raise InvalidInputError(f"there is no role {unknown[0]!r}", hint=f"roles are {', '.join(sorted(known))}")
    if not snapshot.knows(coordinate):
        raise InvalidInputError(f"{coordinate!r} is not classified", hint="`louver policy matrix --csv` lists what is")


def _list_groups() -> list[dict[str, Any]]:
    return [
        {
            "group": group.name,
            "coordinates": group.masks,
            "class": group.classification,
            "roles": group.letters,
            "reason": group.reason,
        }
        for group in shipped.read_matrix()
    ]


def _render_matrix() -> Table:
    table = Table("group", *ROLE_COLUMNS, box=None, padding=(0, 1, 0, 0))
    for group in shipped.read_matrix():
        table.add_row(group.name, *group.letters.values())
    return table


def _render_decision(decision: Decision) -> str:
    shown = (
        ("visible on", ", ".join(sorted(decision.view))),
        (f"masked ({decision.mask}) on", ", ".join(sorted(decision.masked))),
        ("in aggregates of", ", ".join(sorted(decision.aggregate))),
        ("denied by", decision.reason),
        ("policy", decision.policy_version),
    )
    facts = [f"  {name:24}{value}" for name, value in shown if value]
    return "\n".join([decision.coordinate, *facts, *(f"  {line}" for line in decision.lines)])
