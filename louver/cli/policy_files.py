"""`louver policy export`, `diff` and `check`: an agency's own policy as a file."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.facts import AgencyFacts
from louver.authz.files import PolicyFile, write_line
from louver.authz.findings import Finding, Level
from louver.authz.linting import lint
from louver.authz.overlays import list_cell_changes
from louver.cli.agency_policy import DEFAULTS, ask_agency, read_agency
from louver.cli.policy_text import build_rights, read_policy_file
from louver.errors import InvalidInputError
from louver.resolvers.agency_facts import read_facts, read_made_roles
from louver.resolvers.needs import describe_schema
from louver.schema.catalogue import build_catalogue

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_PATH = click.Path(path_type=Path)


@click.command()
@click.option("--agency", required=True, help="Whose: the agency's name, ORI or id.")
@click.option("--output", type=_PATH, help="Write this file instead of standard output.")
def export(*, agency: str, output: Path | None) -> None:
    """Write an agency's own lines and roles as a policy file."""
    text = asyncio.run(ask_agency(agency, _export)).as_text()
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@click.command()
@click.argument("files", nargs=-1, type=_PATH)
@click.option("--agency", help="Compare one file with what this agency has; of two files, its modules count.")
@click.option("--check", "is_check", is_flag=True, help="Exit with 1 if there is a difference.")
@_JSON
def diff(*, files: tuple[Path, ...], agency: str | None, is_check: bool, is_json: bool) -> None:
    """Compare OLD and NEW policy files, or with --agency the store and one file: as lines, and as what roles see."""
    before, after = _read_sides(files, agency)
    old, new = build_rights(before), build_rights(after)
    removed = [line for line in before.lines if line not in after.lines]
    added = [line for line in after.lines if line not in before.lines]
    effects = list_cell_changes(old.snapshot, new.snapshot, before.agency_id, [*removed, *added])
    if is_json:
        facts = {
            "removed": list(map(write_line, removed)),
            "added": list(map(write_line, added)),
            "effects": [each._asdict() for each in effects],
        }
        click.echo(json.dumps(facts, indent=2))
    else:
        lines = [*(f"- {write_line(line)}" for line in removed), *(f"+ {write_line(line)}" for line in added)]
        cells = [f"{each.role:24}{each.coordinate:36}{each.before} → {each.after}" for each in effects]
        click.echo("\n".join([*lines, *cells]) or "no difference")
    if is_check and (removed or added):
        raise SystemExit(1)


@click.command()
@click.argument("file", required=False, type=_PATH)
@click.option("--agency", help="Check what this agency has, or the file as this agency's: its name, ORI or id.")
@_JSON
def check(*, file: Path | None, agency: str | None, is_json: bool) -> None:
    """Say which lines cannot be, or never have an effect. Exits with 1 on errors and warnings; notes may be meant."""
    if file is None and agency is None:
        raise InvalidInputError("There is nothing to check.", hint="name a policy file, or --agency")
    facts = DEFAULTS if agency is None else asyncio.run(read_agency(agency))
    if file is not None:
        facts = read_policy_file(file).as_facts(facts)
    findings = lint(facts, describe_schema(build_catalogue()))
    click.echo(json.dumps([each.as_dict() for each in findings], indent=2) if is_json else _render(findings))
    if any(each.level is not Level.NOTE for each in findings):
        raise SystemExit(1)


async def _export(connection: AsyncConnection, agency_id: UUID) -> PolicyFile:
    facts = await read_facts(connection, agency_id)
    return PolicyFile.from_agency(facts.lines, await read_made_roles(connection, agency_id), facts.version)


def _read_sides(files: Sequence[Path], agency: str | None) -> tuple[AgencyFacts, AgencyFacts]:
    wanted = 1 if agency is not None and len(files) == 1 else 2
    if len(files) != wanted:
        raise InvalidInputError("A comparison takes two sides.", hint="name two files, or one file and --agency")
    store = DEFAULTS if agency is None else asyncio.run(read_agency(agency))
    sides = [read_policy_file(path).as_facts(store) for path in files]
    return (store, sides[0]) if wanted == 1 else (sides[0], sides[1])


def _render(findings: Sequence[Finding]) -> str:
    lines = [f"{each.level:8}{each.fault:14}{each.subject}\n{'':22}{each.message}" for each in findings]
    return "\n".join(lines) or "nothing to say against it"
