"""`louver schema`: the GraphQL schema as text."""

import asyncio

import click

from louver.authz.facts import AgencyFacts, AgencyRights
from louver.cli.agency_policy import DEFAULTS, read_agency
from louver.errors import InvalidInputError
from louver.schema.printing import print_for
from louver.schema.roots import build_schema


@click.group()
def schema() -> None:
    """Show the GraphQL schema."""


@schema.command("print")
@click.option("--role", "roles", multiple=True, help="As this role is shown it; repeat it for a role set.")
@click.option("--agency", help="With --role: an agency's name, ORI or id. Its own policy, roles and modules count.")
def print_schema(*, roles: tuple[str, ...], agency: str | None) -> None:
    """Print the schema definition (SDL): all of it, or what a role may know of, with each field's rights."""
    if agency and not roles:
        raise InvalidInputError("What an agency is shown depends on the role.", hint="give --role")
    if not roles:
        click.echo(build_schema().as_sdl(), nl=False)
        return
    facts = asyncio.run(read_agency(agency)) if agency else DEFAULTS
    _require_known(facts, roles)
    click.echo(print_for(build_schema(), AgencyRights(facts), roles), nl=False)


def _require_known(facts: AgencyFacts, roles: tuple[str, ...]) -> None:
    for role in roles:
        if role not in facts.roles:
            raise InvalidInputError(f"there is no role {role!r}", hint=f"roles are {', '.join(facts.roles)}")
