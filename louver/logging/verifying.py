"""Walks the chains and says where one does not hold.

Nothing but the records, the statements and the public keys of whoever checks is asked, so that it can be done anywhere,
by anybody, on the store or on an archive of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from louver.logging.chain import Link, find_edit, is_erased
from louver.logging.vouched import Vouched

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Break:
    """The first record at which a chain does not hold, and why."""

    writer: UUID
    sequence: int
    problem: str

    def as_dict(self) -> dict[str, Any]:
        """Render for a program."""
        return {"writer": str(self.writer), "sequence": self.sequence, "problem": self.problem}


@dataclass(slots=True)
class Walk:
    """Takes rows that come ordered by writer and sequence, in as many portions as there are."""

    vouched: Vouched = field(default_factory=Vouched)
    breaks: dict[UUID, Break] = field(default_factory=dict)
    """The first of each chain; what comes after it is not looked at."""
    records: int = 0
    erased: int = 0
    _ends: dict[UUID, Link] = field(default_factory=dict)

    def take(self, rows: Iterable[Row]) -> None:
        """Go on."""
        for row in rows:
            self.records += 1
            writer = row["writer"]
            if writer not in self.breaks:
                self._step(writer, row)

    def finish(self) -> Sequence[Break]:
        """Look for what should have come after the last rows, and answer all breaks."""
        for writer in {*self._ends, *self.vouched.marks, *self.vouched.deleted} - self.breaks.keys():
            end = self._skip(writer, self._ends.get(writer, Link()))
            missing = self.vouched.find_missing(writer, end)
            if missing is not None:
                problem = f"it is missing: {missing}"
                self.breaks[writer] = Break(writer, end.sequence + 1, problem)
        return sorted(self.breaks.values(), key=lambda each: (str(each.writer), each.sequence))

    def _step(self, writer: UUID, row: Row) -> None:
        before = self._ends.get(writer) or Link()
        if row["sequence"] != before.sequence + 1:
            before = self._skip(writer, before)
        sequence = row["sequence"]
        problem = _find_problem(row, before) or self._find_disowned(writer, row)
        if problem:
            self.breaks[writer] = Break(writer, sequence, problem)
        self._ends[writer] = Link(sequence, row["hash"])

    def _skip(self, writer: UUID, before: Link) -> Link:
        """Go over what a certificate says was deleted here."""
        while (gap := self.vouched.find_gap(writer, before)) is not None:
            before = gap
        return before

    def _find_disowned(self, writer: UUID, row: Row) -> str | None:
        """Say what the statements have against a record that is right by itself."""
        if is_erased(row):
            self.erased += 1
            if not self.vouched.is_erased(writer, row["sequence"]):
                return "its personal part was erased, and no certificate says so"
        mark = self.vouched.marks.get(writer, {}).get(row["sequence"])
        if mark is not None and mark.hash != row["hash"]:
            return f"it is not the record that checkpoint {mark.number} saw"
        return None


def verify_chain(rows: Iterable[Row], vouched: Vouched | None = None) -> Break | None:
    """Answer the first break in rows that come ordered by writer and sequence, or None where every chain holds.

    Finds any edit, and any record missing between two others; a missing tail, where a checkpoint vouches for it.
    """
    walk = Walk(vouched or Vouched())
    walk.take(rows)
    return next(iter(walk.finish()), None)


def _find_problem(row: Row, before: Link) -> str | None:
    if row["sequence"] != before.sequence + 1:
        return "a record before it is missing"
    if row["previous_hash"] != before.hash:
        return "it does not continue the record before it"
    return find_edit(row)
