"""Where our server's time goes: py-spy's samples under a load, each put down to the part of the request it was in."""

import shutil
import subprocess
from collections import Counter
from pathlib import Path

from load import send_load
from loading import ROLES
from measuring import Sample
from queries import Case
from reporting import render_table
from targets import Target

SECONDS = 6
RATE = 200
PARTS = (
    ("garbage collection", ("gc_collect_main",)),
    ("log: the line on standard error", ("Writer._print",)),
    ("log: seal, insert, wait", ("louver/logging/",)),
    ("identity: key, its statement, rights", ("louver/identity.py",)),
    ("completer", ("complete (<string>",)),
    ("SQL: parameters, send", ("louver/db/reader.py", "louver/resolvers/statements.py")),
    ("levels, points, loaders", ("louver/resolvers/levels.py", "louver/resolvers/points.py", "aiodataloader/")),
    ("Strawberry and graphql-core: execute", ("strawberry/", "graphql/execution/execut")),
    ("documents, variables, shapes, plan look-up, facts", ("louver/schema/gateway.py",)),
    ("JSON", ("_render (louver/endpoint.py",)),
    ("endpoint: headers, body, record", ("louver/endpoint.py",)),
    ("asyncpg: receive, all statements", ("asyncpg", "protocol.c", "pgproto.c")),
    ("uvicorn, Starlette, httptools", ("uvicorn/protocols/", "starlette/", "httptools")),
    ("event loop, sockets", ("",)),
)
"""A sample belongs to the first part one of whose marks is anywhere in its stack."""


def profile(target: Target, case: Case, sample: Sample, folder: Path) -> str:
    """Render the parts in µs of server CPU a request: shares by py-spy, the whole as measured without it."""
    spy = shutil.which("py-spy")
    if spy is None:
        raise SystemExit("py-spy is not on the path; install it in an environment of its own: pip install py-spy")
    raw = folder / "profile.raw"
    command = [spy, "record", "--native", "-d", str(SECONDS), "-r", str(RATE), "-f", "raw", "-o", str(raw)]
    watching = subprocess.Popen(
        [*command, "-p", str(target.process.pid)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    bodies, headers = case.bodies(target.is_ours), target.headers(ROLES[0])
    send_load(target.process.url, bodies, headers, SECONDS + 1, sample.connections, folder)
    watching.wait()
    counts = _count_parts(raw.read_text(errors="replace"))
    total = sum(counts.values())
    rows = [
        [part, f"{count / total:.0%}", f"{sample.server_cpu_ms * 1_000 * count / total:,.0f}"]
        for part, count in counts.most_common()
    ]
    table = "\n".join(render_table((case.name, "share", "µs"), rows, texts=1))
    return f"\n{table}\n"


def _count_parts(raw: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        if count.isdigit():
            counts[next(part for part, marks in PARTS if any(mark in stack for mark in marks))] += int(count)
    return counts
