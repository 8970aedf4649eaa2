"""One execution of a plan: its values, its reader, and what it touched."""

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
    touched: dict[str, set[Any]] = field(default_factory=lambda: {"officer": set(), "incident": set()})
    rows: int = 0
    _loaders: dict[Lookup, Loader] = field(default_factory=dict)

    def loader(self, lookup: Lookup) -> Loader:
        """The loader that gathers this operation's look-ups of one shape."""
        if lookup not in self._loaders:

            async def load(ids: list[UUID]) -> list[Any]:
                return await lookup.load(ids, self)

            self._loaders[lookup] = DataLoader(load)
        return self._loaders[lookup]

    def note(self, rows: Sequence[Sequence[Any]], subjects: Sequence[tuple[str, int]]) -> None:
        """Remember whose data the rows are, for the access record."""
        self.rows += len(rows)
        for kind, index in subjects:
            self.touched[kind].update([row[index] for row in rows])

    def touched_ids(self, kind: str) -> frozenset[bytes]:
        """The ids of officers or incidents whose data was read, 16 bytes each."""
        return frozenset(
            (key if isinstance(key, UUID) else UUID(hex=key)).bytes for key in self.touched[kind] if key is not None
        )

    def sealer(self, query: CursorQuery, prefix: str) -> Callable[[Sequence[Any]], str]:
        """What makes the cursors of one field."""
        filtered = {name: value for name, value in self.values.items() if name.startswith(f"{prefix}f")}
        return partial(self.cursors.cipher.seal, self.cursors.context(query, filtered))
