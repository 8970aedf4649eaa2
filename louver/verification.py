"""Verifies the log, in its store or in an archive of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from louver.db.engine import create_engine
from louver.db.failures import unavailable_on_failure
from louver.logging.archive import read_archive, stream_rows
from louver.logging.location import locate_audit
from louver.logging.signing import PUBLIC_FILE, read_key_ring
from louver.logging.statements import Statement, list_statements
from louver.logging.verifying import Break, Walk
from louver.logging.vouched import StatementBreak, vouch
from louver.settings import Settings


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
    """Verify the store that the settings name, as it is at one instant; a server may go on writing meanwhile.

    Raises:
        MisconfiguredError: there is no public key to check signatures with.
        DatabaseUnavailableError: the store did not answer.
    """
    engine = create_engine(locate_audit(settings))
    try:
        with unavailable_on_failure(is_reported=True):
            async with engine.connect() as connection:
                if engine.dialect.name == "postgresql":
                    await connection.execution_options(isolation_level="REPEATABLE READ")
                statements = await list_statements(connection)
                walk, breaks = _begin(settings, keys, statements, sent)
                async for portion in stream_rows(connection):
                    walk.take(portion)
    finally:
        await engine.dispose()
    return _conclude(walk, breaks, statements)


def verify_archive(path: Path, settings: Settings, keys: Sequence[Path], sent: Iterable[Statement]) -> Verdict:
    """Verify a file that `louver audit archive` wrote; nothing else is asked.

    Raises:
        InvalidInputError: a line is not one of an archive.
        MisconfiguredError: there is no public key to check signatures with.
    """
    statements, portions = read_archive(path)
    walk, breaks = _begin(settings, keys, statements, sent)
    for portion in portions:
        walk.take(portion)
    return _conclude(walk, breaks, statements)


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
