"""Names that a caller may not know of: in mode `hide` they answer as names that were made up, and none is described."""

from typing import Any

from louver.proof.asking.operations import Operation
from louver.proof.service import Reply

_LETTERS = "qzjx"
"""Of which made-up names are spelled: no name, id or message is spelled of them alone."""


class Twin:
    """An operation in which every closed name is another one that exists nowhere, as long as the first."""

    def __init__(self, operation: Operation, closed: frozenset[str]) -> None:
        self._operation = operation
        self._closed = closed
        self._made_up: dict[str, str] = {}
        self.names = sorted(operation.list_names() & closed)

    def as_body(self, given: dict[str, Any]) -> dict[str, Any]:
        """The request's body with the made-up names."""
        return self._operation.as_body(given, self._rename)

    def restore(self, reply: Reply) -> Reply:
        """The twin's reply with the names that the first operation has."""
        body = reply.body.decode()
        for name, made_up in sorted(self._made_up.items(), key=lambda pair: -len(pair[1])):
            body = body.replace(made_up, name)
        return Reply(reply.status, reply.headers, body.encode())

    def _rename(self, coordinate: str, name: str) -> str:
        if coordinate not in self._closed:
            return name
        if name not in self._made_up:
            number = len(self._made_up)
            made_up = "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(len(name)))
            self._made_up[name] = made_up.upper() if name.isupper() else made_up
        return self._made_up[name]


def list_shown_names(content: Any, closed: frozenset[str]) -> list[str]:
    """The closed names that an answer to introspection describes."""
    types = [found for found in (content.get("data") or {}).values() if isinstance(found, dict) and "fields" in found]
    return sorted(
        f"{found['name']}.{member['name']}"
        for found in types
        for kind in ("fields", "inputFields", "enumValues")
        for member in found[kind] or ()
        if f"{found['name']}.{member['name']}" in closed
    )
