#!/usr/bin/env python
"""Kills the server under load, again and again, and looks for the record of every answer that came. See README.md."""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

from cluster import Cluster, running_cluster
from sqlalchemy import insert, select

from louver.authz.keys import issue_key
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import AgencyRow, ApiKeyRow
from louver.logging.location import locate_audit
from louver.logging.tables import audit_records
from louver.settings import Settings
from louver.stores import upgrade_stores
from louver.verification import verify_store

CLIENTS = 8
_HERE = Path(__file__).resolve().parent
_BODY = b'{"query":"{officers(first:5){nodes{id rank}}}"}'
_LONGEST_SECONDS, _START_SECONDS = 0.5, 60.0


@dataclass(slots=True)
class Clients:
    """Ask without a pause, on connections that are opened anew when they break; remember what was answered."""

    port: int
    key: str
    answered: set[UUID] = field(default_factory=set)
    refused: int = 0
    broken: int = 0
    progress: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask_forever(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                with contextlib.closing(writer):
                    while True:
                        await self._ask(reader, writer)
            except (OSError, asyncio.IncompleteReadError):
                self.broken += 1

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f"POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {self.key}\r\n"
        head += f"content-type: application/json\r\ncontent-length: {len(_BODY)}\r\n\r\n"
        writer.write(head.encode() + _BODY)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        await reader.readexactly(int(headers["content-length"]))
        if lines[0].split()[1] == "200":
            self.answered.add(UUID(headers["x-request-id"]))
            self.progress.set()
        else:
            self.refused += 1


@asynccontextmanager
async def server(settings: Settings) -> AsyncIterator[tuple[int, asyncio.subprocess.Process]]:
    """Run what servers are forked from."""
    environment = {
        "LOUVER_DATABASE_URL": settings.database_url,
        "LOUVER_VAR": str(settings.var),
        "LOUVER_LOG_LEVEL": "CRITICAL",
        "LOUVER_AUDIT_CHECKPOINT_SECONDS": "1",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(_HERE / "crash_server.py"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    assert process.stdout
    try:
        yield int(await process.stdout.readline()), process
    finally:
        process.terminate()
        await process.wait()


async def prepare(settings: Settings) -> str:
    """Make the stores, an agency and a key."""
    await upgrade_stores(settings)
    engine, key, now = create_engine(settings.database_url), issue_key(), datetime.now(UTC)
    agency, modules = UUID(int=0xA), ["TRAINING"]
    row = {"id": agency, "name": "Crash", "ori": "ZZ0000001", "state": "ZZ", "timezone": "UTC", "modules": modules}
    issued = {
        "id": UUID(int=0xB), "agency_id": agency, "prefix": key.prefix, "secret_hash": key.secret_hash,
        "label": "crash", "role": "chief", "purpose": "crash", "created_at": now, "expires_at": now + timedelta(days=1),
    }  # fmt: skip
    async with begin_writing(engine) as connection:
        await connection.execute(insert(AgencyRow).values(row))
        await connection.execute(insert(ApiKeyRow).values(issued))
    await engine.dispose()
    return key.text


async def crash(settings: Settings, kills: int, cluster: Cluster | None) -> bool:
    """Kill so many times, and compare both sides; with a cluster it is the database that is cut off."""
    key, draw = await prepare(settings), random.Random(20260301)
    async with server(settings) as (port, forks):
        clients = Clients(port, key)
        asking = [asyncio.create_task(clients.ask_forever()) for _ in range(CLIENTS)]
        pid = 0
        for number in range(kills):
            pid = pid if cluster and number else await _fork(forks)
            await _wait_for_answer(clients)
            await asyncio.sleep(draw.random() * _LONGEST_SECONDS)
            if cluster:
                await asyncio.to_thread(cluster.crash)
            else:
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
    return await compare(settings, clients, f"{kills} times {'the database' if cluster else 'the server'} was killed")


async def _fork(forks: asyncio.subprocess.Process) -> int:
    assert forks.stdin
    assert forks.stdout
    forks.stdin.write(b"\n")
    return int(await forks.stdout.readline())


async def _wait_for_answer(clients: Clients) -> None:
    clients.progress.clear()
    async with asyncio.timeout(_START_SECONDS):
        await clients.progress.wait()


async def compare(settings: Settings, clients: Clients, what: str) -> bool:
    """Count both sides."""
    engine = create_engine(locate_audit(settings))
    async with engine.connect() as connection:
        record = audit_records.c
        found = await connection.execute(select(record.request_id).where(record.event == "access.query"))
        recorded = [identity for (identity,) in found]
    await engine.dispose()
    verdict = await verify_store(settings, (), ())
    missing, twice = clients.answered - set(recorded), len(recorded) - len(set(recorded))
    print(f"  {what}: {len(clients.answered)} answers came, {len(recorded)} queries are recorded,")
    print(f"    {len(missing)} answers without a record, {twice} records twice, {clients.refused} refusals,")
    print(
        f"    {clients.broken} connections broken; {verdict.records} records verified: {verdict.breaks or 'all hold'}"
    )
    return not missing and not twice and not verdict.breaks


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how often on each engine (default 200)")
    parser.add_argument("--database-kills", type=int, default=20, help="how often PostgreSQL itself (default 20)")
    arguments, is_well = parser.parse_args(), []
    print("sqlite", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/louver.db", var=Path(folder))
        is_well.append(asyncio.run(crash(settings, arguments.kills, None)))
    print("postgresql", flush=True)
    for kills, is_database in ((arguments.kills, False), (arguments.database_kills, True)):
        with running_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
            settings = Settings(database_url=cluster.url, var=Path(folder))
            is_well.append(asyncio.run(crash(settings, kills, cluster if is_database else None)))
    raise SystemExit(0 if all(is_well) else 1)


if __name__ == "__main__":
    main()
