"""`louver demo`: three invented agencies, and a key for every role in each."""

import asyncio
import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import click
from rich import box
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.keys import IssuedKey, issue_key, parse_key
from louver.authz.vocabulary import ROLE_COLUMNS
from louver.cli.demo_file import AgencyKeys, DemoFile
from louver.db import demo as data
from louver.db.engine import begin_writing, create_engine
from louver.db.migrate import upgrade
from louver.settings import Settings

ROLES = tuple(str(role) for role in ROLE_COLUMNS.values())


class Outcome(StrEnum):
    """What a run changed."""

    MADE = "made"
    KEYS_RENEWED = "keys renewed"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left out, because the database holds agencies of its own"


class Credentials(NamedTuple):
    """The agencies' keys, and whether they are new."""

    outcome: Outcome
    agencies: tuple[AgencyKeys, ...]


@click.command()
@click.option(
    "--reset", "is_reset", is_flag=True, help="Make the demo agencies anew; what was entered in them is lost."
)
@click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
def demo(*, is_reset: bool, is_json: bool) -> None:
    """Put in three invented agencies, once, and show a key for every role.

    Does nothing where the database holds agencies of its own.
    """
    settings = Settings.from_environment()
    file = DemoFile(settings.var / "demo.json")
    credentials = asyncio.run(_provide(settings.database_url, file, is_reset=is_reset))
    if is_json:
        facts = {"outcome": credentials.outcome, "path": str(file.path)}
        click.echo(json.dumps(facts | DemoFile.as_dict(credentials.agencies)))
    else:
        _show(credentials, file)


async def _provide(url: str, file: DemoFile, *, is_reset: bool) -> Credentials:
    engine = create_engine(url)
    try:
        await upgrade(engine)
        async with begin_writing(engine) as connection:
            credentials = await _write(connection, file, datetime.now(UTC), is_reset=is_reset)
        # After the commit: a file without its keys would look right, keys without their file are made again.
        if credentials.outcome in (Outcome.MADE, Outcome.KEYS_RENEWED):
            file.write(credentials.agencies)
        return credentials
    finally:
        await engine.dispose()


async def _write(connection: AsyncConnection, file: DemoFile, now: datetime, *, is_reset: bool) -> Credentials:
    found = await data.find_agencies(connection, data.PLANS)
    if not found and await data.has_other_agencies(connection, data.PLANS):
        return Credentials(Outcome.LEFT_OUT, ())
    for plan in data.PLANS:
        if is_reset and plan.id in found:
            await data.remove_agency(connection, plan)
        if is_reset or plan.id not in found:
            await data.add_agency(connection, plan, ROLES, now)
        await data.renew_grant(connection, plan, now)
    known = file.read()
    if known and await _are_live(connection, known, now):
        return Credentials(Outcome.UNCHANGED, known)
    is_new = is_reset or len(found) < len(data.PLANS)
    renewed = tuple([await _renew_keys(connection, plan, now) for plan in data.PLANS])
    return Credentials(Outcome.MADE if is_new else Outcome.KEYS_RENEWED, renewed)


async def _are_live(connection: AsyncConnection, agencies: tuple[AgencyKeys, ...], now: datetime) -> bool:
    """Whether the file's keys are this database's: it may be another one's, or older than the keys' year."""
    keys = {agency.id: agency.keys for agency in agencies}
    for plan in data.PLANS:
        live = await data.find_live_prefixes(connection, plan, now)
        presented = [parse_key(keys.get(_public_id(plan), {}).get(role, "")) for role in ROLES]
        if not all(key and key.prefix in live for key in presented):
            return False
    return True


async def _renew_keys(connection: AsyncConnection, plan: data.AgencyPlan, now: datetime) -> AgencyKeys:
    keys = {role: issue_key() for role in ROLES}
    await data.replace_keys(connection, plan, {role: _digest(key) for role, key in keys.items()}, now)
    return AgencyKeys(plan.name, _public_id(plan), {role: key.text for role, key in keys.items()})


def _digest(key: IssuedKey) -> data.KeyDigest:
    return data.KeyDigest(key.prefix, key.secret_hash)


def _public_id(plan: data.AgencyPlan) -> str:
    return f"agency_{plan.id.hex}"


def _show(credentials: Credentials, file: DemoFile) -> None:
    # Wide enough that no key is broken, which a copied key would not survive.
    console = Console(width=max(Console().width, 100), highlight=False, markup=False)
    console.print(f"Demo data: {credentials.outcome}.")
    if not credentials.agencies:
        return
    main, *others = credentials.agencies
    table = Table("Role", "Key", title=f"{main.name} ({main.id})", title_justify="left", box=box.SIMPLE_HEAD)
    for role, key in main.keys.items():
        table.add_row(role, key)
    console.print(table)
    console.print(f"Send a key as `Authorization: Bearer <key>`. {file.path} holds these keys, and those of:")
    for agency in others:
        console.print(f"  {agency.name} ({agency.id})")
