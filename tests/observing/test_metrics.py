"""Figures for Prometheus: they add up, they tell of nobody, and whoever fetches them can do no harm."""

import asyncio
import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from louver.endpoint import Endpoint
from louver.errors import MisconfiguredError
from louver.logging import AuditStore
from louver.observing import metrics_server, require_observable
from louver.settings import Settings
from louver.stores import upgrade_stores
from louver.wire import BODY_BYTES_MAX
from tests.observing.conftest import ROSTER, TOKEN
from tests.observing.scraping import find_port, read_figures, scrape, scrape_when_up
from tests.secrecy.kept import open_stream
from tests.server import serving
from tests.world.store import HOLDERS, key_of

DOCS = (Path(__file__).parents[2] / "docs" / "observing.md").read_text(encoding="utf-8")


async def ask_everything(server):
    """Send what is answered, denied, malformed, too large, and from nobody."""
    await server.post(key_of("chief").text, ROSTER)
    await server.post(key_of("auditor").text, ROSTER)
    await server.post(key_of("auditor").text, ROSTER, denied="extensions")
    await server.post(key_of("chief without uof").text, "{ uofIncidents(first: 1) { nodes { id } } }")
    await server.post(key_of("chief").text, "{ nonsense }")
    await server.post(key_of("chief").text, " " * (BODY_BYTES_MAX + 1))
    await server.post(key_of("expired chief").text, ROSTER)
    await server.client.post("/graphql", json={"query": ROSTER})


