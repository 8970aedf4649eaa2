"""The gateway: one operation of one principal, from its text to an answer and the facts of what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues

from louver.authz.budgets import Quota
from louver.authz.principals import Principal
from louver.authz.vocabulary import DeniedMode
from louver.errors import (
    AccessDeniedError,
    FieldDeniedError,
    InvalidInputError,
    LimitExceededError,
    ReadOnlyError,
    RefusedError,
)
from louver.resolvers.access import Administration
from louver.resolvers.answer import AccessFacts, Answer, Trail
from louver.resolvers.cache import Latest, LruCache
from louver.resolvers.cursors import CursorCipher, CursorKeeper
from louver.resolvers.dialects import Speech
from louver.resolvers.notes import Notes
from louver.resolvers.planner import Planner
from louver.resolvers.run import Run
from louver.resolvers.standings import Footing, Standing
from louver.resolvers.statements import Reads
from louver.schema.context import OperationContext
from louver.schema.denials import list_denial_errors, refuse_denied
from louver.schema.documents import ERRORS_SHOWN, Document, Documents, Hiding
from louver.schema.execution import read_planned
from louver.schema.facts import build_extensions, fill_facts
from louver.schema.hiding import hide_in_variables, unmark
from louver.schema.limits.meter import Meter
from louver.schema.limits.variables import require_small_variables
from louver.schema.refusing import list_denied_duties
from louver.schema.roots import LouverSchema
from louver.schema.selecting import Selector
from louver.schema.spelling import are_denials, spell, spell_execution_error, spell_request_error, without_path
from louver.schema.visibility import Visibility
from louver.tracing import step

VISIBILITIES_KEPT = 1_000
FOOTINGS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and how denials are to be told."""

    principal: Principal
    footing: Footing
    denied_mode: DeniedMode
    trail: Trail


