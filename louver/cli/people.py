"""`louver person`: an agency's people, as its administrator keeps them, or who operates the service."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.duties import Administered
from louver.cli.administering import Acting, as_json, change, read
from louver.cli.operating import Operating, operate
from louver.db.codes import PersonStatus
from louver.db.finding import get_agency
from louver.logging import Event, ValueDigest
from louver.people import digest_login_name, members
from louver.people.accounts import normalize_email
from louver.people.guards import clear_tries
from louver.people.joining import MemberOrder, add_member
from louver.people.members import Listed
from louver.resolvers.overlays import Author, Stamp
from louver.secret import derive_key, read_secret
from louver.settings import Settings

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_DAY = click.DateTime(["%Y-%m-%d"])
_EMAIL = click.argument("email")
_AGENCY = click.option(
    "--agency",
    help="At the service's own machine, in place of LOUVER_KEY: whose, by name, ORI or id; recorded as such.",
)


@dataclass(frozen=True, slots=True)
class _Keeping:
    """What is under way, whoever does it."""

    connection: AsyncConnection
    agency_id: UUID
    author: Author
    now: datetime

    @classmethod
    def of(cls, acting: Acting | Operating, agency_id: UUID) -> Self:
        return cls(acting.connection, agency_id, acting.author, acting.now)


@click.group()
def person() -> None:
    """Keep an agency's people. LOUVER_KEY says who acts, and for which agency."""


@person.command()
@click.option("--email", required=True, help="The address that the person logs in with.")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", multiple=True, required=True, help="What the person may see. May be repeated.")
@click.option("--officer", help="The badge of the officer that the person is.")
@click.option("--unit", "units", multiple=True, help="A unit that the person leads, with those below. May be repeated.")
@click.option("--trainings-from", type=_DAY, help="First day of the training cycle that a state auditor may see.")
@click.option("--trainings-to", type=_DAY, help="Last day of that cycle.")
@click.option("--without-password", is_flag=True, help="For who logs in by the agency's own identity provider.")
@_AGENCY
@_JSON
def add(
    *,
    agency: str | None,
    is_json: bool,
    without_password: bool,
    trainings_from: datetime | None,
    trainings_to: datetime | None,
    **order: Any,
) -> None:
    """Make an account, and show its first password, once."""
    first, last = (day.date() if day else None for day in (trainings_from, trainings_to))
    wanted = MemberOrder(trainings_from=first, trainings_to=last, **order)

    async def work(acting: _Keeping) -> dict[str, Any]:
        connection, agency_id = acting.connection, acting.agency_id
        person_id, is_new = await add_member(connection, agency_id, wanted, Stamp(acting.author, "", acting.now))
        made = {"id": f"person_{person_id.hex}", "email": normalize_email(wanted.email)}
        if is_new and not without_password:
            made["password"] = await members.set_password(
                connection, agency_id, wanted.email, acting.author, acting.now
            )
        return made

    _show_password(_change("add", wanted.email, agency, work), is_json=is_json)


@person.command("list")
@_JSON
def list_(*, is_json: bool) -> None:
    """List the agency's people."""

    async def work(acting: Acting) -> list[Listed]:
        return await members.list_members(acting.connection, acting.agency_id)

    found = read(Administered.ROLES, "louver person list", work)
    if is_json:
        click.echo(as_json([each._asdict() | {"id": f"person_{each.id.hex}"} for each in found]))
    for each in () if is_json else found:
        factor = "second factor" if each.has_factor else "one factor" if each.has_password else "no password"
        last = each.last_login_at.isoformat(timespec="seconds") if each.last_login_at else "never"
        click.echo(f"{each.email}  {each.name}  {each.status}  {', '.join(each.roles)}  {factor}  last log-in {last}")


@person.command()
@_EMAIL
@_AGENCY
@_JSON
def password(*, email: str, agency: str | None, is_json: bool) -> None:
    """Give a new password to EMAIL, and show it, once; it has to be changed at log-in, within 72 hours."""

    async def work(acting: _Keeping) -> dict[str, Any]:
        text = await members.set_password(acting.connection, acting.agency_id, email, acting.author, acting.now)
        await _unlock(acting, email)
        return {"email": normalize_email(email), "password": text}

    _show_password(_change("password", email, agency, work), is_json=is_json)


@person.command("reset-totp")
@_EMAIL
@_AGENCY
def reset_totp(*, email: str, agency: str | None) -> None:
    """Take the second factor of EMAIL away, when the device is lost."""
    _change(
        "reset-totp",
        email,
        agency,
        lambda acting: members.reset_totp(acting.connection, acting.agency_id, email, acting.author),
    )
    click.echo("A second factor can be set up again.")


@person.command()
@_EMAIL
@_AGENCY
def disable(*, email: str, agency: str | None) -> None:
    """Close the account of EMAIL: out at the next request; what was recorded stays."""
    _change("disable", email, agency, lambda acting: _set_status(acting, email, PersonStatus.DEACTIVATED))
    click.echo("The account is closed.")


@person.command()
@_EMAIL
@_AGENCY
def enable(*, email: str, agency: str | None) -> None:
    """Open the account of EMAIL, also after 90 days without a log-in, and its lock after bad log-ons."""

    async def work(acting: _Keeping) -> None:
        await _set_status(acting, email, PersonStatus.ACTIVE)
        await _unlock(acting, email)

    _change("enable", email, agency, work)
    click.echo("The account is open.")


@person.command()
@_EMAIL
@_AGENCY
def remove(*, email: str, agency: str | None) -> None:
    """End the membership of EMAIL in the agency; an account without any other is closed."""
    _change(
        "remove",
        email,
        agency,
        lambda acting: members.remove_member(acting.connection, acting.agency_id, email, acting.now),
    )
    click.echo("The membership has ended.")


def _change(name: str, email: str, agency: str | None, work: Callable[[_Keeping], Awaitable[Any]]) -> Any:
    """Change as the administrator or, with an agency named, as the operator; whom, is in the record as a digest."""
    command, event = f"louver person {name}", Event.PERSON_CHANGED
    digest = ValueDigest(derive_key(read_secret(Settings.from_environment()), "log digest"))
    variables = digest.variables({"email": normalize_email(email)})
    if agency is None:

        async def administering(acting: Acting) -> Any:
            return await work(_Keeping.of(acting, acting.agency_id))

        return change(Administered.ROLES, event, command, administering, variables)

    async def operating(acting: Operating) -> Any:
        acting.agency_id = (await get_agency(acting.connection, agency)).id
        return await work(_Keeping.of(acting, acting.agency_id))

    return operate(Administered.ROLES, event, command, operating, variables)


async def _set_status(acting: _Keeping, email: str, status: PersonStatus) -> None:
    await members.set_status(acting.connection, acting.agency_id, email, status, acting.author, acting.now)


async def _unlock(acting: _Keeping, email: str) -> None:
    secret = read_secret(Settings.from_environment())
    await clear_tries(acting.connection, digest_login_name(secret, normalize_email(email)))


def _show_password(made: dict[str, Any], *, is_json: bool) -> None:
    if is_json:
        click.echo(as_json(made))
        return
    if "password" in made:
        click.echo(made["password"])
    # Not on standard output: what takes the password from there gets the password alone.
    hint = "The password is not shown again; it has to be changed at log-in." if "password" in made else "No password."
    click.echo(f"{made['email']}: {hint}", err=True)
