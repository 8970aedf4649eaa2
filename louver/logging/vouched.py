"""What valid statements vouch for: where chains ended, which records may be erased, and which may be missing."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

from louver.logging.chain import Link
from louver.logging.checkpoints import read_links
from louver.logging.signing import KeyRing
from louver.logging.statements import FIRST_PREVIOUS, Statement, StatementKind


@dataclass(frozen=True, slots=True)
class Mark:
    """A record as a checkpoint saw it."""

    hash: bytes
    number: int
    """Of the checkpoint."""


@dataclass(frozen=True, slots=True)
class StatementBreak:
    """A statement that does not hold, and why."""

    number: int
    problem: str

    def as_dict(self) -> dict[str, Any]:
        """Render for a program."""
        return {"statement": self.number, "problem": self.problem}


@dataclass(slots=True)
class Vouched:
    """Taken together from all statements that hold."""

    marks: dict[UUID, dict[int, Mark]] = field(default_factory=dict)
    erased: dict[UUID, list[tuple[int, int]]] = field(default_factory=dict)
    """First and last of each range; in order once settled."""
    deleted: dict[UUID, dict[int, tuple[bytes, Link]]] = field(default_factory=dict)
    """By the first that is missing: the hash before it, and the last that is missing."""

    def note(self, statement: Statement) -> None:
        """Take in a statement that holds."""
        if statement.kind == StatementKind.CHECKPOINT:
            for writer, link in read_links(statement.content):
                self.marks.setdefault(writer, {}).setdefault(link.sequence, Mark(link.hash, statement.number))
        elif statement.kind == StatementKind.REMOVAL:
            self._note_removal(statement.content)

    def settle(self) -> None:
        """Bring ranges in order and join those that meet, once all statements are in."""
        for writer, ranges in self.erased.items():
            joined: list[tuple[int, int]] = []
            for first, last in sorted(ranges):
                if joined and first <= joined[-1][1] + 1:
                    joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
                else:
                    joined.append((first, last))
            self.erased[writer] = joined

    def is_erased(self, writer: UUID, sequence: int) -> bool:
        """Whether a certificate says that this record was erased."""
        ranges = self.erased.get(writer, [])
        place = bisect_right(ranges, sequence, key=lambda each: each[0]) - 1
        return place >= 0 and sequence <= ranges[place][1]

    def find_gap(self, writer: UUID, before: Link) -> Link | None:
        """Answer the last of the records that were deleted right after this one, by a certificate."""
        gap = self.deleted.get(writer, {}).get(before.sequence + 1)
        return gap[1] if gap and gap[0] == before.hash else None

    def find_missing(self, writer: UUID, end: Link) -> str | None:
        """Say which statement saw more of a chain than there is."""
        mark = next((mark for sequence, mark in self.marks.get(writer, {}).items() if sequence > end.sequence), None)
        return f"checkpoint {mark.number} saw the chain go on" if mark else None

    def _note_removal(self, content: Mapping[str, Any]) -> None:
        for writer, ranges in content.get("erased", {}).items():
            self.erased.setdefault(UUID(writer), []).extend((int(first), int(last)) for first, last in ranges)
        for writer, gaps in content.get("deleted", {}).items():
            for first, last, previous_hash, last_hash in gaps:
                end = Link(int(last), bytes.fromhex(last_hash))
                self.deleted.setdefault(UUID(writer), {})[int(first)] = (bytes.fromhex(previous_hash), end)


def vouch(
    stored: Sequence[Statement], sent: Iterable[Statement], ring: KeyRing
) -> tuple[Vouched, Sequence[StatementBreak]]:
    """Check the statements that are stored, and those that were sent out; take together what holds of both."""
    vouched, breaks = Vouched(), list(_find_breaks(stored, ring))
    broken = {each.number for each in breaks}
    for statement in stored:
        if statement.number not in broken:
            vouched.note(statement)
    bodies = {statement.number: statement.body for statement in stored}
    for statement in sent:
        if problem := statement.find_problem(ring) or _compare(statement, bodies):
            breaks.append(StatementBreak(statement.number, problem))
        if statement.find_problem(ring) is None:
            vouched.note(statement)
    vouched.settle()
    return vouched, breaks


def _compare(sent: Statement, bodies: Mapping[int, str]) -> str | None:
    if sent.number not in bodies:
        return "it was sent out, and is not in the log"
    return None if bodies[sent.number] == sent.body else "the log has another one than was sent out"


def _find_breaks(stored: Sequence[Statement], ring: KeyRing) -> Iterator[StatementBreak]:
    if stored and (stored[0].number, stored[0].content.get("previous")) != (1, FIRST_PREVIOUS):
        yield StatementBreak(stored[0].number, "a statement before it is missing")
    for before, statement in pairwise(stored):
        if statement.number != before.number + 1 or statement.content.get("previous") != before.hash:
            yield StatementBreak(statement.number, "it does not continue the statement before it")
    for statement in stored:
        if problem := statement.find_problem(ring):
            yield StatementBreak(statement.number, problem)
