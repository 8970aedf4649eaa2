"""What came of walking the chains, kept in the log itself, so that evidence can show when they last held."""

from datetime import UTC, datetime
from typing import Any

import click

from louver.cli.operating import make_record
from louver.errors import LouverError
from louver.logging import AccessRecord, AuditStore, Event, configure_logging
from louver.settings import Settings
from louver.verification import Verdict

_BROKEN = "LOG_BROKEN"
_PLACE = ("writer", "sequence", "statement")


async def record_verdict(settings: Settings, verdict: Verdict) -> None:
    """Record it; whoever looks at a copy that cannot be written is told so, and not stopped."""
    configure_logging("ERROR")
    try:
        store = await AuditStore.open(settings)
        try:
            await store.append(_as_record(verdict))
        finally:
            await store.close()
    except LouverError as error:
        click.echo(f"this verification is not in the log: {error.message}", err=True)


def _as_record(verdict: Verdict) -> AccessRecord:
    told = verdict.as_dict()
    details: dict[str, Any] = {name: told[name] for name in ("isWhole", "records", "erased", "statements")}
    for first in told["breaks"][:1]:
        # Leak: its place, not its words, which may repeat what was forged.
        details |= {"breaks": len(told["breaks"])} | {name: first[name] for name in _PLACE if name in first}
    return make_record(
        Event.AUDIT_VERIFIED,
        "louver audit verify",
        datetime.now(UTC),
        reason=_BROKEN if verdict.breaks else None,
        rows=verdict.records,
        details=details,
    )
