"""The administration of stored operations, beside that of access."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from louver.logging.events import Event
from louver.resolvers import operations
from louver.resolvers.operations import StoredOperation as Stored
from louver.schema import access
from louver.schema.access import INPUT, AgencyId, First, Info, changing, reading
from louver.schema.access_inputs import optional
from louver.schema.access_types import described
from louver.schema.manifests import PREFIX, read_drafts, strip_prefix


@strawberry.type(description="An operation that clients may ask for by its hash.")
class StoredOperation:
    """A stored operation."""

    id: strawberry.ID = described("What is sent as `documentId`.")
    text: str = described("Its text.")
    names: list[str] = described("Names of the operations in it.")
    registered_at: datetime = described("When it was registered.")
    registered_by: str = described("Who registered it.")
    retired_at: datetime | None = described("When it was retired; it has not been answered since.")
    retired_by: str | None = described("Who retired it.")


@strawberry.input(description="An operation to be registered.")
class OperationInput:
    """One entry of a manifest."""

    hash: str = described("SHA-256 of the text in UTF-8, in small hexadecimal digits.")
    text: str = described("The text, exactly as clients hash it.")


@strawberry.input(description="Operations to be registered.")
class RegisterOperationsInput:
    """A manifest."""

    operations: list[OperationInput] = described("Operations, at most 500 at a time.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")


@strawberry.input(description="Operations to be retired.")
class RetireOperationsInput:
    """Some hashes."""

    ids: list[strawberry.ID] = described("Their ids or hashes.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")


@strawberry.type(
    name="Mutation", description="What can be changed. One change is sent at a time, and recorded by itself."
)
class Mutation(access.Mutation):
    """All of what can be changed."""

    @access.declare_change("Register operations, to be asked for by their hash from the next request on.")
    async def register_operations(
        self, info: Info, order: Annotated[RegisterOperationsInput, INPUT]
    ) -> list[StoredOperation]:
        """See operations.register_operations."""
        async with changing(info, "registerOperations", order.agency_id, Event.OPERATION_REGISTERED) as change:
            details = (read_drafts((each.hash, each.text) for each in order.operations), change.author, change.now)
            found = await operations.register_operations(change.connection, change.agency_id, *details)
        return [_show(each) for each in found]

    @access.declare_change("Retire stored operations: they are not answered from the next request on.")
    async def retire_operations(
        self, info: Info, order: Annotated[RetireOperationsInput, INPUT]
    ) -> list[StoredOperation]:
        """See operations.retire_operations."""
        async with changing(info, "retireOperations", order.agency_id, Event.OPERATION_RETIRED) as change:
            details = (set(map(strip_prefix, order.ids)), change.author, change.now)
            found = await operations.retire_operations(change.connection, change.agency_id, *details)
        return [_show(each) for each in found]


async def _list_operations(
    info: Info,
    first: First = 20,
    after: Annotated[strawberry.ID | None, strawberry.argument(description="Begin after this id.")] = None,
    agency_id: AgencyId = None,
) -> list[StoredOperation] | None:
    async with reading(info, "storedOperations", agency_id, first) as (connection, found):
        listed = await operations.list_operations(connection, found, first, strip_prefix(after or ""))
        return [_show(each) for each in listed]


def make_query_field() -> StrawberryField:
    """Make the field of `Query` that lists them."""
    description = "Operations that the agency has registered, by id; retired ones too."
    return StrawberryField("storedOperations", "storedOperations", description=description)(_list_operations)


def _show(stored: Stored) -> StoredOperation:
    return StoredOperation(
        id=strawberry.ID(f"{PREFIX}{stored.hash}"),
        text=stored.text,
        names=list(stored.names),
        registered_at=stored.registered_at,
        registered_by=stored.registered_by,
        retired_at=stored.retired_at,
        retired_by=stored.retired_by,
    )
