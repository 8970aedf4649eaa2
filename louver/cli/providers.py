"""`louver provider`: an agency's own identity provider, for log-in and for bearer tokens."""

from collections.abc import Sequence
from typing import Any

import click

from louver.authz.claims import PersonClaim
from louver.authz.duties import Administered
from louver.cli.administering import Acting, as_json, change, read
from louver.errors import InvalidInputError
from louver.logging import Event
from louver.people import provider_orders
from louver.people.provider_orders import ProviderOrder

_SHOWN = ("name", "issuer", "client_id", "client_secret", "audience", "algorithms", "person_claim", "roles_claim")


@click.group()
def provider() -> None:
    """Keep the agency's identity providers. LOUVER_KEY says who acts, and for which agency."""


@provider.command()
@click.option("--name", required=True, help="Stands in the paths /auth/oidc/NAME/start and /callback.")
@click.option("--issuer", required=True, help="As the provider's tokens say it, to the letter.")
@click.option("--client-id", help="For log-in: what the provider calls Louver.")
@click.option("--client-secret", help="Where the client's secret is: env:NAME or file:/path.")
@click.option("--audience", help="For bearer tokens: whom they have to be for.")
@click.option("--algorithm", "algorithms", multiple=True, default=["RS256"], show_default=True, help="May be repeated.")
@click.option(
    "--person-claim", type=click.Choice([claim.value for claim in PersonClaim]), default="email", show_default=True,
    help="Holds the address of the account; people must not be able to change it themselves.",
)  # fmt: skip
@click.option("--roles-claim", required=True, help="Holds what is mapped to roles; a.b is b inside a.")
@click.option("--map", "mapped", multiple=True, required=True, help="VALUE=ROLE[,ROLE]. May be repeated.")
def add(*, mapped: Sequence[str], **order: Any) -> None:
    """Set a provider up. Its people need accounts: `louver person add --without-password`."""
    wanted = ProviderOrder(role_map=_read_map(mapped), **order)

    async def work(acting: Acting) -> None:
        await provider_orders.add_provider(acting.connection, acting.agency_id, wanted, acting.now)

    change(Administered.ROLES, Event.PROVIDER_CHANGED, "louver provider add", work)
    click.echo(f"The provider sends browsers back to /auth/oidc/{wanted.name}/callback.")


@provider.command("list")
@click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
def list_(*, is_json: bool) -> None:
    """List the agency's providers."""

    async def work(acting: Acting) -> list[dict[str, Any]]:
        return await provider_orders.list_providers(acting.connection, acting.agency_id)

    found = read(Administered.ROLES, "louver provider list", work)
    if is_json:
        click.echo(as_json([{name: each[name] for name in (*_SHOWN, "role_map", "disabled_at")} for each in found]))
    for each in () if is_json else found:
        state = "in use" if each["disabled_at"] is None else "out of use"
        mapped = "; ".join(f"{value} = {', '.join(roles)}" for value, roles in each["role_map"].items())
        click.echo(f"{each['name']}  {state}  {each['issuer']}\n  {each['roles_claim']}: {mapped}")


@provider.command()
@click.argument("name")
def disable(*, name: str) -> None:
    """Take NAME out of use: whom it vouched for is out at the next request."""

    async def work(acting: Acting) -> None:
        await provider_orders.disable_provider(acting.connection, acting.agency_id, name, acting.now)

    change(Administered.ROLES, Event.PROVIDER_CHANGED, "louver provider disable", work)
    click.echo("The provider is out of use.")


def _read_map(mapped: Sequence[str]) -> dict[str, list[str]]:
    """Take apart from the last `=`: a claim's value, such as a group's path, may have one itself."""
    roles: dict[str, list[str]] = {}
    for text in mapped:
        value, _, names = text.rpartition("=")
        if not value or not names:
            raise InvalidInputError("A mapping is VALUE=ROLE.", hint="as --map 'LV-Chiefs=chief'")
        roles.setdefault(value, []).extend(names.split(","))
    return roles
