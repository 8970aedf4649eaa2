"""`louver policy`: build, read and explain the access policy."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from louver.authz import shipped
from louver.authz.page import render_page
from louver.authz.policy import as_csv, build_policy
from louver.authz.vocabulary import ROLE_COLUMNS
from louver.cli.explaining import explain, who
from louver.cli.policy_cases import test_policy
from louver.cli.policy_files import check, diff, export
from louver.cli.policy_import import import_policy
from louver.cli.policy_preview import preview_draft
from louver.cli.prove import prove_policy
from louver.cli.publishing import log, publish, revert, role

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")


@click.group()
def policy() -> None:
    """Build, read and explain the access policy."""


@policy.command()
@click.option("--check", "is_check", is_flag=True, help="Write nothing; exit with 1 if the file is not current.")
@_JSON
def build(*, is_check: bool, is_json: bool) -> None:
    """Derive policy.csv from matrix.csv, reach.csv and duties.csv."""
    lines = build_policy(shipped.read_matrix(), shipped.read_reach(), shipped.read_duties())
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
        click.echo(render_page(shipped.read_matrix(), shipped.read_reach(), shipped.read_duties()), nl=False)
    elif form == "json":
        click.echo(json.dumps(_list_groups(), indent=2))
    else:
        Console().print(_render_matrix())


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


for _command in (
    explain,
    who,
    publish,
    revert,
    log,
    role,
    preview_draft,
    export,
    import_policy,
    diff,
    check,
    test_policy,
    prove_policy,
):
    policy.add_command(_command)
