"""Where a world lies while operations read it: an SQLite database in memory, written through the driver."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Column, Dialect, Table, create_mock_engine, make_url

from louver.db.agencies import UnitClosureRow
from louver.db.tables import Base
from louver.errors import DatabaseUnavailableError
from louver.proof.dice import SeededDice, pick_some
from louver.proof.values import TABLES
from louver.proof.worlds import World, closure_of
from louver.resolvers.dialects import Speech, SqliteSpeech
from louver.resolvers.statements import Reads

CLOSURE = UnitClosureRow.__table__
_TOO_DEEP = "parser stack overflow"
Cells = tuple[Any, ...]


class Store(Reads, Protocol):
    """A database that holds one world at a time."""

    speech: Speech

    async def put(self, world: World, seed: int) -> None:
        """Hold this world and no other; the seed decides in which order its rows are written."""


class MemoryStore:
    """SQLite in memory: one connection, written and read in turn."""

    def __init__(self) -> None:
        self.speech: Speech = SqliteSpeech()
        self._connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=1_000)
        self._layouts = list_layouts(self.speech.dialect)
        make_tables(self._connection.execute, "sqlite://")

    async def put(self, world: World, seed: int) -> None:
        """See Store."""
        execute = self._connection.execute
        execute("BEGIN")
        for layout in reversed(self._layouts):
            execute(f"DELETE FROM {layout.table.name}")  # noqa: S608 - a name of ours
        for layout in self._layouts:
            self._connection.executemany(layout.insert("?"), layout.list_rows(world, seed))
        execute("COMMIT")

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """See Reads.

        Raises:
            DatabaseUnavailableError: the statement is nested more deeply than SQLite reads.
        """
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.OperationalError as error:
            if str(error) != _TOO_DEEP:
                raise
            raise DatabaseUnavailableError("the statement is nested too deeply") from error

    def close(self) -> None:
        """Forget it."""
        self._connection.close()


class Layout:
    """How the rows of one table are laid out for a driver."""

    def __init__(self, table: Table, type_name: str | None, dialect: Dialect) -> None:
        self.table = table
        self._type_name = type_name
        self._columns = [(column.name, _encoder(column, dialect)) for column in table.c]

    def insert(self, *places: str) -> str:
        """The statement, with these places or, for one, as many of it as there are columns."""
        marks = places if len(places) > 1 else places * len(self._columns)
        return f"INSERT INTO {self.table.name} VALUES ({', '.join(marks)})"  # noqa: S608 - a name of ours

    def list_rows(self, world: World, seed: int) -> list[Cells]:
        """The rows, in an order by which nothing may be told."""
        rows = [self._lay_out(row) for row in _rows_of(world, self._type_name)]
        return pick_some(SeededDice(seed), rows, len(rows), len(rows))

    def _lay_out(self, row: Mapping[str, Any]) -> Cells:
        return tuple(encode(row[name]) for name, encode in self._columns)


def list_layouts(dialect: Dialect) -> list[Layout]:
    """The tables in an order in which each refers to those before, with the closure of the units last."""
    layouts = [Layout(table, name, dialect) for name, table in TABLES.items()]
    return [*layouts, Layout(CLOSURE, None, dialect)]  # type: ignore[arg-type]  # a mapped class of ours maps a Table


def make_tables(execute: Callable[[str], Any], url: str) -> None:
    """Create all tables."""
    dialect = make_url(url).get_dialect()()
    engine = create_mock_engine(url, lambda statement, *_, **__: execute(str(statement.compile(dialect=dialect))))
    Base.metadata.create_all(engine, checkfirst=False)


def _rows_of(world: World, type_name: str | None) -> list[Mapping[str, Any]]:
    if type_name is not None:
        return list(world.rows[type_name].values())
    names = [column.name for column in CLOSURE.c]
    return [dict(zip(names, row, strict=True)) for row in closure_of(world)]


def _encoder(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return process or (lambda value: value)