class Gateway:
    """Executes operations over one schema and one database."""

    def __init__(
        self,
        schema: LouverSchema,
        reads: Reads,
        speech: Speech,
        cipher: CursorCipher,
        page_size_max: int,
        administration: Administration,
        meter: Meter | None = None,
    ) -> None:
        self.schema = schema
        self._reads = reads
        self._cipher = cipher
        self._page_size_max = page_size_max
        self._administration = administration
        self._meter = meter or Meter()
        self._documents = Documents(schema.graphql, self._meter.limits)
        self._selector = Selector(schema)
        self._planner = Planner(schema.catalogue, speech)
        self._footings: Latest[Footing] = Latest(FOOTINGS_KEPT)
        self._visibilities: LruCache[Visibility] = LruCache(VISIBILITIES_KEPT)

    async def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        denied_mode: DeniedMode,
        *,
        is_read_only: bool = False,
        trail: Trail | None = None,
    ) -> Answer:
        """Answer an operation.

        Raises:
            ReadOnlyError: it is a mutation, where only queries are taken.
            ThrottledError: it costs more than is left of the principal's budget.
            UnavailableError: the database did not answer.
        """
        footing = self._footings.get_or_make(principal.id, (principal,), lambda: Footing.of(principal.memberships))
        hiding = self._hide(footing.standings) if denied_mode is DeniedMode.HIDE else None
        document = self._documents.get(query, hiding)
        facts = (trail := trail or Trail()).facts
        facts.document_hash, facts.literals = document.hash, document.literals
        facts.policy_version = _policy_version(principal)
        if document.parsed is None:
            return _refused([spell_request_error(error) for error in document.errors[:ERRORS_SHOWN]], facts)
        try:
            operation = _pick(document, operation_name)
            if is_read_only and operation.operation is OperationType.MUTATION:
                raise ReadOnlyError("A mutation is not taken by GET.", hint="send it with POST")
            facts.operation_name = operation.name.value if operation.name else None
            coerced = self._coerce(operation, variables, hiding)
            asking = Asking(principal, footing, denied_mode, trail)
            with step("plan"):
                context, notes = self._plan(document, operation, coerced, asking)
            facts.cost = self._meter.price(context, document.introspected)
        except _RequestError as error:
            return _refused(error.errors, facts)
        except (FieldDeniedError, LimitExceededError) as error:
            facts.denied = tuple(error.details.pop("coordinates", ()))
            return _refused([spell(error)], facts)
        quotas = await self._meter.charge(principal, facts.cost)
        try:
            async with self._meter.timing(operation):
                data, causes = await self._run(query, variables, operation_name, context)
        except TimeoutError:
            return _refused([spell(self._meter.tell_timeout())], facts, quotas)
        finally:
            context.run.finish()
        failures = [spell_execution_error(error) for error in causes]
        notes = replace(notes, denials=[*notes.denials, *context.denials])
        fill_facts(facts, notes, context.run)
        if failures and (operation.operation is OperationType.MUTATION or not are_denials(causes)):
            return _refused([without_path(failure) for failure in failures[:ERRORS_SHOWN]], facts, quotas)
        return Answer(
            data=data,
            errors=[*failures, *list_denial_errors(notes, denied_mode)],
            extensions=build_extensions(notes, denied_mode, context.run),
            facts=facts,
            quotas=quotas,
        )

    async def _run(
        self, query: str, variables: Mapping[str, Any] | None, name: str | None, context: OperationContext
    ) -> tuple[Any, Sequence[GraphQLError]]:
        """Answer the data and what went wrong in parts of it."""
        if context.plan.is_whole:
            return await read_planned(context.plan, context.run)
        result = await self.schema.strawberry.execute(
            query, variable_values=dict(variables or {}), context_value=context, operation_name=name
        )
        return result.data, result.errors or ()

    def _hide(self, standings: Sequence[Standing]) -> Hiding:
        return Hiding(tuple(standing.shape for standing in standings), self._find_visibility(standings))

    def _find_visibility(self, standings: Sequence[Standing]) -> Visibility:
        key = tuple(standing.shape for standing in standings)
        build = self.schema.visibilities.build
        return self._visibilities.get_or_build(key, lambda: build(self._planner.view(standings)))

    def _coerce(
        self, operation: OperationDefinitionNode, variables: Mapping[str, Any] | None, hiding: Hiding | None
    ) -> VariableValues:
        graphql, given = self.schema.graphql, dict(variables or {})
        require_small_variables(given, self._meter.limits)
        if hiding is not None:
            given = hide_in_variables(graphql, operation, given, hiding.visibility)
        definitions = operation.variable_definitions or ()
        coerced = get_variable_values(graphql, definitions, given, max_errors=ERRORS_SHOWN, hide_suggestions=True)
        if isinstance(coerced, list):
            raise _RequestError([spell_request_error(unmark(error)) for error in coerced[:ERRORS_SHOWN]])
        return coerced

    def _plan(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        asking: "Asking",
    ) -> tuple[OperationContext, Notes]:
        request = self._selector.select(document, operation, variables)
        principal, footing = asking.principal, asking.footing
        keeper = CursorKeeper(self._cipher, principal.id, footing.agencies)
        values = dict(footing.values)
        try:
            shapes = request.read_shapes(variables, values, keeper.decode, self._page_size_max)
            plan = self._planner.plan(request, shapes, footing.standings)
            denials = [*plan.notes.denials, *list_denied_duties(request, variables, principal)]
        except GraphQLError as error:
            raise _RequestError([spell_request_error(error)]) from error
        except RefusedError as error:
            raise _RequestError([spell(error)]) from error
        if plan.refusals or (asking.denied_mode is DeniedMode.REJECT and denials):
            raise refuse_denied([*plan.refusals, *denials])
        if plan.is_subtractable:
            raise _RequestError([spell(_REFUSE_SUBTRACTION)])
        assert document.parsed is not None  # noqa: S101 - an operation comes from a parsed document
        run = Run(self._reads, values, keeper, footing.small_cell_minimum)
        find_visibility = partial(self._find_visibility, footing.standings)
        context = OperationContext(
            document.parsed,
            principal,
            plan,
            run,
            find_visibility,
            self._administration,
            asking.trail,
            self,
            denied_mode=asking.denied_mode,
        )
        return context, plan.notes


class _RequestError(Exception):
    """The operation cannot be executed at all."""

    def __init__(self, errors: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        self.errors = list(errors)


_REFUSE_SUBTRACTION = AccessDeniedError(
    "Of numbers whose small groups are left out, one operation may ask only once.",
    hint="send the aggregates one by one, or group by all dimensions in one",
)


def _pick(document: Document, name: str | None) -> OperationDefinitionNode:
    if name is None and len(document.operations) == 1:
        operation: OperationDefinitionNode | None = next(iter(document.operations.values()))
    else:
        operation = document.operations.get(name)
    if operation is None:
        wanted = "name one of the document's operations in `operationName`"
        message = "There is no such operation." if name else "The document has several operations, or none."
        raise _RequestError([spell(InvalidInputError(message, hint=wanted))])
    if operation.operation is OperationType.SUBSCRIPTION:
        raise _RequestError([spell(InvalidInputError("Subscriptions are not served.", hint="send a query"))])
    if operation.operation is OperationType.MUTATION:
        _require_single(operation)
    return operation


def _require_single(operation: OperationDefinitionNode) -> None:
    """Refuse several changes at once: each is recorded by itself, and either happened or did not."""
    selections = operation.selection_set.selections
    if len(selections) != 1 or not isinstance(selections[0], FieldNode):
        wanted = "select one field of Mutation, outside of fragments"
        raise _RequestError([spell(InvalidInputError("A mutation is one change at a time.", hint=wanted))])


def _refused(errors: list[dict[str, Any]], facts: AccessFacts, quotas: tuple[Quota, ...] = ()) -> Answer:
    return Answer(has_data=False, errors=errors, facts=facts, quotas=quotas)


def _policy_version(principal: Principal) -> str:
    return principal.memberships[0].rights.policy_version if principal.memberships else ""
