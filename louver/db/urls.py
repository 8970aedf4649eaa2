"""Database URLs: which engine, and where."""

from dataclasses import dataclass, field
from typing import Literal, Self

from louver.errors import MisconfiguredError

Dialect = Literal["sqlite", "postgresql"]

_PREFIXES: dict[str, Dialect] = {
    "sqlite:///": "sqlite",
    "postgresql://": "postgresql",
    "postgres://": "postgresql",
}


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A database that we can speak to."""

    dialect: Dialect
    target: str = field(repr=False)
    """SQLite: the file's path; PostgreSQL: the whole URL. Leak: it may hold a password, so it is never shown."""

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a URL.

        Raises:
            MisconfiguredError: it names no database that we can speak to.
        """
        for prefix, dialect in _PREFIXES.items():
            if text.startswith(prefix):
                return cls(dialect, text if dialect == "postgresql" else _require_file(text.removeprefix(prefix)))
        raise MisconfiguredError(
            "the database URL is not one that Louver knows",
            hint="use sqlite:///path/to/file.db or postgresql://user@host/database",
        )


def _require_file(path: str) -> str:
    if not path or path == ":memory:":
        raise MisconfiguredError(
            "the SQLite database must be a file, because several connections share it",
            hint="use sqlite:///path/to/file.db",
        )
    return path
