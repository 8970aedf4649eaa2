"""A bounded cache of what was built once: least recently used goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class LruCache(Generic[Value]):
    """Holds values of at most `size` together, each of which counts as one unless `weigh` says more.

    It counts what it was asked.
    """

    def __init__(self, size: int, weigh: Callable[[Value], int] | None = None) -> None:
        self._size = size
        self._weigh = weigh or (lambda _value: 1)
        self._weight = 0
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def get_or_build(self, key: Hashable, build: Callable[[], Value]) -> Value:
        """Return what is kept under `key`, building it first if need be."""
        try:
            value = self._values[key]
        except KeyError:
            self.misses += 1
            value = self._values[key] = build()
            self._weight += self._weigh(value)
            while self._weight > self._size:
                self._weight -= self._weigh(self._values.popitem(last=False)[1])
            return value
        self.hits += 1
        self._values.move_to_end(key)
        return value
