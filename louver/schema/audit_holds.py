"""The administration of the log's retention: legal holds, and what becomes of records when their time is over."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import strawberry
from strawberry.types.field import StrawberryField

from louver.authz.duties import Administered
from louver.logging.events import Event
from louver.logging.retention.agencies import find_removal, set_removal
from louver.logging.retention.holds import list_holds
from louver.resolvers import audit_holds
from louver.schema import audit_types as shown
from louver.schema import keys
from louver.schema.access import INPUT, AgencyId, First, Info, changing_log, declare_change, reading


@strawberry.type(description="What can be changed. One change is sent at a time, and recorded by itself.")
class Mutation(keys.Mutation):
    """Legal holds, beside all else that is administered."""

    @declare_change("Keep access records although their twelve months are over.")
    async def place_audit_hold(self, info: Info, order: Annotated[shown.PlaceAuditHoldInput, INPUT]) -> shown.AuditHold:
        """See audit_holds.place_hold."""
        async with changing_log(info, "placeAuditHold", order.agency_id, Event.AUDIT_HELD) as (change, log):
            details = (order.as_order(), change.author, change.now)
            hold = await audit_holds.place_hold(change.connection, log, change.agency_id, *details)
            return _name(info, shown.show_hold(hold))

    @declare_change("End a legal hold: what it kept goes with the next run.")
    async def release_audit_hold(self, info: Info, order: Annotated[shown.AuditHoldInput, INPUT]) -> shown.AuditHold:
        """See audit_holds.release."""
        async with changing_log(info, "releaseAuditHold", order.agency_id, Event.AUDIT_RELEASED) as (change, log):
            hold = await audit_holds.release(log, change.agency_id, order.as_id(), change.author, change.now)
            return _name(info, shown.show_hold(hold))

    @declare_change("Choose what becomes of the agency's access records after twelve months.")
    async def choose_audit_removal(
        self, info: Info, order: Annotated[shown.ChooseAuditRemovalInput, INPUT]
    ) -> shown.AuditRetention:
        """See agencies.set_removal."""
        async with changing_log(info, "chooseAuditRemoval", order.agency_id, Event.POLICY_CHANGED) as (change, log):
            await set_removal(log, change.agency_id, order.removal)
        return shown.AuditRetention(removal=order.removal)


async def _list_holds(info: Info, first: First = 20, agency_id: AgencyId = None) -> list[shown.AuditHold] | None:
    log, now = info.context.administration.log, datetime.now(UTC)
    async with reading(info, "auditHolds", agency_id, first) as (_, found), log.reading() as connection:
        return [shown.show_hold(each) for each in await list_holds(connection, found, first, now)]


async def _find_retention(info: Info, agency_id: AgencyId = None) -> shown.AuditRetention | None:
    log = info.context.administration.log
    async with reading(info, "auditRetention", agency_id) as (_, found), log.reading() as connection:
        return shown.AuditRetention(removal=await find_removal(connection, found))


_QUERIES: dict[str, tuple[Callable[..., Any], str]] = {
    "auditHolds": (_list_holds, "Legal holds on the agency's access records, those that end last first."),
    "auditRetention": (_find_retention, "What becomes of the agency's access records after twelve months."),
}


def list_query_fields() -> list[StrawberryField]:
    """Make the fields of `Query` about the log's retention."""
    return [
        StrawberryField(name, name, description=description)(resolver)
        for name, (resolver, description) in _QUERIES.items()
    ]


def _name(info: Info, hold: shown.AuditHold) -> shown.AuditHold:
    """Say in the access record which hold it was."""
    info.context.facts.returned += (f"{Administered.AUDIT}/{hold.id}",)
    return hold
