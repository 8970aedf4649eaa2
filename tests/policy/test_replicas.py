"""Three server processes on one PostgreSQL, read without a pause while a policy flips; see also `bench/flips.py`."""

import asyncio
import contextlib

import httpx
import pytest

from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.policy.asking import changed, deny
from tests.policy.conftest import Process, running
from tests.policy.test_publishing import sees_phones

REPLICAS, FLIPS = 3, 8
READERS = 2


@pytest.fixture
async def replicas(environment, own_url, tmp_path):
    """Three server processes on one database."""
    await upgrade_stores(Settings(database_url=own_url, audit_url=f"sqlite:///{tmp_path}/audit.db", var=tmp_path))
    async with contextlib.AsyncExitStack() as stack:
        addresses = [stack.enter_context(running(environment)) for _ in range(REPLICAS)]
        yield [
            Process(await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=30)))
            for address in addresses
        ]


class Reader:
    """Reads from one process over and over; version 0 shows what is asked for, and each odd one hides it."""

    def __init__(self, process):
        self.reads = 0
        self.wrong = []
        self._process = process

    async def read(self, published):
        """Read until cancelled, holding each answer against the versions that may have been in force meanwhile."""
        while True:
            first = published.answered
            is_shown = await sees_phones(self._process, "chief")
            self.reads += 1
            if is_shown not in {version % 2 == 0 for version in range(first, published.sent + 1)}:
                self.wrong.append((first, published.sent, is_shown))


class Published:
    """The newest version that was sent, and the newest whose publishing was answered."""

    sent = answered = 0


@contextlib.asynccontextmanager
async def reading(readers, published):
    """Read with all of them for the length of an `async with`, and fail if one of them could not."""
    tasks = [asyncio.create_task(reader.read(published)) for reader in readers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [error for error in ended if not isinstance(error, asyncio.CancelledError)] == []


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_4_1_no_answer_by_a_policy_out_of_force(replicas):
    """Whoever asks after a change was answered is answered by it, whichever process it was sent to, under load too."""
    published, readers = Published(), [Reader(process) for process in replicas for _ in range(READERS)]
    async with reading(readers, published):
        for version in range(1, FLIPS + 1):
            published.sent = version
            lines = {"add" if version % 2 else "remove": [deny("chief", "Officer.workPhone")]}
            writer = replicas[version % REPLICAS]
            await changed(writer, "publishPolicy", baseVersion=version - 1, reason=f"flip {version}", **lines)
            published.answered = version
            seen = [await sees_phones(process, "chief") for process in replicas]
            assert seen == [version % 2 == 0] * REPLICAS
    assert [wrong for reader in readers for wrong in reader.wrong] == []
    assert all(reader.reads for reader in readers)
