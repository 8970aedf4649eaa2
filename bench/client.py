"""A load generator for machines without wrk, in a process of its own.

`client.py URL FILE SECONDS CONNECTIONS HEADER…` sends the bodies of the file, one a line, in turn, and prints what came
of it as one line of JSON.
"""

import asyncio
import itertools
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Tally:
    """What all connections saw."""

    def __init__(self, requests: list[bytes], seconds: float) -> None:
        self.requests: Iterator[bytes] = itertools.cycle(requests)
        self.latencies: list[float] = []
        self.bytes = 0
        self.failed = 0
        self.started = time.perf_counter()
        self.until = self.started + seconds


class Connection(asyncio.Protocol):
    """Sends the next request when an answer is complete."""

    def __init__(self, tally: Tally) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._tally = tally
        self._received = bytearray()
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Collect an answer."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        length = _LENGTH.search(self._received, 0, end) if end >= 0 else None
        if length is None or len(self._received) < end + 4 + int(length[1]):
            return
        self._count()
        self._received.clear()
        if time.perf_counter() < self._tally.until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - the base's name
        """End; a request that was under way has failed."""
        if self._received or (self._sent and time.perf_counter() < self._tally.until):
            self._tally.failed += 1
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(next(self._tally.requests))

    def _count(self) -> None:
        tally = self._tally
        tally.latencies.append(time.perf_counter() - self._sent)
        tally.bytes += len(self._received)
        tally.failed += not self._received.startswith(b"HTTP/1.1 2")


async def run(url: str, bodies: list[bytes], seconds: float, connections: int, headers: list[str]) -> Tally:
    """Load one address."""
    address = urlsplit(url)
    head = "\r\n".join([f"POST {address.path} HTTP/1.1", f"Host: {address.netloc}", *headers])
    tally = Tally([f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies], seconds)
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: Connection(tally), address.hostname, address.port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in opened))
    return tally


def main() -> None:
    """Run and print."""
    url, file, seconds, connections, *headers = sys.argv[1:]
    bodies = Path(file).read_bytes().splitlines()
    tally = asyncio.run(run(url, bodies, float(seconds), int(connections), headers))
    took, sorted_ms = time.perf_counter() - tally.started, sorted(second * 1_000 for second in tally.latencies)
    result = {
        "count": len(sorted_ms),
        "seconds": took,
        "bytes": tally.bytes,
        "failed": tally.failed,
        "p50_ms": sorted_ms[len(sorted_ms) // 2] if sorted_ms else 0.0,
        "p99_ms": sorted_ms[len(sorted_ms) * 99 // 100] if sorted_ms else 0.0,
    }
    print("RESULT", json.dumps(result))


if __name__ == "__main__":
    main()
