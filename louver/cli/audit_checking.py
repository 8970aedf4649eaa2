"""`louver audit verify` and what it takes: archives, checkpoints, the public key; and digests to look values up by."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import click
import orjson

from louver.cli.audit_verdicts import record_verdict
from louver.db.engine import begin_writing, create_engine
from louver.errors import InvalidInputError
from louver.logging import AccessRecord, AuditStore, Caller, Event, Outcome, ValueDigest, configure_logging
from louver.logging.archive import stream_rows, write_record, write_statement
from louver.logging.checkpoints import checkpoint_whole
from louver.logging.location import locate_audit
from louver.logging.signing import read_signer
from louver.logging.statements import Statement, list_statements
from louver.retention import open_retention
from louver.secret import derive_key, read_secret
from louver.settings import Settings
from louver.verification import Verdict, reading_log, require_current_log, verify_archive, verify_store

_FILE = click.Path(path_type=Path, dir_okay=False)
_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_SHOWN = 20


@click.command()
@click.argument("archive", required=False, type=_FILE)
@click.option("--checkpoint", "sent", multiple=True, type=_FILE, help="One that was sent out. May be repeated.")
@click.option("--key", "keys", multiple=True, type=_FILE, help="Public key to trust. [default: this service's own]")
@_JSON
def verify(*, archive: Path | None, sent: Sequence[Path], keys: Sequence[Path], is_json: bool) -> None:
    """Walk all chains of the log, or of an ARCHIVE of it; ends with 1 where one does not hold.

    What was cut off at the end shows against a checkpoint: keep those that were sent out, and the key, elsewhere.
    """
    settings = Settings.from_environment()
    statements = [_read_statement(path) for path in sent]
    if archive is not None:
        verdict = verify_archive(archive, settings, keys, statements)
    else:
        verdict = asyncio.run(_verify(settings, keys, statements))
    click.echo(json.dumps(verdict.as_dict(), indent=2) if is_json else _describe(verdict))
    if verdict.breaks:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=_FILE)
def archive(*, file: Path) -> None:
    """Write the whole log to FILE, so that it can be verified anywhere; it is as personal as the log is."""
    settings = Settings.from_environment()
    configure_logging("ERROR")
    count = asyncio.run(_archive(settings, file))
    click.echo(f"{count} records are in {file}; verify them with `louver audit verify {file}`")


@click.command()
def checkpoint() -> None:
    """Sign where all chains end now, and print it: send it to where who holds this machine cannot change it."""
    statement = asyncio.run(_checkpoint(Settings.from_environment()))
    if statement is None:
        raise InvalidInputError("The log has no records yet.", hint="start the service first")
    click.echo(orjson.dumps(statement.as_dict()).decode())


@click.command()
def key() -> None:
    """Print the public key that the log's checkpoints are checked with."""
    click.echo(read_signer(Settings.from_environment()).as_public_pem(), nl=False)


@click.command()
def digest() -> None:
    """Read a value from standard input, and print the digests under which the log has it, if it was asked for."""
    values = ValueDigest(derive_key(read_secret(Settings.from_environment()), "log digest"))
    text = sys.stdin.read().rstrip("\n")
    for form in values.forms(text):
        click.echo(form)


async def _verify(settings: Settings, keys: Sequence[Path], sent: Sequence[Statement]) -> Verdict:
    verdict = await verify_store(settings, keys, sent)
    await record_verdict(settings, verdict)
    return verdict


def _read_statement(path: Path) -> Statement:
    try:
        return Statement.from_dict(orjson.loads(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            f"{path} is not a checkpoint that can be read.", hint="name a file with what `louver audit checkpoint` said"
        ) from error


async def _archive(settings: Settings, file: Path) -> int:
    count = 0
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be made.", hint="name a file that is not there yet") from error
    with os.fdopen(descriptor, "wb") as output:
        async with open_retention(settings) as retention:  # what is over leaves in no archive, but for what is held
            await retention.run(datetime.now(UTC))
        await _record_archive(settings)
        async with reading_log(settings) as connection:
            for statement in await list_statements(connection):
                output.write(write_statement(statement))
            async for portion in stream_rows(connection):
                output.writelines(map(write_record, portion))
                count += len(portion)
    return count


async def _record_archive(settings: Settings) -> None:
    """Record it first: a copy of the log must not leave unseen."""
    record = AccessRecord(
        at=datetime.now(UTC),
        event=Event.AUDIT_EXPORTED,
        outcome=Outcome.ANSWERED,
        caller=Caller(principal_kind="operator", purpose="archive of the log"),
        operation_name="archive",
        request_id=uuid4(),
        replica=f"{socket.gethostname()}:{os.getpid()}",
    )
    store = await AuditStore.open(settings)
    try:
        await store.append(record)
    finally:
        await store.close()


async def _checkpoint(settings: Settings) -> Statement | None:
    signer = read_signer(settings)
    await require_current_log(settings)
    engine = create_engine(locate_audit(settings))
    try:
        async with begin_writing(engine) as connection:
            return await checkpoint_whole(connection, signer)
    finally:
        await engine.dispose()


def _describe(verdict: Verdict) -> str:
    if not verdict.breaks:
        erased = f", {verdict.erased} of them erased by certificate" if verdict.erased else ""
        return f"every chain holds: {verdict.records} records{erased}, {verdict.statements} signed statements"
    lines = [_describe_break(each.as_dict()) for each in verdict.breaks[:_SHOWN]]
    more = [f"and {len(verdict.breaks) - _SHOWN} more"] if len(verdict.breaks) > _SHOWN else []
    return "\n".join([f"the log was changed: of {verdict.records} records,", *lines, *more])


def _describe_break(told: dict[str, object]) -> str:
    where = (
        f"statement {told['statement']}" if "statement" in told else f"record {told['sequence']} of {told['writer']}"
    )
    return f"  {where}: {told['problem']}"
