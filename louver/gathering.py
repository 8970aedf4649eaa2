"""Look-ups gathered: whatever is wanted while one statement is under way is asked for together in the next."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

Name = TypeVar("Name")
Found = TypeVar("Found")
Ask = Callable[[Sequence[Name]], Awaitable[Mapping[Name, Found]]]
"""Looks several up in one statement; what is not there is left out."""


class Gatherer(Generic[Name, Found]):
    """Looks things up by name, one statement at a time.

    An answer is never older than its question: the statement that it is read by begins after `find` was called. So the
    store is asked for each request, as its answers have to hold at once, and a hundred requests cost a few statements.
    """

    def __init__(self, ask: Ask[Name, Found]) -> None:
        self._ask = ask
        self._wanted: dict[Name, list[asyncio.Future[Found | None]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        """Kept, since Python 3.11 asks the system for the process's id whenever it is asked for the loop."""

    async def find(self, name: Name) -> Found | None:
        """Find one; whoever waits for it may be cancelled without harm to others who do.

        Raises:
            whatever the statement raised.
        """
        loop = self._loop = self._loop or asyncio.get_running_loop()
        waiter: asyncio.Future[Found | None] = loop.create_future()
        self._wanted.setdefault(name, []).append(waiter)
        if self._task is None:
            # In a context of its own: the statement is nobody's alone.
            self._task = loop.create_task(self._answer(), context=contextvars.Context())
        return await waiter

    async def _answer(self) -> None:
        asked: dict[Name, list[asyncio.Future[Found | None]]] = {}
        try:
            while self._wanted:
                asked, self._wanted = self._wanted, {}
                try:
                    found = await self._ask(list(asked))
                except Exception as error:  # noqa: BLE001 - it is for those who asked
                    for _, waiter in _list_waiting(asked):
                        waiter.set_exception(error)
                    continue
                for name, waiter in _list_waiting(asked):
                    waiter.set_result(found.get(name))
        finally:
            self._task = None
            for _, waiter in [*_list_waiting(asked), *_list_waiting(self._wanted)]:
                waiter.cancel()  # none is left but where this was cut short itself


def _list_waiting(
    wanted: Mapping[Name, Sequence[asyncio.Future[Found | None]]],
) -> Iterator[tuple[Name, asyncio.Future[Found | None]]]:
    return ((name, waiter) for name, waiters in wanted.items() for waiter in waiters if not waiter.done())
