"""`louver db`: the stores' schemas."""

import asyncio

import click

from louver.settings import Settings
from louver.stores import require_current_stores, upgrade_stores


@click.group()
def db() -> None:
    """Keep the stores of records and of accesses at this version's schema."""


@db.command()
def upgrade() -> None:
    """Create or migrate both stores; changes nothing where they are current."""
    asyncio.run(upgrade_stores(Settings.from_environment()))
    click.echo("both stores are at this version's schema")


@db.command()
def check() -> None:
    """Say whether a server could start on them."""
    asyncio.run(require_current_stores(Settings.from_environment()))
    click.echo("both stores are at this version's schema")
