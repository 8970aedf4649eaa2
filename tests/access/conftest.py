"""What every role gets when it asks for everything: asked once, looked at cell by cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.access.asking import DIMENSIONS, PLURALS, camel, list_query
from tests.server import Server
from tests.world.build import ROWS, World
from tests.world.groups import Counting, Refused
from tests.world.store import ROLES, key_of

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


@pytest.fixture(scope="session")
async def listings(served: Server) -> Mapping[tuple[str, str], Listing]:
    """The answer for each role and type."""
    return {
        (role, type_name): Listing(type_name, await served.ask(key_of(role).text, list_query(type_name)))
        for role in ROLES
        for type_name in ROWS
    }


@pytest.fixture(scope="session")
def countings(world: World) -> dict[tuple[str, str, str], Any]:
    """What each role may group by, and to what it must come; or what it must not see."""
    found = {}
    for role in ROLES:
        counting = Counting(world, role)
        for type_name, name in [*DIMENSIONS, *((type_name, "") for type_name in ROWS)]:
            try:
                true = counting.count(type_name, camel(name) or None)
            except Refused as refused:
                found[role, type_name, name] = refused
            else:
                found[role, type_name, name] = (true, counting.is_small_hidden)
    return found
