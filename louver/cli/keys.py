"""`louver key`: an agency's API keys."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.keys import parse_key
from louver.cli.issued_keys import DAYS_DEFAULT, DAYS_MAX, KeyOrder, create_key, list_keys, revoke_key
from louver.db.engine import begin_writing, create_engine
from louver.settings import Settings
from louver.stores import require_current_records

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_DAY = click.DateTime(["%Y-%m-%d"])
_COLUMNS = ("prefix", "state", "agency", "role", "label", "purpose", "scopes", "expires_at")
_WHOLE = frozenset({"prefix", "state", "expires_at"})
"""Columns that are useless when they are cut."""
_WIDTH = 140


@click.group()
def key() -> None:
    """Create, list and revoke API keys."""


@key.command()
@click.option("--agency", required=True, help="Whose: the agency's name, ORI or id.")
@click.option("--role", required=True, help="What it may see.")
@click.option("--purpose", required=True, help="What it is for; stands in every access record.")
@click.option("--label", help="What lists call it. [default: the role]")
@click.option("--days", type=int, default=DAYS_DEFAULT, show_default=True, help=f"How long it lasts, up to {DAYS_MAX}.")
@click.option("--officer", help="The badge of the officer that it acts for.")
@click.option("--unit", "units", multiple=True, help="A unit that it acts for, with those below. May be repeated.")
@click.option("--trainings-from", type=_DAY, help="First day of the training cycle that a state auditor may see.")
@click.option("--trainings-to", type=_DAY, help="Last day of that cycle.")
@click.option(
    "--scope", "scopes", multiple=True, help="Narrow it: Type.field, Type.* or a field group. May be repeated."
)
@_JSON
def create(*, is_json: bool, trainings_from: datetime | None, trainings_to: datetime | None, **order: Any) -> None:
    """Create a key and show it, once."""
    first, last = (day.date() if day else None for day in (trainings_from, trainings_to))
    wanted = KeyOrder(trainings_from=first, trainings_to=last, **order)
    issued = _run(lambda connection: create_key(connection, wanted, datetime.now(UTC)))
    if is_json:
        click.echo(json.dumps(issued))
    else:
        click.echo(issued["key"])
        # Not on standard output: what takes the key from there gets the key alone.
        click.echo(f"It is not shown again. It is for {issued['agency']} and expires {issued['expires_at']}.", err=True)


@key.command("list")
@click.option("--agency", help="Only this agency's: its name, ORI or id.")
@_JSON
def list_(*, agency: str | None, is_json: bool) -> None:
    """List keys, newest first; the keys themselves are held by nobody but their owners."""
    found = _run(lambda connection: list_keys(connection, agency, datetime.now(UTC)))
    if is_json:
        click.echo(json.dumps(found))
    else:
        _show(found)


@key.command()
@click.argument("prefix")
@_JSON
def revoke(*, prefix: str, is_json: bool) -> None:
    """Revoke the key that has PREFIX, the part between the first two underscores; its next request is refused."""
    presented = parse_key(prefix)
    revoked = _run(
        lambda connection: revoke_key(connection, presented.prefix if presented else prefix, datetime.now(UTC))
    )
    if is_json:
        click.echo(json.dumps(revoked))
    else:
        click.echo(f"{revoked['prefix']} is revoked since {revoked['revoked_at']}.")


def _run(work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
    """Do something in a transaction of its own."""

    async def run() -> Any:
        url = Settings.from_environment().database_url
        await require_current_records(url)
        engine = create_engine(url)
        try:
            async with begin_writing(engine) as connection:
                return await work(connection)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def _show(keys: list[dict[str, Any]]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for name in _COLUMNS:
        table.add_column(name.removesuffix("_at").replace("_", " ").capitalize(), no_wrap=name in _WHOLE)
    for each in keys:
        table.add_row(*(_as_cell(each[name]) for name in _COLUMNS))
    Console(width=max(Console().width, _WIDTH), highlight=False, markup=False).print(table)


def _as_cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)
