"""Walks the chains and says where one does not hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from louver.logging.chain import Link, find_edit


@dataclass(frozen=True, slots=True)
class Break:
    """The first record at which a chain does not hold, and why."""

    writer: UUID
    sequence: int
    problem: str


def verify_chain(rows: Iterable[Mapping[str, Any]]) -> Break | None:
    """Answer the first break in rows that come ordered by writer and sequence, or None where every chain holds.

    Finds any edit, and any record missing between two others. A missing tail needs a checkpoint from elsewhere.
    """
    ends: dict[UUID, Link] = {}
    for row in rows:
        writer, sequence = row["writer"], row["sequence"]
        problem = _find_problem(row, ends.get(writer, Link()))
        if problem:
            return Break(writer, sequence, problem)
        ends[writer] = Link(sequence, row["hash"])
    return None


def _find_problem(row: Mapping[str, Any], before: Link) -> str | None:
    if row["sequence"] != before.sequence + 1:
        return "a record before it is missing"
    if row["previous_hash"] != before.hash:
        return "it does not continue the record before it"
    return find_edit(row)
