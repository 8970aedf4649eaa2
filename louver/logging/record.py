"""The access record: who asked what, when, why, and whose data came back. Never a value of a field."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, Self
from uuid import UUID, uuid4

from louver.logging.events import Event, Outcome
from louver.logging.tables import PERSONAL

SCHEMA_VERSION = 2
"""Of the record's fields; part of every record, so that old ones stay readable and verifiable."""

ENDED_BY = "ended_by"
"""Under `details` of a record of what began: the id of the one that says how it ended."""


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
    agency_ids: bytes = b""
    """Of a principal that reads for several agencies at once all of them, 16 bytes each."""
    on_behalf_of: str | None = None
    """The person or grant that a key acts for."""
    purpose: str = "unauthenticated"
    """Why it reads. Never empty: a record without a purpose is worthless to a reviewer."""


@dataclass(slots=True, kw_only=True)
class AccessRecord:
    """One operation. The store adds the writer's id, the sequence number and the chain's hashes.

    Nothing changes one. It is not frozen, since to make a frozen one takes three times as long.
    """

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
    arguments: Mapping[str, Any] | None = None
    """Values that stood in the document itself, digested alike, under the field and argument that they were for."""
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
    details: Mapping[str, Any] | None = None
    """Ids, counts and codes of what was done, where the fields above have no place for them."""

    def as_begun(self, event: Event, returned: tuple[str, ...]) -> Self:
        """Make the record that goes before this one, when the request is about to change something or take it out.

        A record by itself, with an id of its own. It has the same instant, and names the id of the one that ends it.
        """
        return replace(
            self,
            event=event,
            outcome=Outcome.BEGUN,
            coordinates={"returned": returned, "denied": (), "masked": (), "suppressed": ()},
            request_id=uuid4(),
            details={ENDED_BY: str(self.request_id)},
        )

    @property
    def day(self) -> date:
        """Of the instant, in UTC."""
        return self.at.astimezone(UTC).date()

    def as_kept(self) -> dict[str, Any]:
        """Render what stays when the record is erased: what happened on which day, under which roles."""
        return {
            "schema_version": SCHEMA_VERSION,
            "day": self.day,
            "event": self.event,
            "outcome": self.outcome,
            "reason": self.reason,
            "roles": self.caller.roles,
            "operation_name": self.operation_name,
        }

    def as_personal(self) -> dict[str, Any]:
        """Render what goes when the record is erased."""
        return dict(zip(PERSONAL, _list_personal(self), strict=True))

    def as_dict(self) -> dict[str, Any]:
        """Render flat: the caller's fields stand beside the record's own."""
        return self.as_kept() | self.as_personal()


_CALLER_NAMES = {field.name for field in fields(Caller)}
_list_personal = attrgetter(*(f"caller.{name}" if name in _CALLER_NAMES else name for name in PERSONAL))
