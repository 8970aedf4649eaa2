"""What every role gets when it asks for everything: asked once, looked at cell by cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.server import Server
from tests.world.build import ROWS
from tests.world.policy import fields_of
from tests.world.shown import RELATIONS
from tests.world.store import ROLES, key_of

JSON = dict[str, Any]
PLURALS = {name: f"{name[0].lower()}{name[1:]}s" for name in ROWS} | {"Agency": "agencies"}


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


def list_query(type_name: str) -> str:
    """Ask for every classified field of every row."""
    fields = (
        f"{field} {{ id }}" if f"{type_name}.{field}" in RELATIONS else field for field in fields_of(type_name)
    )
    return f"{{ {PLURALS[type_name]}(first: 1000) {{ nodes {{ id {' '.join(fields)} }} }} }}"


@pytest.fixture(scope="session")
async def listings(served: Server) -> Mapping[tuple[str, str], Listing]:
    """The answer for each role and type."""
    return {
        (role, type_name): Listing(type_name, await served.ask(key_of(role).text, list_query(type_name)))
        for role in ROLES
        for type_name in ROWS
    }
