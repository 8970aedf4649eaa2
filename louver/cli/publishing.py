"""`louver policy publish`, `revert`, `log` and `role`: an agency's own policy and roles, by its administrator."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from louver.authz.duties import Administered
from louver.authz.lines import PolicyLine
from louver.authz.vocabulary import Effect, Rows
from louver.cli.administering import Acting, as_dict, as_json, change, read
from louver.errors import InvalidInputError
from louver.logging import Event
from louver.resolvers import policies, roles
from louver.resolvers.overlays import Draft
from louver.resolvers.policies import PolicyVersion

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_BASE = click.option("--base", type=int, required=True, help="The version that you looked at; `louver policy log`.")
_REASON = click.option("--reason", required=True, help="Why; stays beside the version.")
_CELLS_MIN, _CELLS_MAX = 3, 5
_CELLS_LEFT_OUT = [str(Rows.AGENCY), str(Effect.ALLOW)]


@click.command()
@_BASE
@_REASON
@click.option("--add", multiple=True, help='A line: "role, object, act[, rows[, effect]]". May be repeated.')
@click.option("--remove", multiple=True, help="A line of the agency's own, written as for --add. May be repeated.")
@click.option("--lines", "path", type=click.Path(exists=True, path_type=Path), help="A file of all lines to have.")
@_JSON
def publish(
    *, base: int, reason: str, add: tuple[str, ...], remove: tuple[str, ...], path: Path | None, is_json: bool
) -> None:
    """Change the agency's own policy, from the next request on."""

    async def work(acting: Acting) -> PolicyVersion:
        added, removed = (tuple(_parse(acting.agency_id, text) for text in texts) for texts in (add, remove))
        whole = _read_file(acting.agency_id, path) if path else None
        draft = Draft(base, added, removed, whole)
        return await policies.publish(acting.connection, acting.agency_id, draft, acting.stamp(reason))

    _show(change(Administered.POLICY, Event.POLICY_CHANGED, "louver policy publish", work), is_json=is_json)


@click.command()
@click.argument("version", type=int)
@_BASE
@_REASON
@_JSON
def revert(*, version: int, base: int, reason: str, is_json: bool) -> None:
    """Go back to VERSION, from the next request on; 0 is the defaults alone."""

    async def work(acting: Acting) -> PolicyVersion:
        return await policies.revert(acting.connection, acting.agency_id, version, base, acting.stamp(reason))

    _show(change(Administered.POLICY, Event.POLICY_CHANGED, "louver policy revert", work), is_json=is_json)


