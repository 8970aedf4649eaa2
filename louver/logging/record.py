"""The access record: who asked what, when, why, and whose data came back. Never a value of a field."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from louver.logging.events import Event, Outcome

SCHEMA_VERSION = 1
"""Of the record's fields; part of every record, so that old ones stay readable and verifiable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asked, in the log's words. The default is nobody: no credential that was accepted."""

    principal_id: UUID | None = None
    principal_kind: str | None = None
    roles: tuple[str, ...] = ()
    key_prefix: str | None = None
    """The public part of a key; on a failed attempt, of the key that was tried."""
    agency_id: UUID | None = None
    """Empty for nobody, and for a principal that reads for several agencies at once."""
    on_behalf_of: str | None = None
    """The person or grant that a key acts for."""
    purpose: str = "unauthenticated"
    """Why it reads. Never empty: a record without a purpose is worthless to a reviewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRecord:
    """One operation. The store adds the writer's id, the sequence number and the chain's hashes."""

    at: datetime
    """When the request arrived, UTC, to the microsecond."""
    event: Event
    outcome: Outcome
    reason: str | None = None
    """A code of the closed vocabularies (error codes, key states); never free text."""
    caller: Caller = Caller()
    address: str | None = None
    user_agent: str | None = None
    host: str | None = None
    operation_name: str | None = None
    document_hash: str | None = None
    saved_operation_id: str | None = None
    variables: Mapping[str, Any] | None = None
    """Structure and names as sent, every value as a keyed digest; see `digest`."""
    coordinates: Mapping[str, tuple[str, ...]] | None = None
    """`Type.field` lists under `returned`, `denied`, `masked` and `suppressed`."""
    officer_ids: bytes = b""
    """Officers whose data was in the answer, 16 bytes each, so that a page of a thousand is one record."""
    incident_ids: bytes = b""
    rows: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    duration_us: int = 0
    cost: int | None = None
    policy_version: str | None = None
    request_id: UUID
    trace_id: str | None = None
    replica: str

    def as_dict(self) -> dict[str, Any]:
        """Render flat for a row or a line: the caller's fields stand beside the record's own."""
        flat = dict(zip(_FLAT_NAMES, _flat_values(self), strict=True))
        flat["schema_version"] = SCHEMA_VERSION
        return flat


_OWN_NAMES = tuple(field.name for field in fields(AccessRecord) if field.name != "caller")
_CALLER_NAMES = tuple(field.name for field in fields(Caller))
_FLAT_NAMES = (*_OWN_NAMES, *_CALLER_NAMES)
_flat_values = attrgetter(*_OWN_NAMES, *(f"caller.{name}" for name in _CALLER_NAMES))
FIELD_NAMES = (*_FLAT_NAMES, "schema_version")
"""The keys of `AccessRecord.as_dict`."""
