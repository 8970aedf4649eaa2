#!/usr/bin/env python
"""Does to a server what hostile clients do, and tells what each got, how long it took, and who else noticed.

    python bench/hostile.py                                # starts a server over demo data, and ends it
    python bench/hostile.py --url http://HOST:PORT --key lvr_… [--pid PID]

Ends with status 1 where something was answered that should not be, or too late, or cost memory, or held others up.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

sys.path.insert(
    0, str(Path(__file__).resolve().parent.parent)
)  # louver and the shapes of tests/serving, where they are not installed

from attacks import Attack, build_post, list_attacks
from watching import Health, Memory, starting_server

REFUSED_MS = 100.0
HEALTH_MS = 1_000.0
GROWTH_MB = 50.0
CROWD, SLOW = 2_000, 200
CHUNK = 262_144
ERRORS_MAX, ERROR_BYTES_MAX = 3, 4_000
ANSWER_SECONDS = 60.0


class Got(NamedTuple):
    """What one client got."""

    status: str
    code: str
    milliseconds: float
    fault: str = ""


class Target(NamedTuple):
    """Where the attacks go."""

    host: str
    port: int
    key: str


async def send(target: Target, data: bytes) -> Got:
    """Send a request and read the answer; time counts from the last byte that the server took."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    with contextlib.closing(writer):
        sent = time.perf_counter()
        answering = asyncio.ensure_future(read(reader))
        with contextlib.suppress(ConnectionError):
            for start in range(0, len(data), CHUNK):
                if answering.done():
                    break
                sent = time.perf_counter()
                writer.write(data[start : start + CHUNK])
                await writer.drain()
        status, body = await answering
        return describe(status, body, (time.perf_counter() - sent) * 1_000)


