"""SIGTERM under load: who has asked is answered, who has not is let go, and the log knows of every answer."""

import asyncio
import signal
from pathlib import Path

import pytest
from sqlalchemy import select

from louver.db.engine import create_engine
from louver.logging.location import locate_audit
from louver.logging.tables import audit_records
from louver.settings import Settings
from tests.serving.process import Load, prepare, serving, wait_until
from tests.serving.raw import connected


async def list_answered(settings: Settings) -> set[str]:
    """Ids of the requests that the log says were answered."""
    engine = create_engine(locate_audit(settings))
    async with engine.connect() as connection:
        rows = await connection.scalars(
            select(audit_records.c.request_id).where(audit_records.c.outcome.in_(["answered", "partial"]))
        )
        found = {str(each) for each in rows}
    await engine.dispose()
    return found


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, var=tmp_path)


async def test_under_load(settings: Settings):
    """Nobody is cut off, with one worker or with two, and each answered request is in the log."""
    request = await prepare(settings)
    workers = "2" if settings.database_url.startswith("postgresql") else "1"
    with serving(settings, "--workers", workers) as server:
        await wait_until(server.port)
        load = Load(server.port, request)
        async with connected(server.port) as slow, connected(server.port) as idle, asyncio.timeout(60):
            await slow.send(request[:-3])
            async with asyncio.TaskGroup() as clients:
                for number in range(12):
                    clients.create_task(load.keep_asking(is_kept=bool(number % 2)))
                while len(load.answered) < 200:  # noqa: ASYNC110  # the load has no event
                    await asyncio.sleep(0.01)
                server.process.send_signal(signal.SIGTERM)
            await slow.send(request[-3:])
            last = await slow.answer()
            assert (last.status, last.headers["connection"]) == (200, "close")
            assert await idle.has_ended()
        await asyncio.to_thread(server.process.wait, 30)
    assert load.cut_off == []
    assert load.answered | {last.headers["x-request-id"]} <= await list_answered(settings)


class TestBound:
    async def test_refused(self, sqlite_url: str, tmp_path: Path):
        """A request that does not end in the time to stop in is refused; the log has it, and the process ends."""
        settings = Settings(database_url=sqlite_url, var=tmp_path)
        request = await prepare(settings)
        with serving(settings, LOUVER_DRAIN_SECONDS="0.5") as server:
            await wait_until(server.port)
            async with connected(server.port) as slow:
                await slow.send(request[:-3])
                await asyncio.sleep(0.3)
                server.process.send_signal(signal.SIGTERM)
                answer = await slow.answer()
            assert (answer.status, answer.code, answer.headers["connection"]) == (503, "RATE_LIMITED", "close")
            await asyncio.to_thread(server.process.wait, 30)
            said = server.log.read_text()
        assert '"event":"server.drain_ended"' in said
        assert '"outcome":"abandoned"' in said
