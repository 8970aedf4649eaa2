"""One execution of a plan: its values, its reader, and what it touched."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from aiodataloader import DataLoader

from louver.resolvers.arguments import CursorQuery
from louver.resolvers.cursors import CursorKeeper
from louver.resolvers.statements import Reads

Loader = DataLoader[UUID, Any]


class Lookup(Protocol):
    """What finds several rows by id in one statement."""

    async def load(self, ids: Sequence[UUID], run: "Run") -> list[Any]:
        """Return the completed rows in the order of `ids`."""


@dataclass(slots=True)
class Run:
    """Shared by all levels of one operation."""

    reads: Reads
    values: dict[str, Any]
    cursors: CursorKeeper
    small_cell_minimum: int
    touched: dict[str, set[bytes]] = field(default_factory=lambda: {"officer": set(), "incident": set()})
    """Ids of officers and incidents whose data was read, 16 bytes each."""
    rows: int = 0
    _loaders: dict[Lookup, Loader] = field(default_factory=dict)
    _loading: set[asyncio.Task[Any]] = field(default_factory=set)

    def loader(self, lookup: Lookup) -> Loader:
        """The loader that gathers this operation's look-ups of one shape."""
        if lookup not in self._loaders:

            async def load(ids: list[UUID]) -> list[Any]:
                # A loader runs in a task of its own, which would go on when the operation is cut short.
                task = asyncio.current_task()
                assert task is not None  # noqa: S101 - a coroutine runs in one
                self._loading.add(task)
                try:
                    return await lookup.load(ids, self)
                finally:
                    self._loading.discard(task)

            self._loaders[lookup] = DataLoader(load)
        return self._loaders[lookup]

    def note(self, rows: Sequence[Sequence[Any]], subjects: Sequence[tuple[str, int]]) -> None:
        """Remember whose data the rows are, for the access record."""
        self.rows += len(rows)
        for kind, index in subjects:
            self.touch(kind, [key for row in rows if (key := row[index]) is not None])

    def touch(self, kind: str, keys: Sequence[Any]) -> None:
        """Remember ids as the driver has them."""
        if keys and isinstance(keys[0], str):
            self.touched[kind].update(map(bytes.fromhex, keys))
        else:
            self.touched[kind].update([key.bytes for key in keys])

    def finish(self) -> None:
        """Stop what still loads, and let go of the loaders.

        They hold this run in turn; let go of, they need no collector to find that out.
        """
        for task in self._loading:
            task.cancel()
        self._loaders.clear()

    def sealer(self, query: CursorQuery, prefix: str) -> Callable[[Sequence[Any]], str]:
        """What makes the cursors of one field."""
        filtered = {name: value for name, value in self.values.items() if name.startswith(f"{prefix}f")}
        return partial(self.cursors.cipher.seal, self.cursors.context(query, filtered))
