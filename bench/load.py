"""Sends requests: one by one, or a load through wrk, or through our own client where wrk is not installed."""

import http.client
import json
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_HERE = Path(__file__).resolve().parent
_JSON = {"content-type": "application/json", "accept": "application/json"}
_TIMEOUT_SECONDS = 120


class UnansweredError(Exception):
    """A server did not answer as it should."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a load came to."""

    count: int
    seconds: float
    bytes: int
    failed: int
    p50_ms: float
    p99_ms: float


def get_generator() -> str:
    """Which one `send_load` uses."""
    return "wrk" if shutil.which("wrk") else "bench/client.py"


def send(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Send one request and return the answer's body.

    Raises:
        UnansweredError: there was no answer, or its status is not 200.
    """
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("POST", address.path, body, {**_JSON, **headers})
        response = connection.getresponse()
        content = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise UnansweredError(repr(error)) from error
    finally:
        connection.close()
    if response.status != 200:
        raise UnansweredError(f"{response.status} {content[:500]!r}")
    return content


def send_in_series(url: str, bodies: Sequence[bytes], headers: Mapping[str, str], count: int) -> Load:
    """Send so many one after another: for a server that takes seconds for each."""
    latencies, size = [], 0
    for index in range(count):
        started = time.perf_counter()
        size += len(send(url, bodies[index % len(bodies)], headers))
        latencies.append((time.perf_counter() - started) * 1_000)
    latencies.sort()
    return Load(count, sum(latencies) / 1_000, size, 0, latencies[count // 2], latencies[-1])


def send_load(
    url: str,
    bodies: Sequence[bytes],
    headers: Mapping[str, str],
    seconds: float,
    connections: int,
    folder: Path,
    *,
    bearers: Sequence[str] = (),
) -> Load:
    """Keep so many connections busy for so long; `bearers` send their keys in turn, for which wrk is needed."""
    file = folder / "bodies.txt"
    file.write_bytes(b"\n".join(bodies) + b"\n")
    lines = [f"{name}: {value}" for name, value in {**_JSON, **headers}.items()]
    if shutil.which("wrk"):
        head = [word for line in lines for word in ("-H", line)]
        sizes = ["-t1", f"-c{connections}", f"-d{math.ceil(seconds)}s", f"--timeout={_TIMEOUT_SECONDS}s"]
        command = ["wrk", *sizes, *head, "-s", str(_HERE / "wrk.lua"), url, "--", str(file), *bearers]
    elif bearers:
        raise SystemExit("install wrk: bench/client.py does not send several keys in turn")
    else:
        command = [sys.executable, str(_HERE / "client.py"), url, str(file), str(seconds), str(connections), *lines]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result = next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))
    return Load(**json.loads(result.removeprefix("RESULT")))
