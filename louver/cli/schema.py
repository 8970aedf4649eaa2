"""`louver schema`: the GraphQL schema as text."""

import click

from louver.schema.roots import build_schema


@click.group()
def schema() -> None:
    """Show the GraphQL schema."""


@schema.command("print")
def print_schema() -> None:
    """Print the schema definition (SDL)."""
    click.echo(build_schema().as_sdl(), nl=False)
