"""Signed statements about the log: checkpoints of its chains, and certificates of what was removed.

Numbered, and each names the hash of the one before: none can be taken away, and one that was sent out vouches for all
before it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.logging.signing import KeyRing, Signer
from louver.logging.tables import audit_statements

FIRST_PREVIOUS = "0" * 64
_LOCK = 0x4C6F75767374
"""Names the advisory lock on PostgreSQL: the next number is one process's at a time."""


class StatementKind(StrEnum):
    """What is stated."""

    CHECKPOINT = "checkpoint"
    """Where chains ended."""
    REMOVAL = "removal"
    """Which records were erased or deleted, by which rule."""


@dataclass(frozen=True)
class Statement:
    """One, as it is stored and sent."""

    number: int
    kind: str
    at: datetime
    body: str
    key_id: str
    signature: bytes

    @cached_property
    def content(self) -> Mapping[str, Any]:
        """The body, parsed; empty where it is no JSON object."""
        try:
            content = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return content if isinstance(content, dict) else {}

    @property
    def hash(self) -> str:
        """What the next one names."""
        return hashlib.sha256(self.body.encode()).hexdigest()

    def find_problem(self, ring: KeyRing) -> str | None:
        """Say what is wrong with it by itself."""
        if self.key_id not in ring.keys:
            return f"it is signed with a key that you do not trust, {self.key_id[:64]}"
        if not ring.is_signed(self.key_id, self.body, self.signature):
            return "its signature is not right"
        told = (self.content.get("number"), self.content.get("kind"), self.content.get("key_id"))
        if told != (self.number, self.kind, self.key_id) or self.content.get("at") != _as_text(self.at):
            return "it is not stored as it was signed"
        return None

    def as_dict(self) -> dict[str, Any]:
        """Render for a file."""
        return asdict(self) | {"at": _as_text(self.at), "signature": self.signature.hex()}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Statement":
        """Read what `as_dict` rendered.

        Raises:
            ValueError: it is none.
        """
        try:
            found = cls(
                number=told["number"],
                kind=told["kind"],
                at=datetime.fromisoformat(told["at"]),
                body=told["body"],
                key_id=told["key_id"],
                signature=bytes.fromhex(told["signature"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a statement") from error
        if found.as_dict() != told:
            raise ValueError("not as it was written")
        return found


async def append(
    connection: AsyncConnection, signer: Signer, kind: StatementKind, content: Mapping[str, Any]
) -> Statement:
    """Sign and store the next statement, in the caller's transaction.

    A removal and its certificate must be one transaction: without the other, either is a lie.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    newest = select(audit_statements).order_by(audit_statements.c.number.desc()).limit(1)
    last = (await connection.execute(newest)).mappings().first()
    before = Statement(**last) if last else None
    statement = make_statement(signer, kind, content, before)
    await connection.execute(insert(audit_statements).values(**asdict(statement)))
    return statement


def make_statement(
    signer: Signer, kind: StatementKind, content: Mapping[str, Any], before: Statement | None
) -> Statement:
    """Sign what is to be said next."""
    at, number = datetime.now(UTC), before.number + 1 if before else 1
    head = {
        "kind": kind,
        "number": number,
        "previous": before.hash if before else FIRST_PREVIOUS,
        "at": _as_text(at),
        "key_id": signer.key_id,
    }
    body = orjson.dumps({**content, **head}, option=orjson.OPT_SORT_KEYS).decode()
    return Statement(number, kind, at, body, signer.key_id, signer.sign(body))


async def list_statements(
    connection: AsyncConnection, *, after: int = 0, since: datetime | None = None
) -> Sequence[Statement]:
    """List those that are stored, in their order: all, or those after a number or an instant."""
    statement = audit_statements.c
    wanted = select(audit_statements).where(statement.number > after).order_by(statement.number)
    if since is not None:
        wanted = wanted.where(statement.at >= since)
    return [Statement(**row) for row in (await connection.execute(wanted)).mappings()]


def _as_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
