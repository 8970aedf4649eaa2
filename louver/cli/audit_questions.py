"""`louver audit accesses`, `reads`, `denials`, `unusual`, `weeks` and `sign-off`: the questions by name."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import click

from louver.authz.duties import Administered
from louver.cli.administering import Acting, as_dict, as_json, ask, change
from louver.cli.audit_options import FIRST, JSON, period_options, reaching, read_moments
from louver.cli.publishing import parse_id
from louver.logging import Event
from louver.logging.location import locate_audit
from louver.resolvers.access import require_duty
from louver.resolvers.asking import questions
from louver.resolvers.asking.reach import find_reach, is_own
from louver.resolvers.asking.unusual import Unusual, list_unusual
from louver.resolvers.asking.weeks import Week, find_week, list_weeks, sign_off
from louver.resolvers.recorded import RecordedLog
from louver.settings import Settings

_WEEK, _MONTH, _YEAR = timedelta(days=7), timedelta(days=31), timedelta(days=366)


@click.command()
@click.argument("officer")
@period_options
@FIRST
@JSON
def accesses(*, officer: str, begin: datetime | None, end: datetime | None, first: int, is_json: bool) -> None:
    """List who opened OFFICER's record, by id; an officer may ask it of the own record."""
    officer_id = parse_id("officer", officer)

    async def work(acting: Acting) -> list[questions.Access]:
        acting.details["officer"] = officer_id.hex
        own = is_own(acting.membership, officer_id)
        if not own:
            require_duty(acting.membership, Administered.AUDIT_EVENT)
        async with reaching(acting) as (log, reach):
            period = read_moments(acting, begin, end, _YEAR)
            asked = (acting.connection, log, reach, officer_id, period, first)
            return await questions.list_accesses(*asked, is_own=own)

    _show(ask(Event.AUDIT_SEARCHED, "louver audit accesses", work, None), _describe_access, is_json=is_json)


@click.command()
@click.option("--key", help="What was read with this key, by its prefix.")
@click.option("--person", help="What this person read, also with keys that act for the person; by id.")
@period_options
@JSON
def reads(*, key: str | None, person: str | None, begin: datetime | None, end: datetime | None, is_json: bool) -> None:
    """Say what a key or a person read: whose data, which fields, how often. The last 31 days without --from."""
    if (key is None) == (person is None):
        raise click.UsageError("name --key or --person")
    person_id = None if person is None else parse_id("person", person)

    async def work(acting: Acting) -> questions.Reads:
        async with reaching(acting) as (log, reach):
            principals = await questions.find_principals(acting.connection, reach, key, person_id)
            period = read_moments(acting, begin, end, _MONTH)
            return await questions.find_reads(acting.connection, log, reach, principals, period)

    found = ask(Event.AUDIT_SEARCHED, "louver audit reads", work, Administered.AUDIT_ACTOR)
    click.echo(as_json(as_dict(found)) if is_json else _describe_reads(found))


@click.command()
@period_options
@FIRST
@JSON
def denials(*, begin: datetime | None, end: datetime | None, first: int, is_json: bool) -> None:
    """List what was denied, refused or failed: this week without --from."""

    async def work(acting: Acting) -> list[questions.Denial]:
        async with reaching(acting) as (log, reach):
            period = find_week(reach) if begin is None and end is None else read_moments(acting, begin, end, _WEEK)
            return await questions.list_denials(log, reach, period, first)

    found = ask(Event.AUDIT_SEARCHED, "louver audit denials", work, Administered.AUDIT_EVENT)
    _show(found, _describe_denial, is_json=is_json)


@click.command()
@period_options
@JSON
def unusual(*, begin: datetime | None, end: datetime | None, is_json: bool) -> None:
    """List what was unusual: more than ever, at night, from a new address. The last seven days without --from."""

    async def work(acting: Acting) -> list[Unusual]:
        async with reaching(acting) as (log, reach):
            return await list_unusual(log, reach, read_moments(acting, begin, end, _WEEK))

    found = ask(Event.AUDIT_SEARCHED, "louver audit unusual", work, Administered.AUDIT_EVENT)
    _show(found, _describe_unusual, is_json=is_json)


@click.command()
@click.option("--open", "is_open", is_flag=True, help="Only those that wait for a signature.")
@FIRST
@JSON
def weeks(*, is_open: bool, first: int, is_json: bool) -> None:
    """List the weeks that are over, the newest first, with who signed them off."""

    async def work(acting: Acting) -> list[Week]:
        async with reaching(acting) as (log, reach):
            return await list_weeks(log, reach, first, is_open=is_open)

    found = ask(Event.AUDIT_SEARCHED, "louver audit weeks", work, Administered.AUDIT_REVIEW)
    _show(found, _describe_week, is_json=is_json)


@click.command("sign-off")
@click.argument("week")
@click.option("--note", default="", help="What you found, and did about it.")
@JSON
def sign_off_(*, week: str, note: str, is_json: bool) -> None:
    """Sign that WEEK, such as 2026-W12, was looked at."""

    async def work(acting: Acting) -> Week:
        reach = await find_reach(acting.connection, acting.membership, acting.now)
        acting.details["week"] = week
        async with RecordedLog(locate_audit(Settings.from_environment())).writing() as log:
            return await sign_off(log, reach, week, note, acting.author)

    signed = change(Administered.AUDIT_REVIEW, Event.AUDIT_REVIEWED, "louver audit sign-off", work)
    _show([signed], _describe_week, is_json=is_json)


def _show(found: Sequence[Any], describe: Any, *, is_json: bool) -> None:
    if is_json:
        click.echo(as_json([as_dict(each) for each in found]))
    else:
        click.echo("\n".join(map(describe, found)) or "nothing")


def _describe_access(access: questions.Access) -> str:
    who = " ".join(filter(None, (access.label, access.key_prefix, access.address)))
    why = f" for {access.purpose}" if access.purpose else ""
    return f"{_as_text(access.at)} {','.join(access.roles)} {who}{why}: {' '.join(access.fields)}"


def _describe_reads(found: questions.Reads) -> str:
    lines = [
        f"{found.records} operations between {_as_text(found.begin)} and {_as_text(found.end)}, {found.rows} rows",
        f"  officers: {len(found.officers)}, incidents: {len(found.incidents)}; --json lists them",
        f"  denied in {found.denied} operations; from {', '.join(found.addresses) or 'nowhere'}",
        *(f"  {name}  {times}" for name, times in found.fields.items()),
    ]
    return "\n".join(lines)


def _describe_denial(denial: questions.Denial) -> str:
    what = f"{denial.event} {denial.reason or ''} {' '.join(denial.coordinates)}"
    return (
        f"{denial.times} × {what}, {','.join(denial.roles)} {denial.key_prefix or ''}, last {_as_text(denial.last_at)}"
    )


def _describe_unusual(odd: Unusual) -> str:
    who = " ".join(filter(None, (odd.key_prefix, odd.address)))
    return f"{_as_text(odd.last_at)} {odd.oddity} {who} {odd.amount}, usual {odd.usual}"


def _describe_week(week: Week) -> str:
    review = week.review
    state = f"signed {_as_text(review.signed_at)} by {review.signed_by}: {review.note}" if review else "waits"
    return f"{week.week}  {week.records} records, {week.denials} denials  {state}"


def _as_text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
