"""`louver serve` as a process of its own, and clients that notice what is cut off."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import insert

from louver.authz.keys import issue_key
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import AgencyRow, ApiKeyRow
from louver.settings import Settings
from louver.stores import upgrade_stores

BODY = b'{"query": "{ officers(first: 1) { nodes { rank } } }"}'


@dataclass
class Serving:
    """A running server."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    def stop(self) -> str:
        """End it with SIGTERM, and return what it said."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return self.log.read_text()

    def workers(self) -> list[int]:
        """The processes that it has started to serve."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = [int(pid) for pid in path.read_text().split()]
        return [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@contextlib.contextmanager
def serving(
    settings: Settings, *arguments: str, program: str = "from louver.cli import main; main()", **environment: str
) -> Iterator[Serving]:
    """Run one for the length of a `with`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LOUVER_")}
    own = {
        "LOUVER_DATABASE_URL": settings.database_url,
        "LOUVER_AUDIT_URL": settings.audit_url,
        "LOUVER_VAR": str(settings.var),
        "LOUVER_POOL_SIZE": "3",
    }
    command = [sys.executable, "-c", program, "serve", "--port", "0", *arguments]
    log = settings.var / "stderr.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, env=inherited | own | environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            found = re.search(r"https?://127\.0\.0\.1:(\d+)", process.stdout.readline())
            assert found, log.read_text()
            yield Serving(process, int(found[1]), log)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(30)


async def prepare(settings: Settings) -> bytes:
    """Make the stores, an agency and a key; return a request of that key's."""
    await upgrade_stores(settings)
    key, engine = issue_key(), create_engine(settings.database_url)
    now = datetime.now(UTC)
    async with begin_writing(engine) as connection:
        agency = {"id": uuid4(), "name": "A", "ori": "ZZ0000001", "state": "ZZ", "timezone": "UTC", "modules": []}
        await connection.execute(insert(AgencyRow).values(agency))
        await connection.execute(
            insert(ApiKeyRow).values(
                id=uuid4(),
                agency_id=agency["id"],
                prefix=key.prefix,
                secret_hash=key.secret_hash,
                label="load",
                role="chief",
                purpose="load",
                created_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    await engine.dispose()
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key.text}\r\nContent-Type: application/json\r\n"
    )
    return f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY


@dataclass
class Load:
    """What clients in a closed loop saw."""

    port: int
    request: bytes
    answered: set[str] = field(default_factory=set)
    """Ids of requests that were answered with data."""
    refused: int = 0
    cut_off: list[str] = field(default_factory=list)

    async def keep_asking(self, *, is_kept: bool) -> None:
        """Ask until the server lets nobody in, on one connection or each time on a new one."""
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except ConnectionError:
                return
            with contextlib.closing(writer):
                while await self._ask(reader, writer) and is_kept:
                    pass

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer whether the connection goes on."""
        try:
            writer.write(self.request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            self.cut_off.append(repr(error))
            return False
        if b'"data":{"officers"' in body:
            self.answered.add(head.split(b"x-request-id: ")[1].split(b"\r\n")[0].decode())
        else:
            self.refused += 1
            assert b" 503 " in head, head
        return b"connection: close" not in head


async def wait_until(port: int) -> None:
    """Wait until a server answers there: its socket is open before it is."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                await reader.readuntil(b"\r\n\r\n")
                return
        await asyncio.sleep(0.05)
    raise TimeoutError
