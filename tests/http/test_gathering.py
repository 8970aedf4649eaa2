"""Look-ups that are gathered: few statements, and no answer older than its question."""

import asyncio
from collections.abc import Sequence

import pytest

from louver.errors import DatabaseUnavailableError
from louver.gathering import Gatherer


class Store:
    """A store that answers when it is told to, with what it held when it was asked."""

    def __init__(self) -> None:
        self.held = {"a": 1, "b": 1}
        self.asked: list[list[str]] = []
        self.may_answer = asyncio.Semaphore(0)
        self.failure: Exception | None = None

    async def ask(self, names: Sequence[str]) -> dict[str, int]:
        """Look several up, as a statement would."""
        self.asked.append(list(names))
        held = {name: self.held[name] for name in names if name in self.held}
        await self.may_answer.acquire()
        if self.failure is not None:
            raise self.failure
        return held


async def test_nothing_is_answered_by_a_statement_that_began_before_it_was_asked() -> None:
    """A key that is revoked while others are looked up is revoked for whoever asks then."""
    store = Store()
    gatherer = Gatherer(store.ask)
    early = asyncio.create_task(gatherer.find("a"))
    await asyncio.sleep(0.01)
    store.held["a"] = 2
    late = asyncio.create_task(gatherer.find("a"))
    await asyncio.sleep(0.01)
    store.may_answer.release()
    assert await early == 1
    assert not late.done()
    store.may_answer.release()
    assert await late == 2


async def test_those_that_come_meanwhile_share_one_statement() -> None:
    """A hundred requests during one look-up cost one more; each gets its own, and who is unknown gets nothing."""
    store = Store()
    gatherer = Gatherer(store.ask)
    tasks = [asyncio.create_task(gatherer.find("a"))]
    await asyncio.sleep(0.01)
    tasks += [asyncio.create_task(gatherer.find(name)) for name in ["b", "a", "nobody"] * 33]
    await asyncio.sleep(0.01)
    for _ in range(2):
        store.may_answer.release()
    assert await asyncio.gather(*tasks) == [1, *[1, 1, None] * 33]
    assert store.asked == [["a"], ["b", "a", "nobody"]]


async def test_one_who_leaves_takes_nothing_from_the_others() -> None:
    """A client that hangs up cancels its own wait and not the statement that others wait for."""
    store = Store()
    gatherer = Gatherer(store.ask)
    gone, stays = (asyncio.create_task(gatherer.find("a")) for _ in range(2))
    await asyncio.sleep(0.01)
    gone.cancel()
    await asyncio.sleep(0.01)
    store.may_answer.release()
    assert await stays == 1
    assert gone.cancelled()


async def test_a_failure_is_told_to_all_and_ends_there() -> None:
    """All who waited are told; the next one asks anew."""
    store = Store()
    gatherer = Gatherer(store.ask)
    store.failure = DatabaseUnavailableError("The database did not answer.")
    tasks = [asyncio.create_task(gatherer.find(name)) for name in "ab"]
    await asyncio.sleep(0.01)
    store.may_answer.release()
    for task in tasks:
        with pytest.raises(DatabaseUnavailableError):
            await task
    store.failure = None
    store.may_answer.release()
    assert await gatherer.find("b") == 1
