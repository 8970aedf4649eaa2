"""An import from beginning to end: read, draft, compare, write. All of it is in, or nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from louver.db.engine import begin_writing
from louver.db.failures import unavailable_on_failure
from louver.db.importing.agencies import NO_CHOICE, AgencyChoice, insert_agency, resolve_agencies
from louver.db.importing.bundles import build_bundles
from louver.db.importing.comparing import TableChanges, compare
from louver.db.importing.merging import merge_drafts
from louver.db.importing.reports import (
    AgencyReport,
    ImportReport,
    Outcome,
    count_texts,
    describe_files,
    describe_tables,
)
from louver.db.importing.rows import FileContent, Inspect, read_file
from louver.db.importing.rules import ImportMapping
from louver.db.importing.sources import Source
from louver.db.importing.storing import Advance, Run, write_run
from louver.db.importing.works import Progress, Work, count_rejected, plan_works

_LOCK = 0x496D706F7274
"""Names the advisory lock on PostgreSQL: imports wait for each other, as SQLite makes them do anyway."""


def _say_nothing(_step: str, _done: int, _total: int) -> None:
    """Show no progress."""


async def _confirm(_report: ImportReport) -> None:
    """Let it pass."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How an import is done."""

    choice: AgencyChoice = NO_CHOICE
    is_keeping_good: bool = False
    """Whether what has no fault is put in although something else was rejected."""
    inspect: Inspect | None = None
    progress: Progress = _say_nothing
    confirm: Callable[[ImportReport], Awaitable[None]] = _confirm
    """Told what came of it before it is kept: what this raises undoes it."""


async def run_import(
    engine: AsyncEngine, mapping: ImportMapping, sources: Sequence[Source], options: ImportOptions | None = None
) -> ImportReport:
    """Import files.

    Raises:
        MisconfiguredError: the mapping does not suit the files.
        InvalidInputError: a file cannot be read as the mapping says, or the agency may not take the rows.
        DatabaseUnavailableError: the database did not answer.
    """
    options = options or ImportOptions()
    started_at = datetime.now(UTC)
    contents = _read_files(mapping, sources, options)
    bundles = build_bundles(mapping, contents)
    with unavailable_on_failure():
        async with engine.connect() as connection:
            agencies = await resolve_agencies(connection, mapping, options.choice)
    works = plan_works(mapping, agencies, bundles, options.progress)
    rejections = tuple(chain.from_iterable(bundle.faults for bundle in bundles))
    refused = ImportReport(
        mapping=mapping.name,
        outcome=Outcome.REFUSED,
        files=describe_files(contents),
        agencies=(),
        agency_ids=tuple(work.agency.id for work in works if not work.agency.is_new),
        rejections=tuple(sorted(rejections)),
        rows_rejected=count_rejected(bundles),
    )
    if rejections and not options.is_keeping_good:
        await options.confirm(refused)
        return refused
    storing = _Storing(mapping, contents, started_at, options.progress)
    async with begin_writing(engine) as connection:
        reports = await storing.store(connection, works)
        report = replace(refused, outcome=_find_outcome(reports), agencies=tuple(reports))
        await options.confirm(report)
    return report


@dataclass(frozen=True, slots=True)
class _Storing:
    """Compares and writes, in one transaction for all agencies."""

    mapping: ImportMapping
    contents: Sequence[FileContent]
    started_at: datetime
    progress: Progress

    async def store(self, connection: AsyncConnection, works: Sequence[Work]) -> list[AgencyReport]:
        """Store what is sound."""
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        planned = [(work, await self._compare(connection, work)) for work in works if work.sound]
        total = sum(each.rows_changed for _, changes in planned for each in changes)
        count = _Counter(self.progress, total)
        return [await self._store_agency(connection, work, changes, count.advance) for work, changes in planned]

    async def _compare(self, connection: AsyncConnection, work: Work) -> list[TableChanges]:
        drafts = merge_drafts(chain.from_iterable(drafts for _, drafts in work.sound))
        return await compare(connection, self.mapping, work.agency.id, drafts)

    async def _store_agency(
        self, connection: AsyncConnection, work: Work, changes: list[TableChanges], advance: Advance
    ) -> AgencyReport:
        run_id = None
        if any(each.rows_changed for each in changes):
            run_id = uuid4()
            if work.agency.is_new:
                await insert_agency(connection, work.agency)
            run = Run(run_id, work.agency.id, self.mapping, self.started_at, work.rows_read, work.rows_rejected)
            await write_run(connection, run, changes, self.contents, advance)
        agency = work.agency
        return AgencyReport(
            agency.id, agency.rule.name, agency.rule.ori, run_id, describe_tables(changes), count_texts(changes)
        )


class _Counter:
    """Adds up what was written."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._done, self._total = progress, 0, total

    def advance(self, rows: int) -> None:
        """Count rows that were written."""
        self._done += rows
        self._progress("writing rows", self._done, self._total)


def _read_files(mapping: ImportMapping, sources: Sequence[Source], options: ImportOptions) -> list[FileContent]:
    contents = []
    for place, source in enumerate(sources):
        options.progress(f"reading {source.name}", place, len(sources))
        contents.append(read_file(mapping, source, options.inspect))
    return contents


def _find_outcome(reports: Sequence[AgencyReport]) -> Outcome:
    return Outcome.APPLIED if any(report.run_id for report in reports) else Outcome.UNCHANGED
