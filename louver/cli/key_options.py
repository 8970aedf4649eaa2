"""Options that say what a key is to be: of `louver key create`, and of its rehearsal `louver key preview`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import click

from louver.authz.vocabulary import DeniedMode, Safelist
from louver.cli.key_doors import Typed
from louver.resolvers.key_orders import DAYS_DEFAULT, DAYS_MAX, KeyOrder

_DAY = click.DateTime(["%Y-%m-%d"])
AnyCommand = Callable[..., Any]
_LIMITS = (
    click.option(
        "--address", "allowed_addresses", multiple=True, help="Accept it from this network alone. May be repeated."
    ),
    click.option("--rate", "rate_per_minute", type=int, help="Requests in a minute."),
    click.option("--cost", "cost_per_minute", type=int, help="Cost in a minute."),
    click.option(
        "--denied", "denied_mode", type=click.Choice([*map(str, DeniedMode)]), help="How it is told of denied fields."
    ),
    click.option(
        "--safelist", type=click.Choice([*map(str, Safelist)]), help="What comes of operations that are not stored."
    ),
)
_OPTIONS = (
    click.option("--role", required=True, help="What it may see; of a partner's key, the template."),
    click.option("--purpose", required=True, help="What it is for; stands in every access record."),
    click.option("--label", help="What lists call it. [default: the role]"),
    click.option(
        "--days", type=int, default=DAYS_DEFAULT, show_default=True, help=f"How long it lasts, up to {DAYS_MAX}."
    ),
    click.option("--partner", "is_partner", is_flag=True, help="For somebody outside of the agency: it never enters."),
    click.option(
        "--scope", "scopes", multiple=True,
        help="Narrow it: Type.field, Type.* or a field group, perhaps with verbs (:view,export). May be repeated.",
    ),
    *_LIMITS,
    click.option("--officer", help="The badge of the officer that it acts for."),
    click.option("--unit", "units", multiple=True, help="A unit that it acts for, with those below. May be repeated."),
    click.option("--trainings-from", type=_DAY, help="First day of the training cycle that a state auditor may see."),
    click.option("--trainings-to", type=_DAY, help="Last day of that cycle."),
)  # fmt: skip


def order_options(command: AnyCommand) -> AnyCommand:
    """Give a command all options."""
    return _give(_OPTIONS, command)


def limit_options(command: AnyCommand) -> AnyCommand:
    """Give a command those that can be changed later."""
    return _give(_LIMITS, command)


def read_order(options: Mapping[str, Any], agency: str | None = None) -> tuple[KeyOrder, Typed]:
    """Read them."""
    values = dict(options)
    typed = Typed(agency=agency, officer=values.pop("officer"), units=values.pop("units"))
    days: dict[str, Any] = {name: _as_day(values.pop(name)) for name in ("trainings_from", "trainings_to")}
    return KeyOrder(**values, **days), typed


def _as_day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _give(options: Sequence[AnyCommand], command: AnyCommand) -> AnyCommand:
    for option in reversed(options):
        command = option(command)
    return command