async def read(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Read one answer: its status and body, or how it failed to come."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
            return head.split()[1].decode(), await reader.readexactly(int(length.partition(b":")[2]))
    except asyncio.IncompleteReadError as error:
        return ("closed", b"") if not error.partial else ("cut off", error.partial)
    except ConnectionError:
        return "reset", b""
    except TimeoutError:
        return "nothing", b""


def describe(status: str, body: bytes, milliseconds: float) -> Got:
    """Say what an answer is."""
    if status == "closed":
        return Got(status, "", milliseconds)
    try:
        content = json.loads(body)
        errors = content.get("errors", [])
        code = errors[0]["extensions"]["code"] if errors else "data"
    except (ValueError, KeyError, TypeError, AttributeError):
        return Got(status, "", milliseconds, "not GraphQL")
    if len(errors) > ERRORS_MAX or len(json.dumps(errors)) > ERROR_BYTES_MAX:
        return Got(status, code, milliseconds, f"{len(errors)} errors, {len(body)} bytes")
    return Got(status, code, milliseconds, "has data" if "data" in content else "")


def judge(attack: Attack, got: Got) -> str:
    """Say what is wrong with what an attack got."""
    if attack.may_be_answered and got.status == "200" and got.fault == "has data":
        return "" if got.milliseconds <= REFUSED_MS else "slow"
    if not got.status.startswith("4"):
        return got.fault or "not refused"
    return got.fault or ("" if got.milliseconds <= REFUSED_MS else "slow")


class Report:
    """The table, a line at a time."""

    def __init__(self, health: Health, memory: Memory) -> None:
        self._health = health
        self._memory = memory
        self._base = memory.now()
        self.faults = 0
        print("| case | got | code | ms | MB before | MB after | health ms | |\n|---|---|---|--:|--:|--:|--:|---|")

    async def case(self, name: str, work: Awaitable[Got], judging: Callable[[Got], str]) -> None:
        """Run one and tell."""
        before = self._memory.now()
        self._health.begin()
        got = await work
        slowest, after = self._health.slowest_ms(), self._memory.now()
        faults = [judging(got), "others waited" if slowest > HEALTH_MS else ""]
        said = ", ".join(filter(None, faults))
        self.faults += bool(said)
        print(
            f"| {name} | {got.status} | {got.code} | {got.milliseconds:.0f} | {before:.0f} | {after:.0f} "
            f"| {slowest:.0f} | {said} |",
            flush=True,
        )

    def end(self) -> None:
        """Tell of the whole run."""
        growth, slowest = self._memory.now() - self._base, self._health.slowest_of_all_ms
        self.faults += (growth > GROWTH_MB) + (self._health.failed > 0)
        print(
            f"\nMemory grew by {growth:.0f} MB (peak {self._memory.peak() - self._base:.0f} MB above the start). "
            f"{self._health.count} health queries, the slowest {slowest:.0f} ms, {self._health.failed} failed. "
            f"{self.faults} faults."
        )


async def crowd(target: Target, data: bytes, count: int, seconds: float, *, drip: bytes = b"") -> Got:
    """Hold many connections that have sent a beginning, and drip; answer what most of them got, and when."""
    started, outcomes = time.perf_counter(), []

    async def hold() -> None:
        reader, writer = await asyncio.open_connection(target.host, target.port)
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            writer.write(data)
            reading = asyncio.ensure_future(read(reader))
            while drip and not reading.done() and time.perf_counter() - started < seconds:
                await asyncio.wait([reading], timeout=0.5)
                writer.write(drip)
            outcomes.append(describe(*(await reading), (time.perf_counter() - started) * 1_000))

    await asyncio.gather(*(hold() for _ in range(count)), return_exceptions=True)
    kinds = {(got.status, got.code) for got in outcomes}
    return Got(
        " ".join(sorted({status for status, _ in kinds})) or "nothing",
        " ".join(sorted({code for _, code in kinds if code})),
        max((got.milliseconds for got in outcomes), default=0.0),
        "" if len(outcomes) == count else f"{count - len(outcomes)} got nothing",
    )


async def attack_all(target: Target, report: Report, only: str) -> None:
    """Run the list, or what of it has a text in its name."""
    post = build_post(target.key)
    crowds = {
        f"{CROWD} idle connections": (b"", CROWD, b""),
        f"{CROWD} half heads": (b"POST /graphql HTT", CROWD, b""),
        f"{SLOW} slow heads": (b"POST /graphql HTTP/1.1\r\n", SLOW, b"A: b\r\n"),
        f"{SLOW} slow bodies": (post(b"", length=900), SLOW, b" "),
        f"{SLOW} slow bodies without a key": (post(b"", length=900).replace(b"Bearer lvr_", b"Bearer x"), SLOW, b" "),
    }
    for name, (data, count, drip) in crowds.items():
        if only not in name:
            continue
        await report.case(name, crowd(target, data, count, ANSWER_SECONDS, drip=drip), lambda got: got.fault)
    for attack in list_attacks(target.key):
        if only not in attack.name:
            continue
        await report.case(attack.name, send(target, attack.data), lambda got, attack=attack: judge(attack, got))


@contextlib.contextmanager
def finding_target(arguments: argparse.Namespace) -> Iterator[tuple[Target, int]]:
    """Take the server that was named, or start one."""
    if arguments.url:
        address = urlsplit(arguments.url)
        yield Target(str(address.hostname), address.port or 80, arguments.key), arguments.pid or 0
        return
    with tempfile.TemporaryDirectory() as folder, starting_server(Path(folder)) as (url, key, pid):
        address = urlsplit(url)
        yield Target(str(address.hostname), int(address.port or 0), key), pid


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url")
    parser.add_argument("--key")
    parser.add_argument("--pid", type=int, help="the server's process, for its memory")
    parser.add_argument("--only", default="", help="only cases with this in their name")
    arguments = parser.parse_args()
    if arguments.url and not arguments.key:
        parser.error("--url needs --key")
    with finding_target(arguments) as (target, pid), Health(target.host, target.port, target.key) as health:
        report = Report(health, Memory(pid))
        asyncio.run(attack_all(target, report, arguments.only))
        report.end()
    sys.exit(bool(report.faults))


if __name__ == "__main__":
    main()
