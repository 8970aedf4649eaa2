"""`louver audit search` and `export`: access records by whoever may see them, recorded as such."""

import os
import secrets
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import click
import orjson

from louver.authz.duties import Administered
from louver.authz.vocabulary import Act
from louver.cli.administering import Acting, ask
from louver.cli.audit_options import FIRST, JSON, filter_options, reaching, read_filter
from louver.errors import InvalidInputError
from louver.logging import Event
from louver.resolvers.asking.exports import FORMATS, Export, export, list_shown, stream_pages
from louver.resolvers.asking.fields import AUDIT_EVENT, DUTIES
from louver.resolvers.asking.pages import require_shown

_SORTABLE = sorted(set(DUTIES) - {name for name, column in AUDIT_EVENT.columns.items() if column.kind == "TEXTS"})


@click.command()
@filter_options
@click.option("--order-by", type=click.Choice(_SORTABLE), help="By this field. [default: the newest first]")
@click.option("--desc", "is_descending", is_flag=True, help="The largest first.")
@FIRST
@JSON
def search(*, order_by: str | None, is_descending: bool, first: int, is_json: bool, **given: Any) -> None:
    """Search the agency's access records."""
    condition = read_filter(given)
    direction = "DESC" if is_descending else "ASC"
    order = [{"field": order_by, "direction": direction} if order_by else {"field": "at", "direction": "DESC"}]

    async def work(acting: Acting) -> list[Mapping[str, Any]]:
        async with reaching(acting) as (log, reach):
            found: list[Mapping[str, Any]] = []
            async for rows in stream_pages(log, reach, list_shown(reach), condition, order):
                found += islice(rows, first - len(found))
                if len(found) >= first:
                    break
            return found

    found = ask(Event.AUDIT_SEARCHED, "louver audit search", work, Administered.AUDIT_EVENT)
    click.echo(_as_json(found) if is_json else "\n".join(map(_describe, found)) or "nothing")


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(FORMATS), default="ndjson", show_default=True)
@filter_options
@JSON
def export_(*, file: Path, form: str, is_json: bool, **given: Any) -> None:
    """Write access records to FILE, and what the file is to FILE.manifest.json."""
    condition = read_filter(given)
    manifest_file = file.with_name(f"{file.name}.manifest.json")
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    if file.exists() or manifest_file.exists():
        raise InvalidInputError(f"{file} is there already.", hint="name another file, or take it away")

    async def work(acting: Acting) -> dict[str, Any]:
        async with reaching(acting) as (log, reach):
            require_shown(reach, ["at"])
            made = Export(form, list_shown(reach))
            try:
                with os.fdopen(_create(part), "wb") as output:
                    await export(log, reach, condition, made, output.write)
            finally:
                acting.details.update(sha256=made.sha256, count=made.count, format=form)
        return _as_manifest(made, file, acting, given)

    try:
        manifest = ask(Event.AUDIT_EXPORTED, "louver audit export", work, Administered.AUDIT_EXPORT, Act.ENTER)
        with os.fdopen(_create(manifest_file), "wb") as output:
            output.write(orjson.dumps(manifest, option=_PRETTY))
        part.rename(file)  # not before it was recorded: a copy of the log must not leave unseen
    finally:
        part.unlink(missing_ok=True)
    click.echo(_as_json(manifest) if is_json else f"{manifest['count']} records are in {file}, {manifest['sha256']}")


_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z


def _create(path: Path) -> int:
    """Create a file that only its owner reads: the log is as personal as what it is about."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _as_manifest(made: Export, file: Path, acting: Acting, given: Mapping[str, Any]) -> dict[str, Any]:
    return made.as_manifest(
        file=file.name,
        agency=f"agency_{acting.agency_id.hex}",
        policyVersion=acting.membership.rights.policy_version,
        madeAt=acting.now,
        madeBy=acting.author.label,
        period={"from": given["begin"], "to": given["end"]},
        filter={name: given[name] for name in given if given[name] is not None and name not in ("begin", "end")},
    )


def _describe(row: Mapping[str, Any]) -> str:
    who = row.get("keyPrefix") or row.get("principalKind") or "-"
    reason = f" {row['reason']}" if row["reason"] else ""
    fields = " ".join(row["returned"] or ())
    what = f"{row['event']} {row['outcome']}{reason} {row['operationName'] or ''}".rstrip()
    return f"{row['at']:%Y-%m-%dT%H:%M:%S.%fZ} {','.join(row['roles'])} {who}: {what}  {fields}"


def _as_json(answer: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(answer, option=_PRETTY).decode()
