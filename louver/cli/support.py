"""`louver support`: what an agency's administrator opens to the vendor's support."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import click

from louver.authz.duties import Administered
from louver.cli.administering import Acting, as_dict, as_json, change, read
from louver.cli.publishing import parse_id
from louver.logging import Event
from louver.resolvers import support_grants
from louver.resolvers.support_grants import GrantOrder, SupportGrant

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_PREFIX = "supportgrant"


@click.group()
def support() -> None:
    """Open records to the vendor's support, for a ticket and a time."""


@support.command()
@click.option("--ticket", required=True, help="The vendor's ticket.")
@click.option("--reason", required=True, help="Why support has to read.")
@click.option("--hours", type=click.IntRange(1), default=24, show_default=True, help="How long, up to 14 days.")
@click.option(
    "--field", "fields", multiple=True, help="Narrow it: Type.field, Type, Type.* or a field group. May be repeated."
)
@click.option("--officer", "officers", multiple=True, help="Narrow it to this officer, by id. May be repeated.")
@click.option("--incident", "incidents", multiple=True, help="Narrow it to this incident, by id. May be repeated.")
@click.option("--uof", "includes_uof", is_flag=True, help="Ask for use of force; a second person has to approve it.")
@click.option("--engineer", help="Open it to this person alone, by id.")
@_JSON
def grant(
    *,
    ticket: str,
    reason: str,
    hours: int,
    fields: tuple[str, ...],
    officers: tuple[str, ...],
    incidents: tuple[str, ...],
    includes_uof: bool,
    engineer: str | None,
    is_json: bool,
) -> None:
    """Let support read from now on."""

    async def work(acting: Acting) -> SupportGrant:
        order = GrantOrder(
            ticket=ticket,
            reason=reason,
            starts_at=acting.now,
            ends_at=acting.now + timedelta(hours=hours),
            fields=fields or None,
            officer_ids=tuple(parse_id("officer", each) for each in officers) or None,
            incident_ids=tuple(parse_id("uofincident", each) for each in incidents) or None,
            includes_uof=includes_uof,
            person_id=parse_id("person", engineer) if engineer else None,
        )
        return await support_grants.grant_support(acting.connection, acting.agency_id, order, acting.author, acting.now)

    granted = change(Administered.SUPPORT, Event.SUPPORT_GRANTED, "louver support grant", work)
    _show(granted, is_json=is_json)


@support.command()
@click.argument("grant_id")
@_JSON
def approve(*, grant_id: str, is_json: bool) -> None:
    """Open use of force under GRANT_ID, as the second person who agrees."""

    async def work(acting: Acting) -> SupportGrant:
        return await support_grants.approve_uof(
            acting.connection, acting.agency_id, _parse(grant_id), acting.author, acting.now
        )

    _show(change(Administered.SUPPORT_APPROVAL, Event.SUPPORT_GRANTED, "louver support approve", work), is_json=is_json)


@support.command()
@click.argument("grant_id")
@_JSON
def revoke(*, grant_id: str, is_json: bool) -> None:
    """Close GRANT_ID: nothing leaves under it any more."""

    async def work(acting: Acting) -> SupportGrant:
        return await support_grants.revoke_support(
            acting.connection, acting.agency_id, _parse(grant_id), acting.author, acting.now
        )

    _show(change(Administered.SUPPORT, Event.SUPPORT_REVOKED, "louver support revoke", work), is_json=is_json)


@support.command("list")
@click.option("--first", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@_JSON
def list_(*, first: int, is_json: bool) -> None:
    """List the agency's grants, those that end last first."""

    async def work(acting: Acting) -> list[SupportGrant]:
        return await support_grants.list_grants(acting.connection, acting.agency_id, first)

    found = read(Administered.SUPPORT, "louver support list", work)
    if is_json:
        click.echo(as_json([_describe(each) for each in found]))
    for each in () if is_json else found:
        _show(each, is_json=False)


def _parse(text: str) -> UUID:
    return parse_id(_PREFIX, text)


def _describe(granted: SupportGrant) -> dict[str, object]:
    return as_dict(granted) | {"id": f"{_PREFIX}_{granted.id.hex}", "state": granted.find_state(datetime.now(UTC))}


def _show(granted: SupportGrant, *, is_json: bool) -> None:
    described = _describe(granted)
    if is_json:
        click.echo(as_json(described))
        return
    opened = ", ".join(granted.fields) if granted.fields else "all that support may see"
    if granted.officer_ids is not None or granted.incident_ids is not None:
        opened += f", of {len(granted.officer_ids or ())} officers and {len(granted.incident_ids or ())} incidents"
    force = "; use of force too" if granted.includes_uof else ""
    if granted.uof_asked_at and not granted.includes_uof:
        force = "; use of force waits for `louver support approve`"
    click.echo(f"{described['id']}  {described['state']} until {granted.ends_at.isoformat(timespec='seconds')}")
    click.echo(f"  ticket {granted.ticket}, by {granted.granted_by}: {granted.reason}")
    click.echo(f"  {opened}{force}")
