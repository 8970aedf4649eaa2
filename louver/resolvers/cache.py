"""A bounded cache of what was built once: least recently used goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

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


class Latest(Generic[Value]):
    """The last value that was made under each name, good as long as what it was made from is the same.

    Of at most `size` names; the first that came goes first.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._made: dict[Hashable, tuple[Any, Value]] = {}

    def get_or_make(self, name: Hashable, source: Any, make: Callable[[], Value]) -> Value:
        """Return what was made from an equal source, or make it."""
        made = self._made.get(name)
        if made is not None and made[0] == source:
            return made[1]
        value = make()
        if name not in self._made and len(self._made) >= self._size:
            del self._made[next(iter(self._made))]
        self._made[name] = (source, value)
        return value
