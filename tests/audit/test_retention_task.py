"""The retention beside a serving process, its failures, and every reader's bond to the twelve months."""

import ast
import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import louver
from louver.errors import MisconfiguredError
from louver.logging.setup import configure_logging
from louver.retention import RetentionTask, keeping_twelve_months, read_removal
from louver.settings import Settings
from tests.audit.retaining import NOW, YEAR_AGO, show

ROOT = Path(louver.__file__).parent
UNSHOWN = {
    "logging/archive.py",  # runs the retention first
    "logging/checkpoints.py",
    *(f"logging/{name}.py" for name in ("sinks", "postgresql_sink", "sqlite_sink")),  # write
    "resolvers/asking/fields.py",  # says which columns there are; who reads them does so within a Reach
    *(f"logging/retention/{name}.py" for name in ("agencies", "days", "holds", "periods", "removals")),
}
"""Modules that read records, and show nothing of them to anybody."""


def list_names(path):
    return {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


class TestReaders:
    def test_6_3_each_holds_the_twelve_months(self):
        """Every module that shows records takes the condition on what may still be shown."""
        imported = {str(path.relative_to(ROOT)): list_names(path) for path in ROOT.rglob("*.py")}
        lax = {name for name, names in imported.items() if "audit_records" in names and "is_retained" not in names}
        assert lax == UNSHOWN


class TestTask:
    @pytest.fixture
    def task(self, log):
        """The task of a serving process."""
        return RetentionTask(log.settings, log.store, lambda: NOW)

    async def test_run_is_recorded(self, log, task, list_rows):
        """A run that removed something is in the log, with how much."""
        await log.fill(YEAR_AGO)
        await task.run_once()
        rows = await list_rows()
        assert [row["event"] for row in rows] == ["access.query", "audit.retained"]
        expected = {"cutoff": "2025-11-24T12:00:00Z", "erased": 1, "deleted": 0, "held": 0}
        assert (rows[1]["details"], rows[1]["purpose"]) == (expected, "retention")

    async def test_only_one_of_many_comes_round(self, log, task, list_rows):
        """What another process has just done is not done again; nor is a run recorded that found nothing."""
        await task.run_once()
        await log.fill(YEAR_AGO)
        assert await task.run_once(timedelta(minutes=1)) is None
        assert (show(await list_rows()), log.store.is_retention_healthy) == (["whole"], True)

    async def test_6_3_failure_alarms_and_heals(self, log, audit_engine, list_rows, capsysbinary):
        """A run that fails says so on the log stream and to whoever asks the process; the next good one ends that."""
        configure_logging("ERROR")
        await log.fill(YEAR_AGO)
        async with audit_engine.begin() as connection:
            await connection.execute(text("ALTER TABLE audit_statements RENAME TO gone"))
        failing = RetentionTask(log.settings, log.store, lambda: NOW)
        await failing.run_once()
        assert (log.store.is_retention_healthy, show(await list_rows())) == (False, ["whole"])
        assert b"audit.retention_failed" in capsysbinary.readouterr().err
        async with audit_engine.begin() as connection:
            await connection.execute(text("ALTER TABLE gone RENAME TO audit_statements"))
        await failing.run_once()
        assert (log.store.is_retention_healthy, show(await list_rows())[0]) == (True, "erased")

    async def test_runs_by_itself(self, log, list_rows, monkeypatch):
        """A serving process runs the retention without being told."""
        monkeypatch.setattr("louver.retention.SPREAD_SECONDS", 0)
        monkeypatch.setattr("louver.retention.RetentionTask.run.__defaults__", (0.01,))
        await log.fill(datetime(2020, 2, 29, tzinfo=UTC))
        async with keeping_twelve_months(log.settings, log.store), asyncio.timeout(10):
            while len(await list_rows()) < 2:  # noqa: ASYNC110 - what is waited for happens in the store
                await asyncio.sleep(0.01)
        assert show(await list_rows()) == ["erased", "whole"]

    def test_setting(self):
        """What becomes of records is one of two things, or the server does not start."""
        assert read_removal(Settings(audit_removal="Delete")) == "DELETE"
        with pytest.raises(MisconfiguredError, match="LOUVER_AUDIT_REMOVAL"):
            read_removal(Settings(audit_removal="keep"))
