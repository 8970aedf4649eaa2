"""The administration of access: what an administrator reads and changes of policy, roles and support grants."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.types.field import StrawberryField

from louver.authz.duties import Administered
from louver.authz.principals import Principal
from louver.authz.rights import Rights
from louver.errors import AccessDeniedError, LimitExceededError
from louver.logging.events import Event
from louver.resolvers import policies, roles, support_grants
from louver.resolvers.access import require_right
from louver.resolvers.overlays import Author, Stamp, read_lines
from louver.schema import access_types as shown
from louver.schema.access_inputs import (
    AssignRolesInput,
    CreateRoleInput,
    GrantSupportInput,
    PublishPolicyInput,
    RetireRoleInput,
    RevertPolicyInput,
    SupportGrantInput,
    read_agency,
    read_id,
)
from louver.schema.context import OperationContext
from louver.schema.duties import MUTATIONS, QUERIES, Duty

Info = strawberry.Info[OperationContext, None]
Resolver = TypeVar("Resolver", bound=Callable[..., Any])
PAGE_MAX = 100
INPUT = strawberry.argument(name="input", description="What to change.")

AgencyId = Annotated[strawberry.ID | None, strawberry.argument(description="The agency, for who is in several.")]
First = Annotated[int, strawberry.argument(description=f"How many, at most {PAGE_MAX}.")]


@dataclass(frozen=True, slots=True)
class Change:
    """A change that is under way: its transaction, its agency, and who makes it."""

    connection: AsyncConnection
    agency_id: UUID
    author: Author
    now: datetime

    def stamp(self, reason: str) -> Stamp:
        """Sign it."""
        return Stamp(self.author, reason, self.now)


def declare_change(description: str) -> Callable[[Resolver], Resolver]:
    """Declare a mutation; typed, because Strawberry's own declaration is not."""
    made: Callable[[Resolver], Resolver] = strawberry.mutation(description=description)
    return made


@strawberry.type(description="What can be changed. One change is sent at a time, and recorded by itself.")
class Mutation:
    """Every field says what it changes; the rights are in `duties`."""

    @declare_change("Change the agency's own policy, from the next request on.")
    async def publish_policy(self, info: Info, order: Annotated[PublishPolicyInput, INPUT]) -> shown.PolicyVersion:
        """See policies.publish."""
        async with changing(info, "publishPolicy", order.agency_id, Event.POLICY_CHANGED) as change:
            draft = order.as_draft(change.agency_id)
            made = await policies.publish(change.connection, change.agency_id, draft, change.stamp(order.reason))
        return shown.show_version(made)

    @declare_change("Go back to an earlier version of the agency's own policy, from the next request on.")
    async def revert_policy(self, info: Info, order: Annotated[RevertPolicyInput, INPUT]) -> shown.PolicyVersion:
        """See policies.revert."""
        async with changing(info, "revertPolicy", order.agency_id, Event.POLICY_CHANGED) as change:
            stamp = change.stamp(order.reason)
            made = await policies.revert(change.connection, change.agency_id, order.version, order.base_version, stamp)
        return shown.show_version(made)

    @declare_change("Make a role that starts with the rights of another.")
    async def create_role(self, info: Info, order: Annotated[CreateRoleInput, INPUT]) -> shown.AgencyRole:
        """See roles.make_role."""
        async with changing(info, "createRole", order.agency_id, Event.ROLE_CHANGED) as change:
            stamp, details = change.stamp(order.reason), (order.name, order.template, order.description)
            made = await roles.make_role(change.connection, change.agency_id, *details, stamp)
        return shown.show_role(made)

    @declare_change("Retire a role of the agency's own: it grants nothing from the next request on.")
    async def retire_role(self, info: Info, order: Annotated[RetireRoleInput, INPUT]) -> shown.AgencyRole:
        """See roles.retire_role."""
        async with changing(info, "retireRole", order.agency_id, Event.ROLE_CHANGED) as change:
            stamp = change.stamp(order.reason)
            retired = await roles.retire_role(change.connection, change.agency_id, order.name, stamp)
        return shown.show_role(retired)

    @declare_change("Give a member of the agency exactly these roles.")
    async def assign_roles(self, info: Info, order: Annotated[AssignRolesInput, INPUT]) -> shown.RoleAssignment:
        """See roles.assign_roles."""
        person_id = read_id("person", order.person_id)
        async with changing(info, "assignRoles", order.agency_id, Event.ROLE_CHANGED) as change:
            details = (person_id, order.roles, change.stamp(""))
            given = await roles.assign_roles(change.connection, change.agency_id, *details)
        return shown.show_assignment(given)

    @declare_change("Let the vendor's support read, for a ticket and at most 14 days.")
    async def grant_support(self, info: Info, order: Annotated[GrantSupportInput, INPUT]) -> shown.SupportGrant:
        """See support_grants.grant_support."""
        async with changing(info, "grantSupport", order.agency_id, Event.SUPPORT_GRANTED) as change:
            details = (order.as_order(change.now), change.author, change.now)
            granted = await support_grants.grant_support(change.connection, change.agency_id, *details)
        return shown.show_grant(granted)

    @declare_change("Open use of force under a support grant, as the second person who agrees.")
    async def approve_support_grant(self, info: Info, order: Annotated[SupportGrantInput, INPUT]) -> shown.SupportGrant:
        """See support_grants.approve_uof."""
        async with changing(info, "approveSupportGrant", order.agency_id, Event.SUPPORT_GRANTED) as change:
            details = (read_id("supportgrant", order.grant_id), change.author, change.now)
            approved = await support_grants.approve_uof(change.connection, change.agency_id, *details)
        return shown.show_grant(approved)

    @declare_change("Revoke a support grant: nothing leaves under it any more, what is under way included.")
    async def revoke_support_grant(self, info: Info, order: Annotated[SupportGrantInput, INPUT]) -> shown.SupportGrant:
        """See support_grants.revoke_support."""
        async with changing(info, "revokeSupportGrant", order.agency_id, Event.SUPPORT_REVOKED) as change:
            details = (read_id("supportgrant", order.grant_id), change.author, change.now)
            revoked = await support_grants.revoke_support(change.connection, change.agency_id, *details)
        return shown.show_grant(revoked)


