#!/usr/bin/env python
"""Puts Louver into the public harness: its records in our tables, its queries in our words. See README.md."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import asyncpg
import orjson
from graphql import OperationDefinitionNode, parse, print_ast
from harness_data import AGENCY, OTHER_AGENCY, copy_records
from load import send
from loading import add_key, publish
from processes import ServerProcess

from louver.authz import Act, PolicyLine, Rows
from louver.settings import Settings
from louver.stores import upgrade_stores

HERE = Path(__file__).resolve().parent
DATABASE = "louver"
ROLE = "chief"
AGENCY_ID = f"agency_{AGENCY.hex}"
DENIED = ("Officer.raceEthnicity", "UofIncident.summary")
"""By the agency's own policy. They stand for the birth date and the narrative that the harness denies to its caller."""
TARGETS: dict[str, tuple[list[str], dict[str, str]]] = {
    "louver": (["-m", "louver", "serve", "--port", "0"], {}),
    "louver-no-audit": ([str(HERE / "ours_without.py")], {"OURS_WITHOUT": "audit"}),
    "louver-2-workers": (["-m", "louver", "serve", "--port", "0", "--workers", "2"], {}),
}
_FLAT = """
    if isinstance(got, dict) and set(got) == {"groups"}:
        words = {"COMPLETED": "completed", "WITHDRAWN": "expired", "FAILED": "failed", "IN_PROGRESS": "in_progress"}
        got = [{"status": words[g["key"]["status"]], "count": g["count"]} for g in got["groups"]]
        got.sort(key=lambda g: g["status"])
"""
"""Goes into the harness's comparison: our groups have their key in an object of its own, and states are codes."""


def read_arguments() -> tuple[argparse.Namespace, list[str]]:
    """Read the command line; what is not ours goes to the harness."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="Further options are the harness's own.")
    parser.add_argument("--harness", type=Path, default=HERE.parent.parent / "shared" / "bench", help="its folder")
    parser.add_argument("--targets", default="louver", help=f"which of {', '.join(TARGETS)} (default louver)")
    parser.add_argument("--keep", action="store_true", help="use the records that an earlier run copied")
    return parser.parse_known_args()


class Harness:
    """The harness and its PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.lab = Path(os.environ.get("LAB", Path(os.environ.get("TMPDIR", "/tmp")) / "louver-bench"))
        self._environment = {**os.environ, "LAB": str(self.lab)}
        self.url = f"postgresql://postgres@127.0.0.1:{os.environ.get('PGPORT', '5501')}"

    def prepare(self) -> None:
        """Install what is missing, start PostgreSQL, and lay out a copy that can read our groups."""
        subprocess.run([self._folder / "setup.sh"], env=self._environment, check=True, stdout=sys.stderr)
        script = self.lab / "build" / "bench.py"
        text = (self._folder / "bench.py").read_text()
        head = 'def same(ref, got, path="data"):'
        if text.count(head) != 1:
            raise SystemExit("the harness compares otherwise than this was written for")
        script.unlink(missing_ok=True)
        script.write_text(text.replace(head, head + _FLAT.rstrip()))

    def run(self, options: list[str]) -> int:
        """Measure."""
        command = [str(self.lab / "venv" / "bin" / "python"), str(self.lab / "build" / "bench.py"), *options]
        return subprocess.run(command, env=self._environment, check=False).returncode


async def fill(harness: Harness) -> str:
    """Make our database anew beside the harness's, and return the key that asks."""
    connection = await asyncpg.connect(f"{harness.url}/postgres")
    await connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {DATABASE}")
    await connection.close()
    url = f"{harness.url}/{DATABASE}"
    await upgrade_stores(Settings(database_url=url))
    print("copied", await copy_records(f"{harness.url}/le", url), file=sys.stderr)
    return await add_caller(url)


async def add_caller(url: str) -> str:
    """Put the agency's own denials into force and make a key."""
    lines = [
        PolicyLine.for_agency(AGENCY, sub=ROLE, obj=name, act=act, rows=Rows.AGENCY, eft="deny")
        for name in DENIED
        for act in (Act.VIEW, Act.VIEW_MASKED)
    ]
    connection = await asyncpg.connect(url)
    try:
        await publish(connection, AGENCY, lines)
        return await add_key(connection, AGENCY, ROLE)
    finally:
        await connection.close()


def write_queries(harness: Harness, url: str, key: str) -> dict[str, Any]:
    """Write the queries with their variables; where a list begins is a cursor, which only the server can make."""
    document = parse((HERE / "harness.graphql").read_text())
    texts = {
        node.name.value: print_ast(node)
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and node.name
    }
    canonical = json.loads((harness.lab / "build" / "queries" / "canonical.json").read_text())

    def ask(name: str, **variables: Any) -> dict[str, Any]:
        body = orjson.dumps({"query": texts[name], "variables": variables})
        answer: dict[str, Any] = orjson.loads(send(url, body, {"authorization": f"Bearer {key}"}))["data"]
        return answer

    def find_cursor(name: str, offset: int) -> str:
        at_root = name != "Q4"
        found = ask("OfficersAt", n=offset) if at_root else ask("AgencyOfficersAt", a=AGENCY_ID, n=offset)["agency"]
        cursor: str = found["officers"]["pageInfo"]["endCursor"]
        return cursor

    def translate(name: str, given: dict[str, int]) -> dict[str, Any]:
        variables: dict[str, Any] = {}
        if "id" in given:
            variables["id"] = f"officer_{given['id']:032x}"
        if "n" in given:
            variables["n"] = given["n"]
        if name in {"Q4", "D2", "D3"}:
            variables["a"] = f"agency_{OTHER_AGENCY.hex}" if name == "D3" else AGENCY_ID
        if given.get("o"):
            variables["o"] = find_cursor(name, given["o"])
        return variables

    return {
        name: {**entry, "query": texts[name], "variables": [translate(name, given) for given in entry["variables"]]}
        for name, entry in canonical.items()
    }


def main() -> int:
    """Run."""
    arguments, options = read_arguments()
    harness = Harness(arguments.harness)
    harness.prepare()
    note = harness.lab / "louver-key"
    if not (arguments.keep and note.exists()):
        note.write_text(asyncio.run(fill(harness)))
    key = note.read_text()
    options += ["--header", f"authorization: Bearer {key}"]
    with ExitStack() as stack:
        for name in arguments.targets.split(","):
            command, environment = TARGETS[name]
            environment |= {"LOUVER_DATABASE_URL": f"{harness.url}/{DATABASE}", "LOUVER_VAR": str(harness.lab / "var")}
            server = ServerProcess(name, [sys.executable, *command], environment, harness.lab / "log")
            stack.callback(server.stop)
            queries = harness.lab / f"{name}.json"
            queries.write_text(json.dumps(write_queries(harness, server.url, key)))
            options += ["--target", f"{name}={server.url}", "--queries", f"{name}={queries}"]
        return harness.run(options)


if __name__ == "__main__":
    sys.exit(main())
