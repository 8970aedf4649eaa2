"""The questions about the log by name, and the signature under a week of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

import strawberry
from strawberry.types.field import StrawberryField

from louver.errors import InvalidInputError
from louver.logging.events import Event
from louver.resolvers.asking import questions
from louver.resolvers.asking.reach import find_reach, read_period
from louver.resolvers.asking.unusual import list_unusual
from louver.resolvers.asking.weeks import find_week, list_weeks, sign_off
from louver.schema import asking_types as shown
from louver.schema import audit_holds
from louver.schema.access import INPUT, AgencyId, Info, changing_log, declare_change
from louver.schema.access_inputs import read_id, require_zone
from louver.schema.asking import asking, asking_of_officer

_MONTH = timedelta(days=31)
_YEAR = timedelta(days=366)
_WEEK = timedelta(days=7)

From = Annotated[datetime | None, strawberry.argument(name="from", description="From when.")]
To = Annotated[datetime | None, strawberry.argument(name="to", description="Until before when; until now without it.")]
First = Annotated[int, strawberry.argument(description=f"How many, at most {questions.LIST_MAX}.")]


@strawberry.type(description="What can be changed. One change is sent at a time, and recorded by itself.")
class Mutation(audit_holds.Mutation):
    """The weekly review, beside all else that is administered."""

    @declare_change("Sign that a week of the log was looked at.")
    async def sign_off_audit_week(
        self, info: Info, order: Annotated[shown.SignOffAuditWeekInput, INPUT]
    ) -> shown.AuditWeek:
        """See weeks.sign_off."""
        async with changing_log(info, "signOffAuditWeek", order.agency_id, Event.AUDIT_REVIEWED) as (change, log):
            membership = next(m for m in info.context.principal.memberships if m.agency_id == change.agency_id)
            reach = await find_reach(change.connection, membership, change.now)
            week = await sign_off(log, reach, order.week, order.note, change.author)
            info.context.facts.returned += (f"AuditReview/{week.week}",)
        return shown.show_week(week)


async def _list_accesses(
    info: Info,
    officer_id: Annotated[strawberry.ID, strawberry.argument(description="The officer's id.")],
    begin: From = None,
    end: To = None,
    first: First = 100,
    agency_id: AgencyId = None,
) -> list[shown.AuditAccess] | None:
    officer = read_id("officer", officer_id)
    async with asking_of_officer(info.context, officer, agency_id) as asked:
        period = read_period(require_zone(begin), require_zone(end), asked.reach.now, _YEAR)
        stores = (asked.records, asked.log, asked.reach)
        found = await questions.list_accesses(*stores, officer, period, first, is_own=asked.is_own)
    return [shown.show_access(each) for each in found]


async def _find_reads(
    info: Info,
    key_prefix: Annotated[str | None, strawberry.argument(description="The public part of a key.")] = None,
    person_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="A person, with the keys that act for that person.")
    ] = None,
    begin: From = None,
    end: To = None,
    agency_id: AgencyId = None,
) -> shown.AuditReads | None:
    if (key_prefix is None) == (person_id is None):
        raise InvalidInputError("Name a key or a person.", hint="give `keyPrefix` or `personId`")
    person = None if person_id is None else read_id("person", person_id)
    async with asking(info.context, "auditReads", agency_id) as asked:
        period = read_period(require_zone(begin), require_zone(end), asked.reach.now, _MONTH)
        principals = await questions.find_principals(asked.records, asked.reach, key_prefix, person)
        return shown.show_reads(await questions.find_reads(asked.records, asked.log, asked.reach, principals, period))


async def _list_denials(
    info: Info, begin: From = None, end: To = None, first: First = 100, agency_id: AgencyId = None
) -> list[shown.AuditDenial] | None:
    async with asking(info.context, "auditDenials", agency_id) as asked:
        since = require_zone(begin) or (find_week(asked.reach).begin if end is None else None)
        period = read_period(since, require_zone(end), asked.reach.now, _WEEK)
        found = await questions.list_denials(asked.log, asked.reach, period, first)
    return [shown.show_denial(each) for each in found]


async def _list_unusual(
    info: Info, begin: From = None, end: To = None, agency_id: AgencyId = None
) -> list[shown.UnusualAccess] | None:
    async with asking(info.context, "unusualAccess", agency_id) as asked:
        period = read_period(require_zone(begin), require_zone(end), asked.reach.now, _WEEK)
        found = await list_unusual(asked.log, asked.reach, period)
    return [shown.show_unusual(each) for each in found[: questions.LIST_MAX]]


async def _list_weeks(
    info: Info,
    first: First = 8,
    is_open: Annotated[bool, strawberry.argument(description="Only those that wait for a signature.")] = False,  # noqa: FBT002 - an argument of GraphQL, which has names
    agency_id: AgencyId = None,
) -> list[shown.AuditWeek] | None:
    async with asking(info.context, "auditWeeks", agency_id) as asked:
        questions.require_moderate(first)
        found = await list_weeks(asked.log, asked.reach, first, is_open=is_open)
    return [shown.show_week(each) for each in found]


_QUERIES: dict[str, tuple[Callable[..., Any], str]] = {
    "accessesOfOfficer": (
        _list_accesses,
        "Who opened an officer's record, the newest first. An officer may ask it of the own record.",
    ),
    "auditReads": (_find_reads, "What a key or a person read: the last 31 days without `from`."),
    "auditDenials": (_list_denials, "What was denied, refused or failed: this week without `from`."),
    "unusualAccess": (_list_unusual, "What was unusual: in the last seven days without `from`."),
    "auditWeeks": (_list_weeks, "The weeks of the log that are over, the newest first, with who signed them off."),
}


def list_query_fields() -> list[StrawberryField]:
    """Make the fields of `Query` that ask the log."""
    return [
        StrawberryField(name, name, description=description)(resolver)
        for name, (resolver, description) in _QUERIES.items()
    ]