class TestFigures:
    async def test_add_up(self, metered, metrics_port):
        """Every request is counted once, by outcome, and each refusal under its reason."""
        await ask_everything(metered)
        found = read_figures(await scrape(metrics_port))
        expected = {
            ("louver_operations_total", "other", "answered"): 1,
            ("louver_operations_total", "other", "partial"): 3,
            ("louver_operations_total", "other", "refused"): 4,
            ("louver_denials_total", "FIELD_DENIED"): 2,
            ("louver_denials_total", "MODULE_NOT_SUBSCRIBED"): 1,
            ("louver_limit_hits_total", "LIMIT_EXCEEDED"): 1,
            ("louver_auth_failures_total", "KEY_EXPIRED"): 1,
            ("louver_auth_failures_total", "CREDENTIAL_MISSING"): 1,
            ("louver_operation_duration_seconds_count",): 8,
            ("louver_audit_wait_seconds_count",): 8,
            ("louver_audit_failed_total",): 0,
            ("louver_audit_healthy",): 1,
            ("louver_audit_queue",): 0,
            ("louver_pool_size",): 3,
            ("louver_pool_in_use",): 0,
            ("louver_policy_stale_agencies",): 0,
        }
        assert expected == {name: found.get(name) for name in expected}
        assert found["louver_rows_total",] > 0
        assert found["process_resident_memory_bytes",] > 0
        assert found["louver_policy_age_seconds",] > 0

    async def test_tell_of_nobody(self, metered, metrics_port, world):
        """No id, no name, no key, no purpose and nothing that a client chose is on the page."""
        officers = [row for row in world.rows["Officer"] if row["agency_id"] == HOLDERS["chief"].agency_id]
        chosen = ["Whitcombe4711", uuid4().hex, "traced-by-me"]
        for key in ("chief", "auditor", "support"):
            text = f"query {chosen[0]} {{ officers(first: 50) {{ nodes {{ id lastName badgeNumber }} }} }}"
            await metered.post(key_of(key).text, text, name=chosen[0])
            await metered.post(key_of(key).text, text, name=chosen[1])
        await metered.client.post("/graphql", json={"query": chosen[2]}, headers={"user-agent": chosen[2]})
        await ask_everything(metered)
        page = await scrape(metrics_port)
        secrets = {key_of(name).text for name in HOLDERS} | {key_of(name).prefix for name in HOLDERS}
        ids = {str(id_) for row in officers for id_ in (row["id"], row["id"].hex, row["agency_id"])}
        names = {row[column] for row in officers for column in ("last_name", "badge_number") if row[column]}
        words = set(re.findall(r"[\w.-]+", page))
        assert len(officers) > 5
        assert not words & {*secrets, *ids, *names, *chosen}
        assert not [text for text in {*secrets, *ids, *chosen} if text in page]

    async def test_labels_are_closed(self, metered, metrics_port):
        """Labels are of a short list: whatever clients send, the page does not grow."""
        for number in range(3):
            await metered.post(key_of("chief").text, f"query Q{number} {ROSTER}")
            await metered.post(f"lvr_{number}", ROSTER)
        labels = set(re.findall(r"(\w+)=", await scrape(metrics_port)))
        assert labels == {"name", "outcome", "reason", "le", "version", "generation"}

    async def test_page_and_docs_agree(self, metered, metrics_port):
        """Every figure is explained in docs/observing.md, and none is there that is not served."""
        await ask_everything(metered)
        served = set(re.findall(r"^# TYPE (louver_\w+) ", await scrape(metrics_port), re.MULTILINE))
        told = set(re.findall(r"louver_\w+", DOCS))
        assert served == told
        assert all(f"`LOUVER_{name.upper()}`" in DOCS for name in ("metrics_port", "metrics_host", "metrics_token"))

    async def test_audit_outage(self, metered, metrics_port, tmp_path, chief):
        """While the log takes nothing, the page says so: refused, failed, waiting and for how long."""
        holder = sqlite3.connect(tmp_path / "audit.db", isolation_level=None)
        with contextlib.closing(holder):
            holder.execute("BEGIN IMMEDIATE")
            assert (await metered.post(chief, ROSTER)).status_code == 503
            async with asyncio.timeout(10):
                while metered.service.store.is_healthy:  # noqa: ASYNC110  # the writer gives up after a second
                    await asyncio.sleep(0.05)
            found = read_figures(await scrape(metrics_port))
            holder.execute("ROLLBACK")
        assert found["louver_audit_failed_total",] == 1
        assert found["louver_operations_total", "other", "unavailable"] == 1
        assert found["louver_unavailable_total", "AUDIT_UNAVAILABLE"] == 1
        assert found["louver_audit_healthy",] == 0
        assert found["louver_audit_lag_seconds",] > 0

    async def test_pool(self, metered, metrics_port):
        """Statements under way are told apart into those that have a connection and those that wait for one."""
        reader = metered.service.reader
        async with reader._places, reader._places, reader._places:
            statements = [asyncio.create_task(reader.fetch("SELECT 1")) for _ in range(4)]
            found = read_figures(await scrape(metrics_port))
        await asyncio.gather(*statements)
        assert (found["louver_pool_in_use",], found["louver_pool_waiting",]) == (3, 1)
        assert read_figures(await scrape(metrics_port))["louver_pool_in_use",] == 0

    async def test_stale_policy(self, metered, metrics_port, world_copy):
        """An agency whose policy cannot be loaded is counted, and not named; the others are answered."""
        with contextlib.closing(sqlite3.connect(world_copy.removeprefix("sqlite:///"))) as store:
            store.execute(
                "UPDATE agencies SET policy_overlay_version = 9 WHERE id = ?", [HOLDERS["chief"].agency_id.hex]
            )
            store.commit()
        statuses = [(await metered.post(key_of(name).text, ROSTER)).status_code for name in ("chief", "foreign chief")]
        found = read_figures(await scrape(metrics_port))
        assert statuses == [503, 200]
        assert found["louver_policy_stale_agencies",] == 1
        assert found["louver_unavailable_total", "POLICY_STALE"] == 1

    async def test_off_by_default(self, world_copy, tmp_path):
        """Unless a port is named nothing is counted, and no part is another than without it."""
        async with serving(world_copy, tmp_path) as server:
            kinds = type(server.service.store), type(server.service.endpoint)
        assert kinds == (AuditStore, Endpoint)


