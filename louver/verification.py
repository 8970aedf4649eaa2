"""Verifies the log, in its store or in an archive of it."""

import asyncio
import gc
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.db.engine import create_engine
from louver.db.failures import unavailable_on_failure
from louver.errors import MisconfiguredError
from louver.logging.archive import Row, read_archive, stream_rows
from louver.logging.location import SQLITE_PREFIX, locate_audit
from louver.logging.signing import PUBLIC_FILE, read_key_ring
from louver.logging.sinks import REVISION_SQL
from louver.logging.statements import Statement, list_statements
from louver.logging.tables import REVISION, VERSION_TABLE
from louver.logging.verifying import Break, Walk
from louver.logging.vouched import StatementBreak, vouch
from louver.settings import Settings

_HINT = "run `louver db upgrade`, and see LOUVER_AUDIT_URL"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it."""

    records: int
    erased: int
    statements: int
    breaks: Sequence[Break | StatementBreak]

    def as_dict(self) -> Mapping[str, Any]:
        """Render for a program."""
        return {
            "isWhole": not self.breaks,
            "records": self.records,
            "erased": self.erased,
            "statements": self.statements,
            "breaks": [each.as_dict() for each in self.breaks],
        }


async def verify_store(settings: Settings, keys: Sequence[Path], sent: Iterable[Statement]) -> Verdict:
    """Verify the store that the settings name.

    Raises:
        MisconfiguredError: there is no public key to check signatures with.
        DatabaseUnavailableError: the store did not answer.
    """
    async with reading_log(settings) as connection:
        statements = await list_statements(connection)
        walk, breaks = _begin(settings, keys, statements, sent)
        with _collector_spared():
            async for portion in _read_ahead(stream_rows(connection)):
                walk.take(portion)
    return _conclude(walk, breaks, statements)


async def _read_ahead(portions: AsyncIterator[list[Row]]) -> AsyncIterator[list[Row]]:
    """Ask for the next portion before the last one is looked at: the database works meanwhile."""
    coming = asyncio.ensure_future(anext(portions, None))
    while (portion := await coming) is not None:
        coming = asyncio.ensure_future(anext(portions, None))
        await asyncio.sleep(0)
        yield portion


@asynccontextmanager
async def reading_log(settings: Settings) -> AsyncGenerator[AsyncConnection]:
    """Read the log as it is at one instant: a server may go on writing, and a removal and its certificate come as one.

    Raises:
        MisconfiguredError: there is none, or it is not at this version's schema.
        DatabaseUnavailableError: the store did not answer.
    """
    url = locate_audit(settings)
    if _is_missing_file(url):
        raise MisconfiguredError("there is no log where the settings say", hint=_HINT)
    engine = create_engine(url)
    try:
        with unavailable_on_failure(is_reported=True):
            async with engine.connect() as connection:
                if engine.dialect.name == "postgresql":
                    await connection.execution_options(isolation_level="REPEATABLE READ")
                await _require_current(connection)
                yield connection
    finally:
        await engine.dispose()


def _is_missing_file(url: str) -> bool:
    """A missing SQLite file would be made by opening it, and every chain of it would hold."""
    return url.startswith(SQLITE_PREFIX) and not Path(url.removeprefix(SQLITE_PREFIX)).is_file()


async def require_current_log(settings: Settings) -> None:
    """Check that there is a log, and that it has this version's tables.

    Raises:
        MisconfiguredError: there is none, or it has not.
        DatabaseUnavailableError: the store did not answer.
    """
    async with reading_log(settings):
        pass


async def _require_current(connection: AsyncConnection) -> None:
    is_there = await connection.run_sync(lambda connected: inspect(connected).has_table(VERSION_TABLE))
    if not is_there or (await connection.execute(text(REVISION_SQL))).scalar() != REVISION:
        raise MisconfiguredError("the log is not at this version's schema", hint=_HINT)


def verify_archive(path: Path, settings: Settings, keys: Sequence[Path], sent: Iterable[Statement]) -> Verdict:
    """Verify a file that `louver audit archive` wrote; nothing else is asked.

    Raises:
        InvalidInputError: a line is not one of an archive.
        MisconfiguredError: there is no public key to check signatures with.
    """
    statements, portions = read_archive(path)
    walk, breaks = _begin(settings, keys, statements, sent)
    with _collector_spared():
        for portion in portions:
            walk.take(portion)
    return _conclude(walk, breaks, statements)


@contextmanager
def _collector_spared() -> Iterator[None]:
    """Let the garbage collector rest: it would walk rows by the thousand, none of which is in a cycle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _begin(
    settings: Settings, keys: Sequence[Path], statements: Sequence[Statement], sent: Iterable[Statement]
) -> tuple[Walk, Sequence[StatementBreak]]:
    sent = list(sent)
    own = settings.var / PUBLIC_FILE
    ring = read_key_ring(keys or [own] if statements or sent or own.exists() else [])
    vouched, breaks = vouch(statements, sent, ring)
    return Walk(vouched), breaks


def _conclude(walk: Walk, breaks: Sequence[StatementBreak], statements: Sequence[Statement]) -> Verdict:
    return Verdict(
        records=walk.records, erased=walk.erased, statements=len(statements), breaks=[*breaks, *walk.finish()]
    )
