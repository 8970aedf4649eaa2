"""`louver audit retain`, `removal` and `purge`: what becomes of records when their time is over."""

import asyncio
from uuid import UUID

import click
from sqlalchemy import select

from louver.authz.duties import Administered
from louver.cli.administering import Acting, as_json, change
from louver.cli.publishing import parse_id
from louver.db.access import ApiKeyRow
from louver.db.agencies import AgencyRow
from louver.db.engine import create_engine
from louver.errors import InvalidInputError
from louver.logging import Event, configure_logging
from louver.logging.location import locate_audit
from louver.logging.retention import Removal, Report
from louver.logging.retention.agencies import set_removal
from louver.resolvers.recorded import RecordedLog
from louver.retention import anonymise_agency, open_retention, read_clock, remove_recorded
from louver.settings import Settings
from louver.stores import require_current_records

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_BUSY = "another process is removing records now; nothing was done"


@click.command()
@click.option("--dry-run", "is_dry", is_flag=True, help="Say what would be removed, and remove nothing.")
@_JSON
def retain(*, is_dry: bool, is_json: bool) -> None:
    """Remove what is twelve months old. A server does so by itself, every quarter of an hour."""
    now = read_clock()
    if is_dry:
        _show(asyncio.run(_count()), "would be", is_json=is_json)
        return
    report = asyncio.run(remove_recorded(_configure(), lambda retention: retention.run(now), now))
    if report is None:
        click.echo(_BUSY)
    else:
        _show(report, "were", is_json=is_json)


@click.command()
@click.argument("agency_id")
@click.confirmation_option(prompt="Everything that names the agency goes from its access records, at once. Go on?")
@_JSON
def purge(*, agency_id: str, is_json: bool) -> None:
    """Anonymise all access records of AGENCY_ID, which was purged. What a legal hold keeps goes after the hold."""
    _show(asyncio.run(_purge(parse_id("agency", agency_id))), "were", is_json=is_json)


@click.command()
@click.argument("choice", type=click.Choice(["anonymise", "delete"]))
def removal(*, choice: str) -> None:
    """Choose what becomes of the agency's records after twelve months, as its administrator."""

    async def work(acting: Acting) -> None:
        async with RecordedLog(locate_audit(Settings.from_environment())).writing() as log:
            await set_removal(log, acting.agency_id, Removal(choice.upper()))

    change(Administered.AUDIT, Event.POLICY_CHANGED, "louver audit removal", work)
    click.echo(f"from the next run on: {choice}")


async def _count() -> Report:
    async with open_retention(_configure()) as retention:
        return await retention.count(read_clock())


async def _purge(agency_id: UUID) -> Report:
    """Purge an agency whose records are gone or due to go. Leak: of any other the trail of who read it would go."""
    settings, now = _configure(), read_clock()
    await require_current_records(settings.database_url)
    engine = create_engine(settings.database_url, 1)
    try:
        async with engine.connect() as connection:
            row = (await connection.execute(select(AgencyRow.purge_at).where(AgencyRow.id == agency_id))).first()
            found = await connection.scalars(select(ApiKeyRow.prefix).where(ApiKeyRow.agency_id == agency_id))
            keys = list(found.all())
    finally:
        await engine.dispose()
    if row is not None and (row.purge_at is None or row.purge_at > now):
        raise InvalidInputError("The agency is not due to be purged.", hint="it is 90 days after its contract ended")
    return await anonymise_agency(settings, agency_id, keys, now)


def _configure() -> Settings:
    configure_logging("ERROR")
    return Settings.from_environment()


def _show(report: Report, verb: str, *, is_json: bool) -> None:
    if is_json:
        click.echo(as_json(report.as_dict()))
        return
    counts = report.counts
    click.echo(f"{counts.erased} records {verb} anonymised and {counts.deleted} deleted; {report.held} are held")
    click.echo(f"  nothing is shown that happened at {report.as_dict()['cutoff']} or before")
