"""Probes: which part is why, and no more; and no way to load the service."""

import asyncio
import contextlib
import sqlite3

import pytest

from louver.db.engine import begin_writing, create_engine
from louver.observing import readiness
from tests.server import serving

ALL_WELL = {"database": "ok", "audit": "ok", "policy": "ok"}


class TestReady:
    async def test_all_well(self, served):
        """Every part is named; the answer may be kept by nobody."""
        response = await served.client.get("/readyz")
        assert (response.status_code, response.json()) == (200, ALL_WELL)
        assert response.headers["cache-control"] == "no-store"

    async def test_log_takes_nothing(self, world_copy, tmp_path):
        """A log that takes no record is named, by the code that queries would get, and the rest is well."""
        async with serving(world_copy, tmp_path, audit_timeout_seconds=0.3) as server:
            with contextlib.closing(sqlite3.connect(tmp_path / "audit.db", isolation_level=None)) as holder:
                holder.execute("BEGIN IMMEDIATE")
                response = await server.client.get("/readyz")
                holder.execute("ROLLBACK")
        assert (response.status_code, response.json()) == (503, {**ALL_WELL, "audit": "AUDIT_UNAVAILABLE"})

    async def test_policy_cannot_be_read(self, own_served, own_url):
        """Where a change of the policy could not be read, the policy is named; the process still lives."""
        engine = create_engine(own_url)
        async with begin_writing(engine) as connection:
            await connection.exec_driver_sql("ALTER TABLE policy_lines RENAME TO mislaid")
        await engine.dispose()
        response = await own_served.client.get("/readyz")
        assert (response.status_code, response.json()) == (503, {**ALL_WELL, "policy": "POLICY_STALE"})
        assert "mislaid" not in response.text
        assert (await own_served.client.get("/healthz")).json() == {"process": "ok"}

    async def test_comes_back(self, world_copy, tmp_path, monkeypatch):
        """What failed is looked at again once the finding is old."""
        monkeypatch.setattr(readiness, "KEPT_SECONDS", 0)
        async with serving(world_copy, tmp_path, audit_timeout_seconds=0.3) as server:
            with contextlib.closing(sqlite3.connect(tmp_path / "audit.db", isolation_level=None)) as holder:
                holder.execute("BEGIN IMMEDIATE")
                assert (await server.client.get("/readyz")).status_code == 503
                holder.execute("ROLLBACK")
            async with asyncio.timeout(10):
                while (await server.client.get("/readyz")).status_code != 200:  # noqa: ASYNC110  # the server is asked
                    await asyncio.sleep(0.1)


class TestNoLoad:
    async def test_one_check_for_all(self, own_served, monkeypatch):
        """However many probe at once, the parts are looked at once."""
        monkeypatch.setattr(readiness, "KEPT_SECONDS", 60)
        before = own_served.service.reader.statements
        responses = await asyncio.gather(*(own_served.client.get("/readyz") for _ in range(40)))
        assert {response.status_code for response in responses} == {200}
        assert own_served.service.reader.statements - before == 2

    async def test_alive_asks_nothing(self, served):
        """Whether the process lives is not the database's to say."""
        before = served.service.reader.statements
        assert (await served.client.get("/healthz")).status_code == 200
        assert served.service.reader.statements == before

    @pytest.mark.parametrize("path", ["/healthz", "/readyz"])
    async def test_methods(self, served, path):
        """Probes are read, and nothing else."""
        statuses = [(await served.client.request(method, path)).status_code for method in ("HEAD", "POST", "DELETE")]
        assert statuses == [200, 405, 405]