class TestWorkers:
    def test_each_has_a_port(self, world_copy, tmp_path):
        """Two workers are two targets, whose figures sum to what was asked."""
        port = find_port()
        own = {
            "LOUVER_DATABASE_URL": world_copy,
            "LOUVER_AUDIT_URL": f"sqlite:///{tmp_path}/audit.db",
            "LOUVER_VAR": str(tmp_path),
            "LOUVER_METRICS_PORT": str(port),
        }
        asyncio.run(upgrade_stores(Settings.from_environment(own)))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOUVER_")} | own
        command = [sys.executable, "-m", "louver", "serve", "--port", "0", "--workers", "2"]
        with (
            open_stream(tmp_path) as stream,
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=stream) as process,
        ):
            try:
                address = re.search(rb"http://127\.0\.0\.1:\d+", process.stdout.readline())[0].decode()
                pages = [scrape_when_up(number) for number in (port, port + 1)]
                for _ in range(6):  # a connection each: either worker may take it
                    httpx.post(f"{address}/graphql", json={"query": ROSTER}, timeout=30)
                pages = [scrape_when_up(number) for number in (port, port + 1)]
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=30)
        refused = "louver_operations_total", "other", "refused"
        assert sum(read_figures(page).get(refused, 0) for page in pages) == 6


class TestWhoMayFetch:
    async def test_token(self, world_copy, tmp_path, metrics_port):
        """With a token set, nobody reads the page without it."""
        async with (
            serving(world_copy, tmp_path, metrics_port=metrics_port, metrics_token=TOKEN),
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{metrics_port}") as client,
        ):
            sent = [{}, {"authorization": "Bearer x"}, {"authorization": TOKEN}, {"authorization": f"Bearer {TOKEN}"}]
            statuses = [(await client.get("/metrics", headers=headers)).status_code for headers in sent]
        assert statuses == [401, 401, 401, 200]

    @pytest.mark.parametrize(
        "chosen",
        [
            {"metrics_host": "0.0.0.0"},
            {"metrics_host": "::"},
            {"metrics_host": "metrics.example"},
            {"metrics_token": "short"},
            {"metrics_port": 70_000},
        ],
    )
    def test_not_open_to_the_network(self, chosen):
        """Off this machine a token is needed, and it cannot be a short one; the refusal does not repeat it."""
        with pytest.raises(MisconfiguredError) as refused:
            require_observable(Settings(**{"metrics_port": find_port(), **chosen}), workers=1)
        assert refused.value.hint
        assert "short" not in refused.value.message.split()

    def test_port_taken(self, metrics_port):
        """A port in use is said before anything is served, the second worker's too."""
        with metrics_server._bind("127.0.0.1", metrics_port), pytest.raises(MisconfiguredError):
            require_observable(Settings(metrics_port=metrics_port - 1), workers=2)

    async def test_nothing_else(self, metered, metrics_port):
        """The port answers one path, to one method."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{metrics_port}") as client:
            statuses = [
                (await client.request(method, path)).status_code
                for method, path in (("GET", "/"), ("POST", "/metrics"), ("GET", "/graphql"), ("GET", "/metrics?x"))
            ]
        assert statuses == [404, 404, 404, 404]
        assert (await metered.client.get("/metrics")).status_code == 404


class TestHostileScraper:
    async def test_idle_connections(self, metered, metrics_port, monkeypatch):
        """Connections that say nothing are cut off, and so many are not kept; scrapes and queries go on."""
        monkeypatch.setattr(metrics_server, "TIMEOUT_SECONDS", 0.2)
        idle = [await asyncio.open_connection("127.0.0.1", metrics_port) for _ in range(30)]
        assert (await metered.client.get("/healthz")).status_code == 200
        async with asyncio.timeout(10):
            assert [await reader.read() for reader, _ in idle] == [b""] * 30
        for _, writer in idle:
            writer.close()
        assert "louver_build_info" in await scrape(metrics_port)

    @pytest.mark.parametrize(
        "sent", [b"\x00" * 100_000, b"GET /metrics HTTP/1.1\r\n" + b"a: b\r\n" * 20_000, b"\r\n\r\n"]
    )
    async def test_nonsense(self, metered, metrics_port, sent):
        """What is no scrape, or a head without end, gets no figures, and the next scrape is answered."""
        reader, writer = await asyncio.open_connection("127.0.0.1", metrics_port)
        with contextlib.suppress(OSError):
            writer.write(sent)
            await writer.drain()
            assert b"louver_" not in await reader.read()
        writer.close()
        assert metered.service.store.is_healthy
        assert "louver_build_info" in await scrape(metrics_port)
