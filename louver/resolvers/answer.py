"""What one operation came to: the response's parts, and the facts that its access record is made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from louver.authz.budgets import Quota
from louver.errors import AuditUnavailableError
from louver.logging import Event, InlineValues


@dataclass(slots=True)
class AccessFacts:
    """What was read, for the access record; never a value of a row."""

    operation_name: str | None = None
    document_hash: str | None = None
    literals: InlineValues | None = None
    """Leak: values as they were sent; the record has digests of them."""
    returned: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    suppressed: tuple[str, ...] = ()
    officer_ids: frozenset[bytes] = frozenset()
    incident_ids: frozenset[bytes] = frozenset()
    rows: int = 0
    cost: int | None = None
    policy_version: str = ""
    event: Event | None = None
    """What happened, where that was more than a query."""
    is_changed: bool = False
    """Whether `event` is a change whose commit was on its way: it may have happened, whatever the request came to."""
    reason: str | None = None
    """A code that says more of it than the answer's errors do."""


async def _refuse_to_begin(_event: Event, _coordinate: str) -> None:
    raise AuditUnavailableError("Nothing records what would be changed here.", hint="send the change to the service")


@dataclass(frozen=True, slots=True)
class Trail:
    """What an operation leaves behind while it runs, and which is there whatever ends it."""

    facts: AccessFacts = field(default_factory=AccessFacts)
    begin: Callable[[Event, str], Awaitable[None]] = _refuse_to_begin
    """Records durably that a change begins, and of what; raises AuditUnavailableError where it cannot."""


@dataclass(slots=True)
class Answer:
    """`has_data` is false when the operation was refused as a whole: the response then has no `data` key."""

    data: Any = None
    has_data: bool = True
    errors: list[dict[str, Any]] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    facts: AccessFacts = field(default_factory=AccessFacts)
    quotas: tuple[Quota, ...] = ()
    """What is left of the caller's budgets."""
