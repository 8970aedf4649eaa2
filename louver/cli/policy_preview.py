"""`louver policy preview`: what a draft would change for the operations that were recorded."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.files import PolicyFile
from louver.authz.preview import Preview, Verdict
from louver.cli.agency_policy import ask_agency
from louver.cli.policy_text import read_policy_file
from louver.logging.location import locate_audit
from louver.resolvers.agency_facts import read_facts
from louver.resolvers.needs import list_needs
from louver.resolvers.previewing import PreviewOrder, preview
from louver.resolvers.recorded import DAYS, RecordedLog
from louver.schema.catalogue import build_catalogue
from louver.settings import Settings
from louver.stores import require_current_stores

_SHOWN = 20
"""How many fields and operations are listed for people; a program gets them all."""


@click.command("preview")
@click.argument("draft", type=click.Path(path_type=Path))
@click.option("--agency", required=True, help="Whose: the agency's name, ORI or id.")
@click.option("--days", type=click.IntRange(1, DAYS), default=DAYS, show_default=True, help="Of how many days.")
@click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
def preview_draft(*, draft: Path, agency: str, days: int, is_json: bool) -> None:
    """Replay what was recorded lately under the policy file DRAFT. Nothing is changed."""
    policy_file = read_policy_file(draft)
    found = asyncio.run(_preview(policy_file, agency, days))
    click.echo(json.dumps(found.as_dict(), indent=2) if is_json else "\n".join(_render(found)))


async def _preview(policy_file: PolicyFile, agency: str, days: int) -> Preview:
    settings = Settings.from_environment()
    await require_current_stores(settings)

    async def ask(connection: AsyncConnection, agency_id: UUID) -> Preview:
        facts = await read_facts(connection, agency_id)
        order = PreviewOrder(facts, policy_file.as_facts(facts), datetime.now(UTC), days)
        async with RecordedLog(locate_audit(settings)).reading() as log:
            return await preview(connection, log, order, list_needs(build_catalogue()))

    return await ask_agency(agency, ask)


def _render(found: Preview) -> Iterator[str]:
    times = ", ".join(f"{found.times.get(verdict, 0)} {verdict.lower()}" for verdict in Verdict)
    yield f"{sum(found.times.values())} recorded operations: {times}"
    if found.fields:
        yield "\nFields that were asked for"
    for each in found.fields[:_SHOWN]:
        who = ", ".join(sorted(each.keys)) or "nobody's key"
        change = each.change.lower().replace("_", " ")
        yield f"  {each.coordinate} for {' + '.join(sorted(each.roles))}: {change}, {each.before} → {each.after}"
        yield f"    asked for {each.times} times by {who}"
    yield from _count_rest(len(found.fields))
    if found.operations:
        yield "\nOperations that would be answered otherwise"
    for operation in found.operations[:_SHOWN]:
        recorded = operation.recorded
        name, caller = recorded.operation_name or "without a name", recorded.key_prefix or "nobody's key"
        yield f"  {operation.verdict.lower():8}{name} {recorded.document_hash[:12]} of {caller}"
        yield f"    {recorded.times} times: {', '.join(sorted(operation.changes))}"
    yield from _count_rest(len(found.operations))
    if found.cells:
        yield "\nCells of the matrix, asked for or not"
    yield from (f"  {cell.coordinate} for {cell.role}: {cell.before} → {cell.after}" for cell in found.cells)


def _count_rest(count: int) -> Iterator[str]:
    if count > _SHOWN:
        yield f"  and {count - _SHOWN} more; --json lists them all"
