"""Budgets within one process and across processes: what is spent together is the budget, and no more."""

import asyncio
import random
import time
from contextlib import AsyncExitStack

import pytest
from limits.aio.storage import MemoryStorage

from louver.budgets import open_budgets
from louver.budgets.ledger import Account, Ledger
from louver.budgets.stores import SharedStore, open_store
from louver.budgets.windows import Window, find_remaining, find_wait
from louver.db.budgets import SqlWindows
from louver.db.engine import create_engine
from louver.errors import DatabaseUnavailableError, MisconfiguredError
from louver.settings import Settings

LONG = 100_000
"""Seconds: no window ends while a test runs."""


@pytest.fixture
async def windows(database_url):
    """A store in a database of each engine."""
    store = SqlWindows(create_engine(database_url, 2))
    yield store
    await store.close()


async def spend_all(ledger, account, amounts):
    """Ask for each amount, and answer what was taken in all."""
    taken = 0
    for amount in amounts:
        if not await ledger.take(account, amount):
            taken += amount
        await asyncio.sleep(0)
    return taken


class TestLedger:
    async def test_takes_no_more(self):
        """One process gives its budget to the last unit, and no more."""
        assert await spend_all(Ledger(MemoryStorage()), Account("a", 500, LONG), [1] * 800) == 500

    async def test_accounts_are_apart(self):
        """One principal's budget is not another's."""
        ledger, mine = Ledger(MemoryStorage()), Account("a", 10, LONG)
        await spend_all(ledger, mine, [1] * 10)
        assert await ledger.take(mine, 1) > 0
        assert await ledger.take(Account("b", 10, LONG), 1) == 0

    async def test_tells_what_is_left(self):
        """What is left goes down by what is taken."""
        ledger, account, left = Ledger(MemoryStorage()), Account("a", 1_000, LONG), []
        for _ in range(50):
            await ledger.take(account, 7)
            left.append(account.remaining)
        assert left == [993 - 7 * n for n in range(50)]

    async def test_smaller_after_refusal(self):
        """What is too much now does not keep out what is not."""
        ledger, account = Ledger(MemoryStorage()), Account("a", 100, LONG)
        await ledger.take(account, 90)
        assert await ledger.take(account, 50) > 0
        assert await ledger.take(account, 10) == 0

    async def test_store_is_seldom_asked(self):
        """Most requests are charged without a word to the store."""
        ledger = Ledger(MemoryStorage())
        await spend_all(ledger, Account("a", 10_000, LONG), [1] * 5_000)
        assert ledger.asked < 100

    async def test_refused_flood_is_not_passed_on(self):
        """A client that is refused and does not wait is refused without the store being asked each time."""
        ledger, account = Ledger(MemoryStorage()), Account("a", 5, LONG)
        await spend_all(ledger, account, [1] * 5)
        asked = ledger.asked
        await spend_all(ledger, account, [1] * 500)
        assert ledger.asked - asked < 50

    async def test_comes_back(self, monkeypatch):
        """When the window has passed, the budget is there again."""
        ledger, account = Ledger(MemoryStorage()), Account("a", 10, 10)
        now = 1_000_000_000.0
        monkeypatch.setattr(time, "time", lambda: now)
        assert await spend_all(ledger, account, [1] * 20) == 10
        now += 20
        assert await spend_all(ledger, account, [1] * 20) == 10


class TestShared:
    @pytest.mark.parametrize("limit", [40, 1_000, 50_000])
    async def test_within_five_percent(self, windows, limit):
        """Four processes on one store give what one would, within 5 %, whoever asks how much."""
        draw = random.Random(limit)
        largest = max(1, limit // 400)
        asks = [[draw.randint(1, largest) for _ in range(600)] for _ in range(4)]
        given = await asyncio.gather(*(spend_all(Ledger(windows), Account("key", limit, LONG), each) for each in asks))
        assert 0.95 * limit <= sum(given) <= limit

    async def test_one_may_take_it_all(self, windows):
        """Where the others are idle, one process gives the whole budget but for what they hold."""
        for _ in range(3):
            await spend_all(Ledger(windows), Account("key", 1_000, LONG), [1] * 2)
        assert 950 <= 6 + await spend_all(Ledger(windows), Account("key", 1_000, LONG), [1] * 1_200) <= 1_000

    async def test_previous_window_fades(self, windows, monkeypatch):
        """What was spent in the window before counts for less and less."""
        now = 1_000_000_000.0
        monkeypatch.setattr(time, "time", lambda: now)
        assert await windows.acquire_sliding_window_entry("key", 100, 100, 100)
        now += 150
        assert await windows.get_sliding_window("key", 100) == (100, 50.0, 0, 150.0)
        assert not await windows.acquire_sliding_window_entry("key", 100, 100, 51)
        assert await windows.acquire_sliding_window_entry("key", 100, 100, 50)

    async def test_store_goes_away(self):
        """While the store does not answer, the process counts by itself: nobody's work stops, and nothing is free."""

        class Away:
            async def acquire_sliding_window_entry(self, *_):
                raise DatabaseUnavailableError("gone")

            get_sliding_window = acquire_sliding_window_entry

        assert await spend_all(Ledger(SharedStore(Away())), Account("a", 100, LONG), [1] * 150) == 100


class TestWindows:
    @pytest.mark.parametrize(
        ("window", "amount", "wait"),
        [
            (Window(100, 50.0, 50, 150.0), 10, 10),  # of the previous window 1 a second fades
            (Window(0, 50.0, 100, 150.0), 10, 60),  # nothing before the window ends, then 1 a second
            (Window(100, 50.0, 50, 150.0), 60, 70),  # 50 of them until the window ends, then 1 in 2 seconds
            (Window(0, 0.0, 0, 0.0), 1, 1),
        ],
    )
    def test_wait(self, window, amount, wait):
        """The wait is until the amount is there, and then it is."""
        assert find_wait(window, 100, 100, amount) == wait

    def test_remaining(self):
        """What is left is never less than nothing."""
        assert find_remaining(Window(100, 50.0, 20, 150.0), 100, 100) == 30
        assert find_remaining(Window(100, 100.0, 20, 200.0), 100, 100) == 0


class TestStores:
    async def test_file_of_its_own(self, tmp_path):
        """A store that holds nothing else is made where it is missing, and left as it is where it is not."""
        settings = Settings(budget_url=f"sqlite:///{tmp_path}/budgets.db")
        for expected in (10, 0):
            async with AsyncExitStack() as stack:
                store = await open_store(settings, stack)
                assert await spend_all(Ledger(store), Account("a", 10, LONG), [1] * 20) == expected

    async def test_unknown(self):
        """A URL of nothing that is known is refused at the start."""
        async with AsyncExitStack() as stack:
            with pytest.raises(MisconfiguredError):
                await open_store(Settings(budget_url="memcached://here"), stack)

    @pytest.mark.parametrize("name", ["budget_rate", "budget_cost", "budget_window_seconds"])
    async def test_nothing(self, name):
        """A budget of nothing is refused at the start, by the name of its setting."""
        async with AsyncExitStack() as stack:
            with pytest.raises(MisconfiguredError, match=f"LOUVER_{name.upper()}"):
                await open_budgets(Settings(**{name: 0}), stack)


@pytest.mark.parametrize(("text", "is_shown"), [("true", True), ("0", False), ("off", False), ("False", False)])
def test_switch(text, is_shown):
    """A setting that is on or off is read as people write it."""
    assert Settings.from_environment({"LOUVER_COST_SHOWN": text}).cost_shown is is_shown
