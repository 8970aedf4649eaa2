"""The explanation of access: why somebody may see something, who else does, and what a draft would change."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import strawberry
from strawberry.types.field import StrawberryField

from louver.authz.effective import as_csv, list_rows
from louver.authz.explaining import Explainer
from louver.authz.vocabulary import Act
from louver.errors import InvalidInputError, LimitExceededError
from louver.resolvers.agency_facts import read_facts
from louver.resolvers.overlays import Draft
from louver.resolvers.previewing import PreviewOrder, preview
from louver.resolvers.questions import Questions
from louver.resolvers.recorded import DAYS
from louver.schema import explaining_types as shown
from louver.schema.access import AgencyId, Info, reading
from louver.schema.access_inputs import PolicyLineInput, read_lines
from louver.schema.catalogue import read_needs

_ACTIONS = ", ".join(f"`{act}`" for act in Act)


def _argument(description: str) -> Any:
    return strawberry.argument(description=description)


Coordinate = Annotated[str, _argument("`Type.field`, `Type` for its rows, or what is administered.")]
Action = Annotated[str, _argument(f"What is done: {_ACTIONS}.")]
Roles = Annotated[list[str] | None, _argument("A role, or several held together.")]
Holder = Annotated[str | None, _argument("Prefix of a key, or id of a member.")]
TypeName = Annotated[str | None, strawberry.argument(name="type", description="Only this type.")]
Days = Annotated[int, _argument(f"Operations of how many days, at most {DAYS}.")]
Lines = list[PolicyLineInput] | None
Added = Annotated[Lines, _argument("Lines to add.")]
Removed = Annotated[Lines, _argument("Lines of the agency's own to remove.")]
Whole = Annotated[Lines, _argument("All lines that the agency is to have, instead of a change.")]


async def _explain_access(
    info: Info,
    coordinate: Coordinate,
    role: Roles = None,
    principal: Holder = None,
    action: Action = Act.VIEW.value,
    agency_id: AgencyId = None,
) -> shown.AccessExplanation | None:
    act = _read_act(action)
    async with _asking(info, "explainAccess", agency_id) as questions:
        if principal is not None and role is None:
            return shown.show_explanation(questions.explain_principal(principal, coordinate, act))
        if principal is None and role is not None:
            return shown.show_explanation(questions.explain(role, coordinate, act))
        raise InvalidInputError("Explain either roles or a principal.", hint="give `role` or `principal`")


async def _who_can_see(
    info: Info, coordinate: Coordinate, action: Action = Act.VIEW.value, agency_id: AgencyId = None
) -> shown.AccessHolders | None:
    async with _asking(info, "whoCanSee", agency_id) as questions:
        seers = questions.list_seers(coordinate, _read_act(action))
    return shown.AccessHolders(
        coordinate=coordinate,
        roles=list(map(shown.show_explanation, seers.roles)),
        holders=[shown.show_holder(*each) for each in seers.holders],
    )


async def _access_matrix(
    info: Info, role: Roles = None, type_name: TypeName = None, agency_id: AgencyId = None
) -> shown.AccessMatrix | None:
    async with _asking(info, "accessMatrix", agency_id) as questions:
        roles = questions.require_roles(role or questions.explainer.roles)
    # Not in the loop: a few thousand decisions, while other requests are answered.
    return await asyncio.to_thread(_build_matrix, questions, roles, type_name)


async def _preview_policy(
    info: Info,
    add: Added = None,
    remove: Removed = None,
    lines: Whole = None,
    days: Days = DAYS,
    agency_id: AgencyId = None,
) -> shown.PolicyPreview | None:
    if not 0 < days <= DAYS:
        raise LimitExceededError(
            "There are no operations of so many days.", hint="ask for less", limit="days", maximum=DAYS, actual=days
        )
    async with reading(info, "previewPolicy", agency_id) as (connection, found):
        facts = await read_facts(connection, found)
        whole = None if lines is None else tuple(read_lines(found, lines))
        added, removed = (tuple(read_lines(found, each or ())) for each in (add, remove))
        draft = facts.under(Draft(facts.version, added, removed, whole).apply(facts.lines))
        order = PreviewOrder(facts, draft, datetime.now(UTC), days)
        async with info.context.administration.log.reading() as log:
            return shown.show_preview(await preview(connection, log, order, read_needs()))


_QUERIES: dict[str, tuple[Callable[..., Any], str]] = {
    "explainAccess": (_explain_access, "Why roles, a member or a key may or may not do something."),
    "whoCanSee": (_who_can_see, "Which roles, members and keys can see or do something, and on which rows."),
    "accessMatrix": (_access_matrix, "Who sees what in the agency, its own policy included."),
    "previewPolicy": (_preview_policy, "What a draft would change for operations that were recorded."),
}


def list_query_fields() -> list[StrawberryField]:
    """Make the fields of `Query` that administrators ask by."""
    return [
        StrawberryField(name, name, description=description)(resolver)
        for name, (resolver, description) in _QUERIES.items()
    ]


@asynccontextmanager
async def _asking(info: Info, name: str, agency: str | None) -> AsyncGenerator[Questions]:
    async with reading(info, name, agency) as (connection, agency_id):
        yield await Questions.read(connection, agency_id, read_needs(), datetime.now(UTC))


def _read_act(text: str) -> Act:
    try:
        return Act(text)
    except ValueError:
        raise InvalidInputError(f"There is no action {text!r}.", hint=f"actions are {_ACTIONS}") from None


def _build_matrix(questions: Questions, roles: Collection[str], type_name: str | None) -> shown.AccessMatrix:
    explainer, defaults = questions.explainer, Explainer(questions.facts.under(()), read_needs())
    rows = list_rows(explainer, roles, type_name)
    plain = list_rows(defaults, roles, type_name)
    return shown.AccessMatrix(
        policy_version=explainer.policy_version,
        roles=list(roles),
        rows=[shown.show_row(row, default, roles) for row, default in zip(rows, plain, strict=True)],
        csv=as_csv(roles, rows),
    )
