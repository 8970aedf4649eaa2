"""`louver audit hold`: records that stay although their twelve months are over, by the agency's administrator."""

from datetime import UTC, datetime
from uuid import UUID

import click

from louver.authz.duties import Administered
from louver.cli.administering import Acting, as_dict, as_json, change, read
from louver.cli.publishing import parse_id
from louver.logging import Event
from louver.logging.location import locate_audit
from louver.logging.retention import Hold, HoldKind
from louver.logging.retention.holds import list_holds
from louver.resolvers import audit_holds
from louver.resolvers.audit_holds import PREFIXES, HoldOrder
from louver.resolvers.recorded import RecordedLog
from louver.settings import Settings

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])
_PREFIX = "audithold"


@click.group()
def hold() -> None:
    """Keep access records beyond twelve months, for a case and a time."""


@hold.command()
@click.option("--reason", required=True, help="Why: the case.")
@click.option("--until", "ends_at", type=_MOMENT, required=True, help="When the hold ends by itself, in UTC.")
@click.option("--person", help="Hold what this person read, by id.")
@click.option("--officer", help="Hold who read of this officer, by id.")
@click.option("--incident", help="Hold who read of this incident, by id.")
@click.option("--key", help="Hold what was read with this key, by its prefix.")
@click.option("--records-from", type=_MOMENT, help="Only records from then on, in UTC.")
@click.option("--records-until", type=_MOMENT, help="Only records before then, in UTC.")
@_JSON
def add(
    *,
    reason: str,
    ends_at: datetime,
    person: str | None,
    officer: str | None,
    incident: str | None,
    key: str | None,
    records_from: datetime | None,
    records_until: datetime | None,
    is_json: bool,
) -> None:
    """Place a hold on what one option names; on a period, without any."""
    named: dict[HoldKind, str | None] = {
        HoldKind.PERSON: person,
        HoldKind.OFFICER: officer,
        HoldKind.INCIDENT: incident,
        HoldKind.KEY: key,
    }
    given: list[tuple[HoldKind, str | None]] = [(kind, named[kind]) for kind in named if named[kind] is not None]
    if len(given) > 1:
        raise click.UsageError("name one of --person, --officer, --incident and --key; place a hold for each")
    kind, target = given[0] if given else (HoldKind.PERIOD, None)
    order = HoldOrder(
        kind=kind,
        target=target,
        records_from=_in_utc(records_from),
        records_until=_in_utc(records_until),
        reason=reason,
        ends_at=ends_at.replace(tzinfo=UTC),
    )

    async def work(acting: Acting) -> Hold:
        async with _log().writing() as log:
            details = (order, acting.author, acting.now)
            return await audit_holds.place_hold(acting.connection, log, acting.agency_id, *details)

    _show(change(Administered.AUDIT, Event.AUDIT_HELD, "louver audit hold add", work), is_json=is_json)


@hold.command()
@click.argument("hold_id")
@_JSON
def release(*, hold_id: str, is_json: bool) -> None:
    """End HOLD_ID: what it kept goes with the next run."""

    async def work(acting: Acting) -> Hold:
        async with _log().writing() as log:
            return await audit_holds.release(log, acting.agency_id, _parse(hold_id), acting.author, acting.now)

    _show(change(Administered.AUDIT, Event.AUDIT_RELEASED, "louver audit hold release", work), is_json=is_json)


@hold.command("list")
@click.option("--first", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@_JSON
def list_(*, first: int, is_json: bool) -> None:
    """List the agency's holds, those that end last first."""

    async def work(acting: Acting) -> list[Hold]:
        async with _log().reading() as log:
            return await list_holds(log, acting.agency_id, first, acting.now)

    found = read(Administered.AUDIT, "louver audit hold list", work)
    if is_json:
        click.echo(as_json([_describe(each) for each in found]))
    for each in () if is_json else found:
        _show(each, is_json=False)


def _log() -> RecordedLog:
    return RecordedLog(locate_audit(Settings.from_environment()))


def _parse(text: str) -> UUID:
    return parse_id(_PREFIX, text)


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=UTC)


def _describe(found: Hold) -> dict[str, object]:
    return as_dict(found) | {"id": f"{_PREFIX}_{found.id.hex}", "target": _as_target(found)}


def _show(found: Hold, *, is_json: bool) -> None:
    described = _describe(found)
    if is_json:
        click.echo(as_json(described))
        return
    what = f"{found.kind.lower()} {described['target'] or _as_period(found)}"
    state = f"until {_as_text(found.ends_at)}" if found.is_live(datetime.now(UTC)) else "over"
    click.echo(f"{described['id']}  {state}")
    click.echo(f"  {what}, by {found.placed_by}: {found.reason}")


def _as_target(found: Hold) -> str | None:
    return f"{PREFIXES[found.kind]}_{found.target}" if found.kind in PREFIXES else found.target


def _as_period(found: Hold) -> str:
    return " to ".join(_as_text(each) for each in (found.records_from, found.records_until) if each is not None)


def _as_text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
