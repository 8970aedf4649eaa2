"""Keys at servers that are processes of their own: made and used by command, rotated under load, revoked everywhere."""

import asyncio
import contextlib
import os
import re
import subprocess
import sys

import httpx
import pytest

from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.keys.conftest import ORDER
from tests.policy.asking import as_mutation
from tests.secrecy.kept import open_stream
from tests.world.store import key_of

QUERY = "{ officers(first: 2) { nodes { badgeNumber rank } } }"
CLIENTS = 6


@pytest.fixture(scope="module")
def environment(copy_world, tmp_path_factory):
    """The environment of every process of one installation, whose stores are there."""
    folder = tmp_path_factory.mktemp("keys")
    log = f"sqlite:///{folder}/audit.db"
    with copy_world("postgresql") as url:
        asyncio.run(upgrade_stores(Settings(database_url=url, audit_url=log, var=folder)))
        ours = {"DATABASE_URL": url, "AUDIT_URL": log, "VAR": str(folder), "SECRET": "s" * 32, "POOL_SIZE": "3"}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LOUVER_")}
        yield inherited | {f"LOUVER_{name}": value for name, value in ours.items()}


@pytest.fixture(scope="module")
def address(environment):
    """A server of two workers."""
    command = [sys.executable, "-m", "louver", "serve", "--port", "0", "--workers", "2"]
    with (
        open_stream(environment["LOUVER_VAR"]) as stream,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=stream, text=True) as process,
    ):
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
            httpx.get(f"{found}/readyz", timeout=30)
            yield found
        finally:
            process.terminate()
            process.communicate(timeout=30)


async def send(client, key, query, variables=None):
    headers = {"authorization": f"Bearer {key}"}
    return await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


async def administer(client, name, **order):
    response = await send(client, key_of("agency_admin").text, as_mutation(name), {"input": order})
    return response.json()["data"][name]


async def test_rotated_under_load(address, record_property):
    """While a key is rotated and its clients change over one by one, not one of their requests fails."""
    statuses, is_over = [], asyncio.Event()

    async def use(client, held):
        while not is_over.is_set():
            response = await send(client, held[0], QUERY)
            statuses.append((response.status_code, "errors" in response.json()))

    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        made = await administer(client, "issueKey", **ORDER)
        held = [[made["secret"]] for _ in range(CLIENTS)]
        tasks = [asyncio.create_task(use(client, each)) for each in held]
        for _ in range(3):
            made = await administer(client, "rotateKey", prefix=made["key"]["prefix"], overlapHours=1)
            for each in held:
                seen = len(statuses)
                while len(statuses) < seen + CLIENTS:  # noqa: ASYNC110 - there is no event of so many answers
                    await asyncio.sleep(0.01)
                each[0] = made["secret"]
        is_over.set()
        await asyncio.gather(*tasks)
    record_property("requests", len(statuses))
    print(f"{len(statuses)} requests by {CLIENTS} clients during 3 rotations, all of them answered")  # noqa: T201 - a figure for who runs it with -rP
    assert set(statuses) == {(200, False)}
    assert len(statuses) >= 3 * CLIENTS * CLIENTS


async def test_revoked_on_every_worker(address):
    """A key that one worker has revoked is out at its next request at each of them."""
    async with contextlib.AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=30)) for _ in range(12)
        ]  # connections of their own, so that each worker gets some
        made = await administer(clients[0], "issueKey", **ORDER)
        before = [(await send(each, made["secret"], QUERY)).status_code for each in clients]
        await administer(clients[0], "revokeKey", prefix=made["key"]["prefix"])
        after = [(await send(each, made["secret"], QUERY)).status_code for each in clients]
    assert (set(before), set(after)) == ({200}, {401})
