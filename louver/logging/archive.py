"""The whole log as a file: one JSON object a line, all statements first, then all records chain by chain.

Holds what is needed to check it far from here, for ever: salts too, so an archive is as personal as the log is.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.errors import InvalidInputError
from louver.logging.chain import as_canonical
from louver.logging.statements import Statement
from louver.logging.tables import audit_records

Row = dict[str, Any]
PORTION = 2_000
_NAMES = tuple(str(name) for name in audit_records.columns.keys())  # noqa: SIM118 - a collection of columns, not a dict
_KEYS = frozenset(_NAMES)
_BINARY = ("commitment", "previous_hash", "hash", "salt")
_STATEMENT, _RECORD = "statement", "record"


async def stream_rows(connection: AsyncConnection) -> AsyncIterator[list[Row]]:
    """Read all records chain by chain, in portions."""
    ordered = select(audit_records).order_by(audit_records.c.writer, audit_records.c.sequence)
    result = await connection.stream(ordered.execution_options(yield_per=PORTION))
    async for portion in result.partitions():
        yield [dict(zip(_NAMES, row, strict=True)) for row in portion]


def write_statement(statement: Statement) -> bytes:
    """Render a statement as a line."""
    return orjson.dumps({_STATEMENT: statement.as_dict()}) + b"\n"


def write_record(row: Mapping[str, Any]) -> bytes:
    """Render a record as a line."""
    return b'{"%b":%b}\n' % (_RECORD.encode(), as_canonical(row))


def read_archive(path: Path) -> tuple[Sequence[Statement], Iterator[list[Row]]]:
    """Read the statements, and then the records in portions.

    Raises:
        InvalidInputError: it cannot be read, or a line is not one of an archive.
    """
    lines = _read_lines(path)
    statements: list[Statement] = []
    for number, kind, told in lines:
        if kind != _STATEMENT:
            return statements, _in_portions(_read_records(number, kind, told, lines))
        try:
            statements.append(Statement.from_dict(told))
        except ValueError as error:
            raise _misfit(number) from error
    return statements, iter(())


def _read_lines(path: Path) -> Iterator[tuple[int, str, Any]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield number, *_read_line(number, line)
    except OSError as error:
        raise InvalidInputError(
            f"{path} cannot be read.", hint="name a file that `louver audit archive` wrote"
        ) from error


def _read_line(number: int, line: bytes) -> tuple[str, Any]:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _misfit(number) from error
    if not isinstance(told, dict) or len(told) != 1 or not line.endswith(b"\n"):
        raise _misfit(number)
    return next(iter(told.items()))


def _read_records(number: int, kind: str, told: Any, lines: Iterable[tuple[int, str, Any]]) -> Iterator[Row]:
    yield _read_record(number, kind, told)
    for line in lines:
        yield _read_record(*line)


def _read_record(number: int, kind: str, told: Any) -> Row:
    """Read a record; what its hashes cover stays as it stands there, since it is text that they are made of."""
    if kind != _RECORD or not isinstance(told, dict) or told.keys() != _KEYS or type(told["sequence"]) is not int:
        raise _misfit(number)
    row: Row = told
    try:
        for name in _BINARY:
            row[name] = _read_binary(row[name])
        row["writer"] = _read_id(row["writer"])
    except (TypeError, ValueError, AttributeError) as error:
        raise _misfit(number) from error
    return row


def _read_id(text: str) -> UUID:
    identity = UUID(text)
    if str(identity) != text:
        raise ValueError("not as it was written")
    return identity


def _read_binary(text: str | None) -> bytes | None:
    if text is None:
        return None
    binary = bytes.fromhex(text)
    if binary.hex() != text:
        raise ValueError("not as it was written")
    return binary


def _in_portions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    portion: list[Row] = []
    for row in rows:
        portion.append(row)
        if len(portion) == PORTION:
            yield portion
            portion = []
    yield portion


def _misfit(number: int) -> InvalidInputError:
    return InvalidInputError(
        f"Line {number} is not a line of an archive as it was written.", hint="fetch the archive again"
    )
