"""The administration of keys: what an agency's administrator issues, rotates, changes, revokes and looks into."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import strawberry
from strawberry.types.field import StrawberryField

from louver.authz.duties import Administered
from louver.logging.events import Event
from louver.resolvers import agency_keys, issued_keys
from louver.resolvers.agency_keys import Administrator
from louver.resolvers.key_reviews import review
from louver.schema import key_types as shown
from louver.schema import operations
from louver.schema.access import INPUT, AgencyId, Change, First, Info, changing, declare_change, find_rights, reading
from louver.schema.catalogue import read_needs
from louver.schema.key_inputs import ChangeKeyInput, IssueKeyInput, KeyInput, RotateKeyInput
from louver.schema.key_previews import preview_key

Before = Annotated[str | None, strawberry.argument(description="Only keys after this one, by its prefix.")]
Prefix = Annotated[str, strawberry.argument(description="Prefix of the key.")]


@strawberry.type(description="What can be changed. One change is sent at a time, and recorded by itself.")
class Mutation(operations.Mutation):
    """Keys, beside all else that is administered."""

    @declare_change("Issue a key. It is shown in the answer, and never again.")
    async def issue_key(self, info: Info, order: Annotated[IssueKeyInput, INPUT]) -> shown.IssuedApiKey:
        """See agency_keys.issue."""
        async with _administering(info, "issueKey", order.agency_id, Event.KEY_ISSUED) as (making, by):
            issued = await agency_keys.issue(making.connection, by, order.as_order(), making.now)
            _name(info, issued.key.prefix)
        return shown.show_issued(issued)

    @declare_change("Replace a key by one that is like it. For a time that you choose, both are accepted.")
    async def rotate_key(self, info: Info, order: Annotated[RotateKeyInput, INPUT]) -> shown.IssuedApiKey:
        """See agency_keys.rotate."""
        async with _administering(info, "rotateKey", order.agency_id, Event.KEY_ROTATED) as (making, by):
            details = (order.prefix, making.now, order.overlap, order.days)
            issued = await agency_keys.rotate(making.connection, by, *details)
            _name(info, order.prefix, issued.key.prefix)
        return shown.show_issued(issued)

    @declare_change("Change a key's limits, or narrow its scopes, from its next request on.")
    async def change_key(self, info: Info, order: Annotated[ChangeKeyInput, INPUT]) -> shown.ApiKey:
        """See agency_keys.change."""
        async with _administering(info, "changeKey", order.agency_id, Event.KEY_CHANGED) as (making, by):
            details = (order.prefix, order.as_change(), making.now)
            changed = await agency_keys.change(making.connection, by, *details)
            _name(info, changed.prefix)
        return shown.show_key(changed)

    @declare_change("Revoke a key: its next request is refused.")
    async def revoke_key(self, info: Info, order: Annotated[KeyInput, INPUT]) -> shown.ApiKey:
        """See agency_keys.revoke."""
        async with _administering(info, "revokeKey", order.agency_id, Event.KEY_REVOKED) as (making, by):
            revoked = await agency_keys.revoke(making.connection, by, order.prefix, making.now)
            _name(info, revoked.prefix)
        return shown.show_key(revoked)


async def _list_keys(
    info: Info, first: First = 20, before: Before = None, agency_id: AgencyId = None
) -> list[shown.ApiKey] | None:
    async with reading(info, "apiKeys", agency_id, first) as (connection, found):
        return [shown.show_key(each) for each in await issued_keys.list_keys(connection, found, first, before)]


async def _review_key(info: Info, prefix: Prefix, agency_id: AgencyId = None) -> shown.KeyReview | None:
    administration, now = info.context.administration, datetime.now(UTC)
    async with reading(info, "reviewKey", agency_id) as (connection, found), administration.log.reading() as log:
        return shown.show_review(await review(connection, log, found, prefix, read_needs(), now))


_QUERIES: dict[str, tuple[Callable[..., Any], str]] = {
    "apiKeys": (_list_keys, "The agency's keys, the newest first."),
    "reviewKey": (_review_key, "What of its rights a key has not used of late, and scopes that would be enough."),
    "previewKey": (preview_key, "What a key would read, before it is issued."),
}


def list_query_fields() -> list[StrawberryField]:
    """Make the fields of `Query` about keys."""
    return [
        StrawberryField(name, name, description=description)(resolver)
        for name, (resolver, description) in _QUERIES.items()
    ]


@asynccontextmanager
async def _administering(
    info: Info, name: str, agency: str | None, event: Event
) -> AsyncGenerator[tuple[Change, Administrator]]:
    async with changing(info, name, agency, event) as making:
        yield making, Administrator(making.agency_id, making.author, find_rights(info, making.agency_id))


def _name(info: Info, *prefixes: str) -> None:
    """Say in the access record which keys it was about."""
    info.context.facts.returned += tuple(f"{Administered.KEYS}/{prefix}" for prefix in prefixes)
