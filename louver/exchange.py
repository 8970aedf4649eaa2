"""One exchange: what is learned about a request while it is answered, and the access record that it becomes."""

import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from louver.errors import LouverError
from louver.logging import AccessRecord, Caller, Event, Outcome, ValueDigest
from louver.parameters import Operation
from louver.resolvers.answer import AccessFacts
from louver.serving.proxies import client_address
from louver.statuses import DENIED_CODES, UNAVAILABLE_CODES
from louver.tracing import find_trace_id
from louver.wire import JSON

_TEXT_MAX = 255
_TEXTS_KEPT = 1_000
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\xff]")
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,127}")


@dataclass(slots=True)
class Exchange:
    """Filled in as far as the request gets. Whatever stops it, `as_record` tells what is known."""

    method: str
    headers: Mapping[str, str]
    address: str | None
    request_id: UUID = field(default_factory=uuid4)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=time.perf_counter)
    media_type: str = JSON
    """Of the answer, as far as it is agreed on."""
    caller: Caller = field(default_factory=Caller)
    operation: Operation | None = None
    facts: AccessFacts | None = None
    has_data: bool = False
    codes: tuple[str, ...] = ()
    """Codes of the answer's errors, in its order."""
    reason: str | None = None
    """Says more than the first code does, for the log alone."""
    bytes_in: int = 0
    bytes_out: int = 0

    @classmethod
    def from_scope(cls, scope: Mapping[str, Any]) -> "Exchange":
        """Begin with what the server knows of the connection and the head."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            # Leak: of a header that comes twice one would be checked here and the other believed elsewhere.
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return cls(scope["method"], headers, client_address(scope))

    def fail(self, error: LouverError) -> None:
        """Note a refusal in place of an answer, of which nothing leaves then; what was changed stays so."""
        self.has_data = False
        if self.facts and not self.facts.is_changed:
            self.facts = None
        self.codes = (error.code,)

    def as_record(self, digest: ValueDigest, replica: str, outcome: Outcome | None = None) -> AccessRecord:
        """Make the access record."""
        facts, operation = self.facts or _NOTHING, self.operation
        document_hash = facts.document_hash or _hash_document(operation)
        return AccessRecord(
            at=self.at,
            event=self._find_event(),
            outcome=outcome or self._find_outcome(),
            reason=self.reason or facts.reason or (self.codes[0] if self.codes else None),
            caller=self.caller,
            address=self.address,
            user_agent=_clip(self.headers.get("user-agent")),
            host=_clip(self.headers.get("host")),
            operation_name=_as_name(facts.operation_name or (operation.operation_name if operation else None)),
            document_hash=digest.document(document_hash) if document_hash else None,
            saved_operation_id=operation.document_hash if operation and operation.query is None else None,
            variables=digest.variables(operation.variables) if operation and operation.variables else None,
            arguments=digest.arguments(facts.literals) if facts.literals else None,
            coordinates=_list_coordinates(facts),
            officer_ids=b"".join(facts.officer_ids),
            incident_ids=b"".join(facts.incident_ids),
            rows=facts.rows,
            bytes_in=self.bytes_in,
            bytes_out=self.bytes_out,
            duration_us=int((time.perf_counter() - self.started) * 1_000_000),
            cost=facts.cost,
            policy_version=facts.policy_version or None,
            request_id=self.request_id,
            trace_id=find_trace_id(self.headers.get("traceparent")),
            replica=replica,
        )

    def _find_event(self) -> Event:
        if self.facts and self.facts.is_changed and self.facts.event:
            return self.facts.event
        if "UNAUTHENTICATED" in self.codes:
            return Event.AUTH_FAILED
        if (self.facts and self.facts.denied) or not DENIED_CODES.isdisjoint(self.codes):
            return Event.ACCESS_DENIED
        if self._find_outcome() is Outcome.REFUSED:
            return Event.ACCESS_REFUSED
        return (self.facts and self.facts.event) or Event.ACCESS_QUERY

    def _find_outcome(self) -> Outcome:
        if "INTERNAL" in self.codes:
            return Outcome.ERROR
        if not UNAVAILABLE_CODES.isdisjoint(self.codes):
            return Outcome.UNAVAILABLE
        facts = self.facts or _NOTHING
        if not self.has_data:
            return Outcome.ABANDONED if facts.is_changed else Outcome.REFUSED
        return Outcome.PARTIAL if facts.denied or facts.masked or facts.suppressed else Outcome.ANSWERED


_NOTHING = AccessFacts()


def _list_coordinates(facts: AccessFacts) -> dict[str, tuple[str, ...]]:
    return {
        "returned": facts.returned,
        "denied": facts.denied,
        "masked": facts.masked,
        "suppressed": facts.suppressed,
    }


def _clip(text: str | None) -> str | None:
    """Keep a header's text short and printable: it is the client's to choose."""
    return _spell(text[:_TEXT_MAX]) if text else None


@lru_cache(_TEXTS_KEPT)
def _spell(text: str) -> str:
    return _UNPRINTABLE.sub("?", text)


def _as_name(text: str | None) -> str | None:
    """Leak: anything can be sent as `operationName`; only what can be a name in a document is kept."""
    return text if text and _NAME.fullmatch(text) else None


def _hash_document(operation: Operation | None) -> str | None:
    if operation is None or operation.query is None:
        return operation.document_hash if operation else None
    return hashlib.sha256(operation.query.encode()).hexdigest()
