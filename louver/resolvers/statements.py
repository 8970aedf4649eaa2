"""From an SQLAlchemy expression to what a driver runs: the text, compiled once, and how to fill its parameters."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Select
from sqlalchemy.sql.compiler import SQLCompiler

from louver.resolvers.dialects import Speech


class Reads(Protocol):
    """The reader of `louver.db`: runs one statement without a transaction of its own."""

    def fetch(self, sql: str, parameters: Sequence[Any]) -> Awaitable[Sequence[Sequence[Any]]]:
        """Return all rows."""


class Statement:
    """One compiled SELECT.

    Constants that SQLAlchemy bound while it was built are processed here, once; what differs from request to request
    arrives by name in `run`.
    """

    __slots__ = ("_slots", "sql")

    def __init__(self, query: Select[Any], speech: Speech) -> None:
        compiled = query.compile(dialect=speech.dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - narrows the type; a SELECT has no other compiler
        self.sql = str(compiled)
        self._slots = tuple(_slot(compiled, name, speech) for name in compiled.positiontup or ())

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        """Fill the parameters in the order of their places."""
        return [
            fixed if name is None else values[name] if process is None else process(values[name])
            for name, process, fixed in self._slots
        ]

    def run(self, reads: Reads, values: Mapping[str, Any]) -> Awaitable[Sequence[Sequence[Any]]]:
        """Fetch all rows."""
        return reads.fetch(self.sql, self.parameters(values))


def _slot(compiled: SQLCompiler, name: str, speech: Speech) -> tuple[str | None, Callable[[Any], Any] | None, Any]:
    bind = compiled.binds[name]
    process = bind.type.dialect_impl(speech.dialect).bind_processor(speech.dialect)
    if bind.required:
        return name, process, None
    value = bind.effective_value
    return None, None, process(value) if process else value
