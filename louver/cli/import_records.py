"""What the log says of an import: one record for each agency, so that each sees its own and no other's counts."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from louver.cli.operating import make_record
from louver.cli.recording import find_ending
from louver.db.importing import AgencyReport, ImportReport
from louver.db.importing import Outcome as Ending
from louver.errors import InvalidInputError
from louver.logging import AccessRecord, AuditStore, Event, Outcome, configure_logging
from louver.settings import Settings

_NAME = "louver import"


@dataclass(slots=True)
class ImportLog:
    """Takes what is to be said of one import."""

    store: AuditStore
    began_at: datetime
    mapping: str
    ending: list[AccessRecord] = field(default_factory=list)
    """What is said once it has ended."""

    async def confirm(self, report: ImportReport) -> None:
        """Record what is about to be kept.

        Raises:
            AuditUnavailableError: it could not be recorded, so nothing may be kept.
        """
        self.ending = list(self._describe(report))
        if report.outcome is Ending.APPLIED:
            await self._append(each.as_begun(each.event, ()) for each in self.ending)

    async def end(self, error: BaseException | None) -> None:
        """Record how it ended."""
        ending = self.ending or [self._make(None, {"mapping": self.mapping})]
        if error is not None:
            outcome, reason = find_ending(error)
            ending = [replace(each, outcome=outcome, reason=reason) for each in ending]
        await self._append(ending)

    async def _append(self, records: Iterable[AccessRecord]) -> None:
        await asyncio.gather(*map(self.store.append, records))

    def _describe(self, report: ImportReport) -> Iterable[AccessRecord]:
        # Leak: files by their digests, not by their names, which are as likely a person's.
        source = {"mapping": report.mapping, "sha256": [file.sha256 for file in report.files]}
        for agency in report.agencies:
            counts = _count(agency)
            run = {"run": agency.run_id.hex} if agency.run_id else {}
            yield self._make(agency.id, source | run | counts, rows=sum(counts.values()))
        if report.outcome is Ending.REFUSED:
            for agency_id in report.agency_ids or (None,):
                yield self._make(agency_id, source, outcome=Outcome.REFUSED, reason=InvalidInputError.code)

    def _make(self, agency_id: UUID | None, details: dict[str, Any], **more: Any) -> AccessRecord:
        took_us = int((datetime.now(UTC) - self.began_at).total_seconds() * 1_000_000)
        return make_record(
            Event.DATA_IMPORTED, _NAME, self.began_at, agency_id, duration_us=took_us, details=details, **more
        )


def _count(agency: AgencyReport) -> dict[str, int]:
    names = ("created", "updated", "unchanged")
    return {name: sum(getattr(each, name) for each in agency.tables.values()) for name in names}


@asynccontextmanager
async def recording_import(settings: Settings, mapping: str) -> AsyncGenerator[ImportLog]:
    """Open the log for one import; however the `with` ends, it is recorded."""
    configure_logging("ERROR")  # the record goes to the store; here it would stand among the answer
    store = await AuditStore.open(settings)
    log = ImportLog(store, datetime.now(UTC), mapping)
    try:
        yield log
    except BaseException as error:
        await log.end(error)
        raise
    else:
        await log.end(None)
    finally:
        await store.close()
