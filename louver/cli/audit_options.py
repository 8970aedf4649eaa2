"""What the commands that ask the log have in common: which records, which period, how the answer is told."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from graphql import GraphQLError, GraphQLInputObjectType
from graphql.utilities import coerce_input_value, validate_input_value
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.cli.administering import Acting
from louver.errors import InvalidInputError
from louver.logging.location import locate_audit
from louver.resolvers.asking.reach import Period, Reach, find_reach, read_period
from louver.resolvers.recorded import RecordedLog
from louver.schema.roots import build_schema
from louver.settings import Settings

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])
JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
FIRST = click.option("--first", type=click.IntRange(1, 1_000), default=20, show_default=True, help="How many.")
_FILTERS: tuple[tuple[str, str, tuple[str, str], str], ...] = (
    ("--event", "event", ("event", "eq"), "Only this event, such as access.denied."),
    ("--outcome", "outcome", ("outcome", "eq"), "Only with this outcome."),
    ("--operation", "operation", ("operationName", "eq"), "Only operations of this name."),
    ("--key", "key", ("keyPrefix", "eq"), "Only with this key, by its prefix."),
    ("--address", "address", ("address", "eq"), "Only from this address."),
    ("--officer", "officer", ("officerIds", "has"), "Only where this officer's data was read, by id."),
    ("--field", "field", ("returned", "has"), "Only where this field was answered, such as Officer.race."),
)
Command = Callable[..., Any]


def period_options(command: Command) -> Command:
    """Take `--from` and `--to`."""
    for name, target, text in (("--to", "end", "Until before then."), ("--from", "begin", "From then on.")):
        command = click.option(name, target, type=MOMENT, help=f"{text} In UTC.")(command)
    return command


def filter_options(command: Command) -> Command:
    """Take what narrows records down; together they are one filter, as GraphQL has it."""
    more = "Besides, a filter as GraphQL has it, in JSON."
    command = click.option("--filter", "extra", help=more)(command)
    for option, target, _, text in reversed(_FILTERS):
        command = click.option(option, target, help=text)(command)
    return period_options(command)


def read_filter(given: dict[str, Any]) -> dict[str, Any]:
    """Read the options as a filter, held to the very type that clients send.

    Raises:
        InvalidInputError: it is none.
    """
    parts: list[Any] = [{field: {operator: given[name]}} for _, name, (field, operator), _ in _FILTERS if given[name]]
    moments = {"gte": given["begin"], "lt": given["end"]}
    parts += [
        {"at": {operator: moment.replace(tzinfo=UTC).isoformat()}} for operator, moment in moments.items() if moment
    ]
    try:
        parts += [json.loads(given["extra"])] if given["extra"] else []
    except ValueError as error:
        raise InvalidInputError("The filter is not JSON.", hint="write it as a variable of GraphQL") from error
    declared = build_schema().graphql.type_map["AuditEventFilter"]
    assert isinstance(declared, GraphQLInputObjectType)  # noqa: S101 - the schema was built so
    validate_input_value({"and": parts}, declared, _refuse)
    coerced: dict[str, Any] = coerce_input_value({"and": parts}, declared)
    return coerced


def _refuse(error: GraphQLError, path: list[str | int]) -> None:
    where = ".".join(map(str, path[2:]))
    raise InvalidInputError(
        f"The filter is not right at {where!r}.", hint="see AuditEventFilter in `louver schema`"
    ) from error


def read_moments(acting: Acting, begin: datetime | None, end: datetime | None, length: timedelta) -> Period:
    """Read a period; what is left out is now, and so long before."""
    return read_period(begin and begin.replace(tzinfo=UTC), end and end.replace(tzinfo=UTC), acting.now, length)


@asynccontextmanager
async def reaching(acting: Acting) -> AsyncGenerator[tuple[AsyncConnection, Reach]]:
    """Open the log to somebody who may ask it."""
    reach = await find_reach(acting.connection, acting.membership, acting.now)
    async with RecordedLog(locate_audit(Settings.from_environment())).reading() as log:
        yield log, reach
