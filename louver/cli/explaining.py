"""`louver policy explain` and `who`: why somebody may see something, and who else does."""

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click

from louver.authz.explaining import Explanation
from louver.authz.vocabulary import Act
from louver.cli.agency_policy import DEFAULTS, ask_agency
from louver.errors import InvalidInputError
from louver.resolvers.needs import list_needs
from louver.resolvers.questions import Questions, Seers
from louver.schema.catalogue import build_catalogue

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_COORDINATE = click.option(
    "--coordinate", required=True, help="Type.field, Type for its rows, or what is administered."
)
_ACTION = click.option("--action", type=click.Choice([str(act) for act in Act]), default="view", show_default=True)
_AGENCY = click.option(
    "--agency", help="An agency's name, ORI or id: its own lines, modules and subscription count too."
)


@click.command()
@click.option("--role", "roles", multiple=True, help="A role; repeat it for a role set.")
@click.option("--principal", help="Instead of roles: a key's prefix or a member's id. Needs --agency.")
@_COORDINATE
@_ACTION
@_AGENCY
@_JSON
def explain(
    *, roles: tuple[str, ...], principal: str | None, coordinate: str, action: str, agency: str | None, is_json: bool
) -> None:
    """Say what somebody may do to a field, on which rows, which lines decide, and who may change them."""
    if bool(roles) == bool(principal):
        raise InvalidInputError("Explain either roles or a principal.", hint="give --role or --principal")
    questions, act = _read(agency), Act(action)
    if principal is None:
        explanation = questions.explain(roles, coordinate, act)
    else:
        explanation = questions.explain_principal(principal, coordinate, act)
    click.echo(json.dumps(explanation.as_dict(), indent=2) if is_json else render_explanation(explanation))


@click.command()
@_COORDINATE
@_ACTION
@_AGENCY
@_JSON
def who(*, coordinate: str, action: str, agency: str | None, is_json: bool) -> None:
    """Say which roles, and with --agency which members and keys, can see or do something."""
    seers = _read(agency).list_seers(coordinate, Act(action))
    click.echo(json.dumps(_as_dict(coordinate, seers), indent=2) if is_json else _render_seers(coordinate, seers))


def render_explanation(explanation: Explanation) -> str:
    """Render for people."""
    shown = (
        ("effect", explanation.reads),
        ("mask", explanation.mask if explanation.masked_rows else None),
        ("in aggregates of", ", ".join(sorted(explanation.aggregate_rows))),
        ("decided by", explanation.layer.lower()),
        ("takes also", ", ".join(explanation.depends_on)),
        ("changed by", ", ".join(explanation.changed_by) or "nobody in the agency"),
        ("policy", explanation.policy_version),
    )
    heading = f"{explanation.act} {explanation.coordinate}: {' + '.join(explanation.roles)}"
    facts = [f"  {name:18}{value}" for name, value in shown if value]
    return "\n".join([heading, *facts, *(f"  {line.text}" for line in explanation.lines)])


def _render_seers(coordinate: str, seers: Seers) -> str:
    roles = [f"  role {' '.join(each.roles):24}{each.reads}" for each in seers.roles]
    holders = [
        f"  {holder.kind.lower()} {holder.id} ({holder.label}): {each.reads}"
        + (", under a grant of the agency's" if holder.needs_grant else "")
        for holder, each in seers.holders
    ]
    return "\n".join([coordinate, *roles, *holders])


def _as_dict(coordinate: str, seers: Seers) -> dict[str, Any]:
    return {
        "coordinate": coordinate,
        "roles": [each.as_dict() for each in seers.roles],
        "holders": [
            {
                "kind": holder.kind,
                "id": holder.id,
                "label": holder.label,
                "needsGrant": holder.needs_grant,
                "access": each.as_dict(),
            }
            for holder, each in seers.holders
        ],
    }


def _read(agency: str | None) -> Questions:
    needs = list_needs(build_catalogue())
    if agency is None:
        return Questions.about(DEFAULTS, needs)
    return asyncio.run(ask_agency(agency, partial(Questions.read, needs=needs, now=datetime.now(UTC))))
