"""What every role gets when it asks for everything: asked once, looked at cell by cell."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from tests.access.asking import DIMENSIONS, PLURALS, camel, list_query
from tests.server import Server
from tests.world.build import ROWS, World
from tests.world.groups import Counting, Key, Refused
from tests.world.sight import Sight
from tests.world.store import key_of

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """One answer to a list of one type."""

    type_name: str
    body: JSON

    @property
    def nodes(self) -> dict[str, JSON] | None:
        """The rows by id; None where the whole list is closed."""
        page = self.body["data"][PLURALS[self.type_name]]
        return None if page is None else {node["id"]: node for node in page["nodes"]}

    def errors(self, field: str) -> list[JSON]:
        """The errors that speak of a field."""
        coordinate = f"{self.type_name}.{field}"
        return [error for error in self.body.get("errors", ()) if error["extensions"]["coordinate"] == coordinate]

    def access(self, field: str) -> list[JSON]:
        """The entries of `extensions.access` that speak of a field."""
        entries = self.body.get("extensions", {}).get("access", ())
        return [entry for entry in entries if entry["coordinate"] == f"{self.type_name}.{field}"]


class Listings:
    """The answers to everything that the roles may list, each asked for when it is first looked at."""

    def __init__(self, served: Server) -> None:
        self._served = served
        self._known: dict[tuple[str, str], Listing] = {}

    async def of(self, role: str, type_name: str) -> Listing:
        """The answer for a role and type."""
        if (role, type_name) not in self._known:
            body = await self._served.ask(key_of(role).text, list_query(type_name))
            self._known[role, type_name] = Listing(type_name, body)
        return self._known[role, type_name]


@dataclass(frozen=True, slots=True)
class Counted:
    """What the groups of a dimension must come to."""

    true: Counter[Key]
    is_small_hidden: bool


Grouped = dict[tuple[str, str], Counted | Refused]
"""By type and dimension; under an empty name the type as a whole."""


@pytest.fixture(scope="session")
def listings(served: Server) -> Listings:
    return Listings(served)


@pytest.fixture(scope="session")
def list_countings(world: World) -> Callable[[str], Grouped]:
    """What a role may group by, and to what it must come; or what it must not see."""

    @cache
    def count(role: str) -> Grouped:
        counting, found = Counting(world, role), Grouped()
        for type_name, name in [*DIMENSIONS, *((type_name, "") for type_name in ROWS)]:
            try:
                true = counting.count(type_name, camel(name) or None)
            except Refused as refused:
                found[type_name, name] = refused
            else:
                found[type_name, name] = Counted(true, counting.is_small_hidden)
        return found

    return count


@pytest.fixture(scope="session")
def sight_of(world: World) -> Callable[[str], Sight]:
    """What a role sees, by what the matrix says."""
    return cache(lambda role: Sight(world, role))