@click.command()
@click.option("--first", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@_JSON
def log(*, first: int, is_json: bool) -> None:
    """List the versions of the agency's own policy, the newest first."""

    async def work(acting: Acting) -> list[PolicyVersion]:
        return await policies.list_versions(acting.connection, acting.agency_id, first)

    found = read(Administered.POLICY, "louver policy log", work)
    if is_json:
        click.echo(as_json([as_dict(each) for each in found]))
    else:
        click.echo("\n\n".join(map(render_version, found)) or "The agency has changed nothing: version 0 is in force.")


@click.group()
def role() -> None:
    """Make, retire and assign roles of the agency's own."""


@role.command()
@click.argument("name")
@click.option("--template", required=True, help="The role whose rights it starts with.")
@click.option("--description", default="", help="What it is for.")
@_REASON
@_JSON
def make(*, name: str, template: str, description: str, reason: str, is_json: bool) -> None:
    """Make the role NAME."""

    async def work(acting: Acting) -> roles.AgencyRole:
        return await roles.make_role(
            acting.connection, acting.agency_id, name, template, description, acting.stamp(reason)
        )

    made = change(Administered.ROLES, Event.ROLE_CHANGED, "louver policy role make", work)
    _say(made, f"{made.name} is made from {made.template}.", is_json=is_json)


@role.command()
@click.argument("name")
@_REASON
@_JSON
def retire(*, name: str, reason: str, is_json: bool) -> None:
    """Retire the role NAME: it grants nothing from the next request on."""

    async def work(acting: Acting) -> roles.AgencyRole:
        return await roles.retire_role(acting.connection, acting.agency_id, name, acting.stamp(reason))

    retired = change(Administered.ROLES, Event.ROLE_CHANGED, "louver policy role retire", work)
    _say(retired, f"{retired.name} is retired.", is_json=is_json)


@role.command()
@click.argument("person")
@click.argument("names", nargs=-1)
@_JSON
def assign(*, person: str, names: tuple[str, ...], is_json: bool) -> None:
    """Give PERSON, by id, exactly the roles NAMES; none to take all away."""

    async def work(acting: Acting) -> roles.Assignment:
        return await roles.assign_roles(
            acting.connection, acting.agency_id, parse_id("person", person), names, acting.stamp("")
        )

    given = change(Administered.ROLES, Event.ROLE_CHANGED, "louver policy role assign", work)
    _say(given, f"{given.email} holds {', '.join(given.roles) or 'nothing'}.", is_json=is_json)


@role.command("list")
@_JSON
def list_(*, is_json: bool) -> None:
    """List the roles that the agency made."""

    async def work(acting: Acting) -> list[roles.AgencyRole]:
        return await roles.list_roles(acting.connection, acting.agency_id)

    found = read(Administered.ROLES, "louver policy role list", work)
    if is_json:
        click.echo(as_json([as_dict(each) for each in found]))
    for each in () if is_json else found:
        state = f"retired {_as_text(each.retired_at)}" if each.retired_at else "in use"
        click.echo(f"{each.name}  from {each.template}  {state}  {each.description}")


def parse_id(prefix: str, text: str) -> UUID:
    """Parse an id as clients see it, with or without its prefix.

    Raises:
        InvalidInputError: it is none.
    """
    try:
        return UUID(text.removeprefix(f"{prefix}_"))
    except ValueError as error:
        raise InvalidInputError(f"{text!r} is no id", hint=f"{prefix}_ and 32 hexadecimal digits") from error


def _parse(agency_id: UUID, text: str) -> PolicyLine:
    cells = next(csv.reader([text], skipinitialspace=True), [])
    if not _CELLS_MIN <= len(cells) <= _CELLS_MAX:
        raise InvalidInputError(f"{text!r} is no line", hint='write "role, object, act[, rows[, effect]]"')
    sub, obj, act, rows, eft = [*cells, *_CELLS_LEFT_OUT[len(cells) - _CELLS_MIN :]]
    return PolicyLine.for_agency(agency_id, sub=sub, obj=obj, act=act, rows=rows, eft=eft)


def _read_file(agency_id: UUID, path: Path) -> tuple[PolicyLine, ...]:
    texts = (text.strip() for text in path.read_text(encoding="utf-8").splitlines())
    return tuple(_parse(agency_id, text) for text in texts if text and not text.startswith("#"))


def _show(made: PolicyVersion, *, is_json: bool) -> None:
    click.echo(as_json(as_dict(made)) if is_json else render_version(made))


def _say(made: Any, sentence: str, *, is_json: bool) -> None:
    click.echo(as_json(as_dict(made)) if is_json else sentence)


def render_version(made: PolicyVersion) -> str:
    """Render a version for people."""
    restored = "" if made.restored_version is None else f", restoring version {made.restored_version}"
    return "\n".join(
        [
            f"version {made.version} by {made.by}, {_as_text(made.at)}{restored}: {made.reason}",
            *(f"  + {', '.join((line.sub, *line[2:]))}" for line in made.added),
            *(f"  - {', '.join((line.sub, *line[2:]))}" for line in made.removed),
            *(
                f"    {effect.coordinate} for {effect.role}: {effect.before} → {effect.after}"
                for effect in made.effects
            ),
        ]
    )


def _as_text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
