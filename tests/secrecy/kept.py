"""What a test run leaves behind, gathered to be grepped: logs of both engines, lines, metrics and spans."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self
from uuid import uuid4

from tests.secrecy.canaries import Canaries, Hit

LOG_TABLES = "audit"
STREAMS = ("lines", "metrics", "spans", "postgresql", "sqlite")
"""A file each: lines of this process, pages of figures, spans as they were sent, and rows of logs."""
_SQLITE, _SAID = ".db", "stderr"


class Kept:
    """Takes what is kept for the length of a run."""

    def __init__(self, folder: Path) -> None:
        self.canaries = Canaries()
        self.folder = folder
        folder.mkdir()
        self._files = {name: (folder / name).open("ab", buffering=0) for name in STREAMS}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def add(self, stream: str, content: bytes) -> None:
        """Keep a piece."""
        self._files[stream].write(content + b"\n")

    def stream(self, name: str) -> IO[bytes]:
        """Answer the file itself, for another process to write to."""
        return self._files[name]

    def find_hits(self, folder: Path) -> set[Hit]:
        """Grep all of it, with the logs on SQLite and the words of processes that lie in a folder or below."""
        files = [file for path in _walk(folder) for file in self._take(path)]
        return self.canaries.find_in([*(self.folder / name for name in STREAMS), *files], self.folder)

    def _take(self, path: Path) -> Iterator[Path]:
        """Answer the files whose bytes may hold no canary; the rows of a log are written down as well."""
        if path.suffix != _SQLITE:
            yield path
        elif b"audit_records" in path.read_bytes() and self._copy_rows(path):
            yield from path.parent.glob(f"{path.name}*")  # with what is not in the file itself yet

    def _copy_rows(self, path: Path) -> bool:
        """Answer whether there is nothing but a log in a database: records are full of values."""
        tables: list[str] = []
        with contextlib.suppress(sqlite3.DatabaseError), contextlib.closing(_open(path)) as log:  # some were damaged
            tables = [name for (name,) in log.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in filter(_is_of_the_log, tables):
                for row in log.execute(f'SELECT * FROM "{table}"'):
                    self.add("sqlite", repr(row).encode())
        return all(map(_is_of_the_log, tables))


def open_stream(folder: Path | str) -> IO[bytes]:
    """Open a file for what a process says; it is grepped at the end of the run."""
    return Path(folder, f"{_SAID}-{uuid4().hex}.log").open("wb")


def _walk(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.endswith(_SQLITE) or name.startswith(_SAID):
                yield Path(parent, name)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def _is_of_the_log(table: str) -> bool:
    return table.startswith((LOG_TABLES, "sqlite_"))