async def _list_versions(
    info: Info,
    first: First = 20,
    before: Annotated[int | None, strawberry.argument(description="Only versions before this one.")] = None,
    agency_id: AgencyId = None,
) -> list[shown.PolicyVersion] | None:
    async with reading(info, "policyVersions", agency_id, first) as (connection, found):
        return [shown.show_version(each) for each in await policies.list_versions(connection, found, first, before)]


async def _list_lines(
    info: Info,
    version: Annotated[
        int | None, strawberry.argument(description="Of this version; of that in force without it.")
    ] = None,
    agency_id: AgencyId = None,
) -> list[shown.PolicyLine] | None:
    async with reading(info, "policyLines", agency_id) as (connection, found):
        return [shown.show_line(each) for each in await read_lines(connection, found, version)]


async def _list_roles(info: Info, agency_id: AgencyId = None) -> list[shown.AgencyRole] | None:
    async with reading(info, "agencyRoles", agency_id) as (connection, found):
        return [shown.show_role(each) for each in await roles.list_roles(connection, found)]


async def _list_grants(info: Info, first: First = 20, agency_id: AgencyId = None) -> list[shown.SupportGrant] | None:
    async with reading(info, "supportGrants", agency_id, first) as (connection, found):
        return [shown.show_grant(each) for each in await support_grants.list_grants(connection, found, first)]


_QUERIES: dict[str, tuple[Callable[..., Any], str]] = {
    "policyVersions": (_list_versions, "Changes of the agency's own policy, the newest first."),
    "policyLines": (_list_lines, "Lines of the agency's own policy."),
    "agencyRoles": (_list_roles, "Roles that the agency made, by name."),
    "supportGrants": (_list_grants, "Grants to the vendor's support, those that end last first."),
}


def list_query_fields() -> list[StrawberryField]:
    """Make the fields of `Query` that administrators read by."""
    return [
        StrawberryField(name, name, description=description)(resolver)
        for name, (resolver, description) in _QUERIES.items()
    ]


@asynccontextmanager
async def changing(info: Info, name: str, agency: str | None, event: Event) -> AsyncGenerator[Change]:
    """Open a change to whoever has the right, and say in the access record what it was once it is done."""
    context = info.context
    agency_id = _require(context, MUTATIONS[name], agency)
    author, duty = Author.from_principal(context.principal), MUTATIONS[name].administered
    async with context.administration.changing(lambda: context.trail.begin(event, duty)) as connection:
        yield Change(connection, agency_id, author, datetime.now(UTC))
        _note_change(context, event, duty)


@asynccontextmanager
async def changing_log(
    info: Info, name: str, agency: str | None, event: Event
) -> AsyncGenerator[tuple[Change, AsyncConnection]]:
    """As `changing`, for what lies in the log itself: with a transaction there, which is committed first."""
    context = info.context
    async with changing(info, name, agency, event) as change, context.administration.log.writing() as written:
        yield change, written
        _note_change(context, event, MUTATIONS[name].administered)


def _note_change(context: OperationContext, event: Event, duty: Administered) -> None:
    """Say what is changed, just before it is for good: from here on it may be, whatever becomes of the request."""
    facts = context.facts
    if not facts.is_changed:
        facts.event, facts.is_changed = event, True
        facts.returned = (duty, *facts.returned)


@asynccontextmanager
async def reading(
    info: Info, name: str, agency: str | None, first: int = 0
) -> AsyncGenerator[tuple[AsyncConnection, UUID]]:
    """Open the store to whoever has the right to read, and say in the access record what was read."""
    context = info.context
    agency_id = _require(context, QUERIES[name], agency)
    if not 0 <= first <= PAGE_MAX:
        raise LimitExceededError(
            "The page is too large.", hint="ask for less", limit="page_size", maximum=PAGE_MAX, actual=first
        )
    async with context.administration.reading() as connection:
        yield connection, agency_id
    context.facts.returned += (QUERIES[name].administered,)


def find_rights(info: Info, agency_id: UUID) -> Rights:
    """Find the caller's own rights in an agency that it is in."""
    return next(each.rights for each in info.context.principal.memberships if each.agency_id == agency_id)


def _require(context: OperationContext, duty: Duty, agency: str | None) -> UUID:
    try:
        return _find_agency(context.principal, duty, agency)
    except AccessDeniedError:
        context.facts.denied += (duty.administered,)
        raise


def _find_agency(principal: Principal, duty: Duty, agency: str | None) -> UUID:
    return require_right(principal, read_agency(agency), duty.administered, duty.act).agency_id
