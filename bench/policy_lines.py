#!/usr/bin/env python
"""Measures what policy lines cost: 150 of them, 10,000 of many agencies, 10,000 of the one that asks. See README.md."""

import argparse
import asyncio
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import asyncpg
import orjson
from cluster import running_cluster
from dataset import Dataset
from load import send, send_load
from loading import add_key, load, publish
from processes import OTHER_CORE, ServerProcess, pin
from queries import Case, build_cases

from louver.authz import Act, PolicyLine, Role, Rows, Snapshot, shipped

FEW, MANY, EACH, NEW = 150, 10_000, 250, 300
NEWCOMERS = 7
CASES = ("point, 8 fields", "100 × 10")
SEED = 20_260_301
FIRST = orjson.dumps({"query": "{ officers(first: 10) { nodes { id lastName rank badgeNumber workEmail } } }"})
DECIDED = 30
TIMES = 20_000


@dataclass(frozen=True, slots=True)
class Setting:
    """A database and the server on it. Newcomers are agencies with lines that nobody has asked about yet."""

    name: str
    own_lines: int
    others: int
    """How many other agencies have `EACH` lines."""


SETTINGS = (
    Setting("few", FEW, 0),
    Setting("many agencies", FEW, (MANY - FEW) // EACH),
    Setting("one agency", MANY, 0),
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was put into a database: the text of each key."""

    url: str
    asking: str
    others: list[str]
    newcomers: list[str]


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each setting is loaded (default 7)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of each load (default 2)")
    parser.add_argument("--connections", type=int, default=16, help="requests under way at once (default 16)")
    return parser.parse_args()


def draw_lines(agency_id: UUID, count: int, seed: int = SEED) -> list[PolicyLine]:
    """Draw allows for many roles over all fields. None changes what a chief sees, so that all settings answer alike."""
    roles = [role for role in Role if role not in {Role.PUBLIC_PORTAL, Role.SUPPORT, Role.PARTNER}]
    acts, scopes = (Act.VIEW, Act.VIEW_MASKED, Act.ENTER, Act.EXPORT), (Rows.AGENCY, Rows.UNIT, Rows.OWN)
    cells = [
        cell
        for cell in itertools.product(roles, sorted(shipped.read_coordinates().fields), acts, scopes)
        if cell[0] is not Role.CHIEF or cell[2] in {Act.ENTER, Act.EXPORT}
    ]
    return [
        PolicyLine.for_agency(agency_id, sub=role, obj=name, act=act, rows=rows, eft="allow")
        for role, name, act, rows in random.Random(seed).sample(cells, count)
    ]


async def fill(url: str, dataset: Dataset, asking: str, setting: Setting) -> Filled:
    """Give the agency that asks its lines, and make the others and the newcomers."""
    connection = await asyncpg.connect(url)
    try:
        await publish(connection, dataset.agencies[0], draw_lines(dataset.agencies[0], setting.own_lines))
        others = [await add_agency(connection, f"Other {number}", EACH) for number in range(setting.others)]
        newcomers = [await add_agency(connection, f"New {number}", NEW) for number in range(NEWCOMERS)]
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    return Filled(url, asking, others, newcomers)


async def add_agency(connection: asyncpg.Connection, name: str, count: int) -> str:
    """Make an agency without records, with lines, and return the text of its chief's key."""
    agency_id = uuid4()
    columns = ("id", "name", "ori", "state", "timezone", "modules", "status", "small_cell_minimum")
    row = (agency_id, name, f"ZY{agency_id.int % 10**7:07}", "ZZ", "UTC", ["TRAINING", "UOF"], "ACTIVE", 5, 0)
    await connection.copy_records_to_table("agencies", records=[row], columns=[*columns, "policy_overlay_version"])
    await publish(connection, agency_id, draw_lines(agency_id, count))
    return await add_key(connection, agency_id, "chief")


async def fill_all(url: str, dataset: Dataset) -> list[Filled]:
    """Load the records once and copy them for each setting."""
    asking = (await load(url, dataset, ("chief",)))["chief"]
    connection = await asyncpg.connect(url.replace("/postgres?", "/template1?"))
    for number in range(len(SETTINGS)):
        await connection.execute(f"CREATE DATABASE lines{number} TEMPLATE postgres")
    await connection.close()
    return [
        await fill(url.replace("/postgres?", f"/lines{number}?"), dataset, asking, setting)
        for number, setting in enumerate(SETTINGS)
    ]


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took: milliseconds on the clock, and of the server's CPU, which bears a busy machine better."""

    clock_ms: float
    cpu_ms: float


def ask(server: ServerProcess, key: str) -> Cost:
    """Ask once."""
    started, before = time.perf_counter(), server.cpu_seconds()
    send(server.url, FIRST, {"authorization": f"Bearer {key}"})
    took = time.perf_counter() - started
    return Cost(1_000 * took, 1_000 * (server.cpu_seconds() - before))


def summarise(costs: Sequence[Cost]) -> dict[str, float]:
    """The middle of each, and the worst on the clock."""
    return {
        "ms": round(median(cost.clock_ms for cost in costs), 1),
        "max": round(max(cost.clock_ms for cost in costs), 1),
        "cpuMs": round(median(cost.cpu_ms for cost in costs), 1),
    }


def measure_first(server: ServerProcess, filled: Filled, default: str) -> dict[str, Any]:
    """Take up the lines that there are, then measure the first operation of each newcomer."""
    for _ in range(3):
        ask(server, default)
    own = ask(server, filled.asking)
    for key in filled.others:
        ask(server, key)
    took = [ask(server, key) for key in filled.newcomers]
    again = [ask(server, key) for key in filled.newcomers]
    return {
        "the agency that asks": summarise([own]),
        f"new, with {NEW} lines": summarise(took),
        "the same again": summarise(again),
    }


def measure_rates(
    arguments: argparse.Namespace, servers: Sequence[ServerProcess], all_filled: Sequence[Filled], case: Case, to: Path
) -> Iterator[list[Cost]]:
    """Load all servers in turn, round by round; what each request took."""
    for _ in range(arguments.rounds):
        costs = []
        for server, filled in zip(servers, all_filled, strict=True):
            headers, before = {"authorization": f"Bearer {filled.asking}"}, server.cpu_seconds()
            sent = send_load(server.url, case.bodies(True), headers, arguments.seconds, arguments.connections, to)
            if sent.failed:
                raise SystemExit(f"{server.name} failed {sent.failed} of {sent.count} requests")
            used = server.cpu_seconds() - before
            costs.append(Cost(1_000 * sent.seconds / sent.count, 1_000 * used / sent.count))
        yield costs


def compare(rounds: Sequence[list[Cost]]) -> dict[str, Any]:
    """Each setting's middle rate, and the middle of its ratios to the first setting of the same round."""
    return {
        setting.name: {
            "perSecond": round(1_000 / median(costs[index].clock_ms for costs in rounds)),
            "ratio": round(median(costs[0].clock_ms / costs[index].clock_ms for costs in rounds), 3),
            "cpuMs": round(median(costs[index].cpu_ms for costs in rounds), 3),
            "cpuRatio": round(median(costs[0].cpu_ms / costs[index].cpu_ms for costs in rounds), 3),
        }
        for index, setting in enumerate(SETTINGS)
    }


def measure_decisions(count: int) -> dict[str, float]:
    """A warm decision and the rights of an operation, in this process; the fastest of five."""
    agency_id = uuid4()
    snapshot = Snapshot.load(draw_lines(agency_id, count))
    fields = sorted(snapshot.coordinates)[:DECIDED]

    def decide() -> None:
        rights = snapshot.rights(agency_id, ("chief",), modules=("TRAINING", "UOF"), subscription="ACTIVE")
        for each in fields:
            rights.decide(each)

    def time_one() -> float:
        started = time.perf_counter()
        for _ in range(TIMES // DECIDED):
            decide()
        return (time.perf_counter() - started) / (TIMES // DECIDED) * 1e6

    decide()
    operation = min(time_one() for _ in range(5))
    return {"µs an operation of 30": round(operation, 2), "µs a coordinate": round(operation / DECIDED, 3)}


def main() -> None:
    """Run."""
    arguments = read_arguments()
    pin(os.getpid(), OTHER_CORE)
    dataset = Dataset()
    with running_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        all_filled = asyncio.run(fill_all(cluster.url, dataset))
        default = asyncio.run(add_default_keys(all_filled, dataset))
        servers: list[ServerProcess] = []
        try:
            for setting, filled in zip(SETTINGS, all_filled, strict=True):
                environment = {"LOUVER_DATABASE_URL": filled.url, "LOUVER_VAR": folder}
                command = [sys.executable, "-m", "louver", "serve", "--port", "0"]
                servers.append(ServerProcess(setting.name, command, environment, Path(folder)))
            first = {
                server.name: measure_first(server, filled, key)
                for server, filled, key in zip(servers, all_filled, default, strict=True)
            }
            rates = {
                case.name: compare(list(measure_rates(arguments, servers, all_filled, case, Path(folder))))
                for case in build_cases(dataset)
                if case.name in CASES
            }
        finally:
            for server in servers:
                server.stop()
    decisions = {f"{count} lines": measure_decisions(count) for count in (FEW, MANY)}
    print(json.dumps({"rates": rates, "firstMs": first, "decisions": decisions}, indent=1, ensure_ascii=False))


async def add_default_keys(all_filled: Sequence[Filled], dataset: Dataset) -> list[str]:
    """Make a key of an agency without lines in each database, to warm its server up."""
    keys = []
    for filled in all_filled:
        connection = await asyncpg.connect(filled.url)
        keys.append(await add_key(connection, dataset.agencies[1], "chief"))
        await connection.close()
    return keys


if __name__ == "__main__":
    main()
