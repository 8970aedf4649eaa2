"""The simulator: a key that does not exist yet, asked what it would see. What it reads of real rows is recorded."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.facts import AgencyFacts, AgencyRights
from louver.authz.forecasting import forecast
from louver.authz.principals import Membership, Principal
from louver.authz.vocabulary import DeniedMode, PrincipalKind
from louver.db.agencies import AgencyRow
from louver.logging.events import Event
from louver.resolvers.agency_facts import read_facts
from louver.resolvers.agency_keys import Administrator, prepare
from louver.resolvers.answer import Answer
from louver.resolvers.key_orders import KeyOrder
from louver.resolvers.needs import name_roots
from louver.resolvers.overlays import Author
from louver.resolvers.recorded import list_recorded
from louver.schema import key_types as shown
from louver.schema.access import INPUT, Info, find_rights, reading
from louver.schema.catalogue import build_catalogue, read_needs
from louver.schema.context import OperationContext
from louver.schema.key_inputs import IssueKeyInput
from louver.schema.printing import find_visibility, print_shown
from louver.schema.stored_forecasts import forecast_stored
from louver.schema.visibility import Visibility

_SAMPLE_ROWS = 2


async def preview_key(info: Info, order: Annotated[IssueKeyInput, INPUT]) -> shown.KeyPreview | None:
    """Answer as the key would be answered, without making it."""
    context = info.context
    async with reading(info, "previewKey", order.agency_id) as (connection, agency_id):
        by = Administrator(agency_id, Author.from_principal(context.principal), find_rights(info, agency_id))
        prepared = await prepare(connection, by, order.as_order())
        facts, minimum = await read_facts(connection, agency_id), await _read_minimum(connection, agency_id)
    membership = await asyncio.to_thread(_draft, facts, prepared, minimum)
    async with context.administration.log.reading() as log:
        recorded = await list_recorded(log, agency_id, datetime.now(UTC))
    mode = DeniedMode(prepared.denied_mode or DeniedMode.ERRORS)
    found = await asyncio.to_thread(forecast, membership.rights, read_needs(), recorded, mode)
    visibility, sdl = await asyncio.to_thread(_introspect, context.gateway.schema, membership)
    query = _write_sample(visibility)
    context.facts.event = Event.KEY_PREVIEWED
    answer = await _ask(context, membership, prepared.purpose, query) if query else None
    stored = await context.administration.stored.list_texts(agency_id)
    known = {each.recorded.document_hash for each in found}
    graphql = context.gateway.schema.graphql
    unsent = await asyncio.to_thread(lambda: list(forecast_stored(graphql, visibility, stored, known, mode)))
    return shown.KeyPreview(
        roles=sorted(prepared.roles),
        scopes=shown.show_scopes(prepared.scopes),
        sdl=sdl,
        operations=[
            *(shown.show_forecast(each, is_stored=each.recorded.document_hash in stored) for each in found),
            *unsent,
        ],
        sample_query=query or None,
        sample_answer=None if answer is None else _render(answer),
    )


async def _ask(context: OperationContext, membership: Membership, purpose: str, query: str) -> Answer:
    """Ask as the key would. Leak: who looks has read real rows, and the record names them like any others."""
    asker = context.principal  # who pays for it
    principal = Principal(PrincipalKind.KEY, asker.id, "preview", (membership,), purpose, budget=asker.budget)
    answer = await context.gateway.execute(query, None, None, principal, DeniedMode.ERRORS)
    run = context.run
    context.facts.returned += answer.facts.returned
    run.touched["officer"] |= answer.facts.officer_ids
    run.touched["incident"] |= answer.facts.incident_ids
    run.rows += answer.facts.rows
    return answer


def _draft(facts: AgencyFacts, order: KeyOrder, minimum: int) -> Membership:
    first, last = order.trainings_from, order.trainings_to
    return Membership(
        facts.agency_id,
        AgencyRights(facts).find(order.roles, order.scopes),
        frozenset(order.unit_ids),
        order.officer_id,
        minimum,
        (first, last) if first and last else None,
    )


def _introspect(schema: Any, membership: Membership) -> tuple[Visibility, str]:
    visibility = find_visibility(schema, membership)
    return visibility, print_shown(schema, visibility)


def _write_sample(visibility: Visibility) -> str:
    """Write a query of a few rows of each type that can be listed; where none can, of the first number."""
    roots = list(_list_roots(visibility)) or list(_count_roots(visibility))[:1]
    return " ".join(["{", *roots, "}"]) if roots else ""


def _list_roots(visibility: Visibility) -> Iterator[str]:
    for entity in build_catalogue().values():
        _, plural, _ = name_roots(entity)
        fields = [name for name in entity.columns if visibility.shows(f"{entity.name}.{name}")]
        if visibility.shows(f"Query.{plural}") and fields:
            yield f"{plural}(first: {_SAMPLE_ROWS}) {{ nodes {{ {' '.join(fields)} }} }}"


def _count_roots(visibility: Visibility) -> Iterator[str]:
    roots = (name_roots(entity)[2] for entity in build_catalogue().values())
    return (f"{root} {{ count }}" for root in roots if visibility.shows(f"Query.{root}"))


def _render(answer: Answer) -> str:
    content: dict[str, Any] = {"data": answer.data} if answer.has_data else {}
    if answer.errors:
        content["errors"] = answer.errors
    return orjson.dumps(content, option=orjson.OPT_UTC_Z).decode()


async def _read_minimum(connection: AsyncConnection, agency_id: UUID) -> int:
    found = await connection.scalar(select(AgencyRow.small_cell_minimum).where(AgencyRow.id == agency_id))
    assert found is not None  # noqa: S101 - the administrator is a member of it
    return found
