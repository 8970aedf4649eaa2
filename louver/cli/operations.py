"""`louver operation`: the operations that an agency lets clients ask for by their hash."""

from pathlib import Path
from typing import Any

import click
import orjson

from louver.authz.duties import Administered
from louver.cli.administering import Acting, as_dict, as_json, change, read
from louver.errors import InvalidInputError
from louver.logging import Event
from louver.resolvers import operations
from louver.resolvers.operations import StoredOperation
from louver.schema.manifests import DRAFTS_MAX, list_manifest, read_drafts, strip_prefix

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")


@click.group()
def operation() -> None:
    """Register operations, which clients then ask for by their hash."""


@operation.command()
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_JSON
def register(*, manifest: Path, is_json: bool) -> None:
    """Register all of MANIFEST, a JSON file of Relay, Apollo or graphql-codegen: {hash: text}."""
    drafts = read_drafts(list_manifest(_read(manifest)))

    async def work(acting: Acting) -> list[StoredOperation]:
        return await operations.register_operations(
            acting.connection, acting.agency_id, drafts, acting.author, acting.now
        )

    _show(change(Administered.OPERATIONS, Event.OPERATION_REGISTERED, "louver operation register", work), is_json)


@operation.command()
@click.argument("hashes", nargs=-1, required=True)
@_JSON
def retire(*, hashes: tuple[str, ...], is_json: bool) -> None:
    """Retire the operations with these HASHES, from the next request on."""

    async def work(acting: Acting) -> list[StoredOperation]:
        named = set(map(strip_prefix, hashes))
        return await operations.retire_operations(acting.connection, acting.agency_id, named, acting.author, acting.now)

    _show(change(Administered.OPERATIONS, Event.OPERATION_RETIRED, "louver operation retire", work), is_json)


@operation.command("list")
@click.option("--first", type=click.IntRange(1, DRAFTS_MAX), default=20, show_default=True, help="How many.")
@click.option("--after", default="", help="Begin after this hash.")
@_JSON
def list_(*, first: int, after: str, is_json: bool) -> None:
    """List the agency's operations by hash, retired ones too."""

    async def work(acting: Acting) -> list[StoredOperation]:
        return await operations.list_operations(acting.connection, acting.agency_id, first, strip_prefix(after))

    _show(read(Administered.OPERATIONS, "louver operation list", work), is_json)


def _read(manifest: Path) -> Any:
    try:
        return orjson.loads(manifest.read_bytes())
    except orjson.JSONDecodeError as error:
        hint = "give the manifest that your client tools write"
        raise InvalidInputError(f"{manifest} is not JSON (line {error.lineno}).", hint=hint) from error


def _show(found: list[StoredOperation], is_json: bool) -> None:  # noqa: FBT001  # its one caller's option
    if is_json:
        click.echo(as_json([as_dict(each) for each in found]))
        return
    for each in found:
        state = f"retired by {each.retired_by}" if each.retired_at else f"registered by {each.registered_by}"
        click.echo(f"{each.hash}  {', '.join(each.names) or '(no name)'}  {state}")
