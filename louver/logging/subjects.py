"""Asks records whose data they are about."""

from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from louver.logging.columns import PackedIds


class _Holds(FunctionElement[bool]):
    type = Boolean()
    name = "holds"
    inherit_cache = True


def holds_id(column: Column[bytes], identity: UUID) -> FunctionElement[bool]:
    """Answer the condition that a record's packed ids hold this one; PostgreSQL looks it up in the column's index."""
    return _Holds(column, bindparam(None, identity.bytes, PackedIds()))


@compiles(_Holds, "postgresql")
def _compile_for_postgresql(element: _Holds, compiler: SQLCompiler, **options: Any) -> str:
    column, identity = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} @> {identity}"


@compiles(_Holds, "sqlite")
def _compile_for_sqlite(element: _Holds, compiler: SQLCompiler, **options: Any) -> str:
    column, identity = (compiler.process(clause, **options) for clause in element.clauses)
    return f"instr({column}, {identity}) % 16 = 1"
