"""`louver key`: an agency's API keys."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from louver.authz.keys import parse_key
from louver.cli import key_doors
from louver.cli.key_looks import preview, review
from louver.cli.key_options import limit_options, order_options, read_order
from louver.resolvers.agency_keys import KEPT, KeyChange
from louver.resolvers.issued_keys import OVERLAP_DEFAULT, OVERLAP_MAX, ApiKey, Issued
from louver.resolvers.key_orders import DAYS_MAX

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_HOUR = timedelta(hours=1)
_COLUMNS = ("prefix", "state", "agency", "role", "label", "purpose", "scopes", "expires_at", "last_used_at", "calls")
_WHOLE = frozenset({"prefix", "state", "expires_at"})
"""Columns that are useless when they are cut."""
_WIDTH = 160
_CLEARED = {"address": "allowed_addresses", "rate": "rate_per_minute", "cost": "cost_per_minute"}


@click.group()
def key() -> None:
    """Issue, rotate, limit and revoke API keys.

    With LOUVER_KEY set, as the agency's administrator whose key it is; else as who runs the installation.
    """


key.add_command(preview)
key.add_command(review)


@key.command()
@click.option("--agency", help="Whose: the agency's name, ORI or id. Goes without saying with LOUVER_KEY.")
@order_options
@_JSON
def create(*, agency: str | None, is_json: bool, **options: Any) -> None:
    """Create a key and show it, once."""
    order, typed = read_order(options, agency)
    _show_issued(*key_doors.create(order, typed), is_json=is_json)


@key.command()
@click.argument("prefix")
@click.option(
    "--overlap-hours", type=int, default=OVERLAP_DEFAULT // _HOUR, show_default=True,
    help=f"How long the old key is still accepted, up to {OVERLAP_MAX // _HOUR}.",
)  # fmt: skip
@click.option("--days", type=int, help=f"How long the new key lasts, up to {DAYS_MAX}. [default: as the old one]")
@_JSON
def rotate(*, prefix: str, overlap_hours: int, days: int | None, is_json: bool) -> None:
    """Replace the key that has PREFIX by one that is like it, and show that, once."""
    overlap = max(min(overlap_hours * _HOUR, OVERLAP_MAX + _HOUR), -_HOUR)
    _show_issued(*key_doors.rotate(_read_prefix(prefix), overlap, days), is_json=is_json)


@key.command()
@click.argument("prefix")
@click.option("--scope", "scopes", multiple=True, help="Narrow it to these. May be repeated.")
@limit_options
@click.option("--clear", "cleared", multiple=True, type=click.Choice(list(_CLEARED)), help="Take a limit away.")
@_JSON
def change(*, prefix: str, cleared: tuple[str, ...], is_json: bool, **limits: Any) -> None:
    """Change the limits of the key that has PREFIX, from its next request on. Takes an administrator's LOUVER_KEY."""
    values = {name: value for name, value in limits.items() if value not in (None, ())}
    wanted = KeyChange(**{**values, **{_CLEARED[name]: None for name in cleared}})
    if all(getattr(wanted, name) is KEPT for name in KeyChange.__dataclass_fields__):
        raise click.UsageError("Say what is to be changed.")
    changed = key_doors.change(_read_prefix(prefix), wanted)
    click.echo(json.dumps(_as_dict(changed)) if is_json else f"{changed.prefix} is changed, from its next request on.")


@key.command("list")
@click.option("--agency", help="Only this agency's: its name, ORI or id.")
@_JSON
def list_(*, agency: str | None, is_json: bool) -> None:
    """List keys, newest first; the keys themselves are held by nobody but their owners."""
    found = [_as_dict(each) | {"agency": name} for each, name in key_doors.list_keys(agency)]
    if is_json:
        click.echo(json.dumps(found))
    else:
        _show(found)


@key.command()
@click.argument("prefix")
@_JSON
def revoke(*, prefix: str, is_json: bool) -> None:
    """Revoke the key that has PREFIX, the part between the first two underscores; its next request is refused."""
    revoked = _as_dict(key_doors.revoke(_read_prefix(prefix)))
    if is_json:
        click.echo(json.dumps(revoked))
    else:
        click.echo(f"{revoked['prefix']} is revoked since {revoked['revoked_at']}.")


def _read_prefix(text: str) -> str:
    presented = parse_key(text)
    return presented.prefix if presented else text


def _show_issued(issued: Issued, agency: str, *, is_json: bool) -> None:
    shown = _as_dict(issued.key)
    if is_json:
        click.echo(json.dumps({"key": issued.text, "agency": agency, **shown}))
        return
    click.echo(issued.text)
    # Not on standard output: what takes the key from there gets the key alone.
    click.echo(f"It is not shown again. It is for {agency} and expires {shown['expires_at']}.", err=True)


def _as_dict(key: ApiKey) -> dict[str, Any]:
    names = [name for name in ApiKey.__dataclass_fields__ if name not in {"id", "agency_id"}]
    values = {name: _as_json(getattr(key, name)) for name in names}
    return {**values, "state": key.find_state(datetime.now(UTC))}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value if value is None or isinstance(value, str | int | list) else str(value)


def _show(keys: list[dict[str, Any]]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for name in _COLUMNS:
        table.add_column(name.removesuffix("_at").replace("_", " ").capitalize(), no_wrap=name in _WHOLE)
    for each in keys:
        table.add_row(*(_as_cell(each[name]) for name in _COLUMNS))
    Console(width=max(Console().width, _WIDTH), highlight=False, markup=False).print(table)


def _as_cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)
