"""An administrator's question at the command line: asked of the gateway itself, so decided and recorded as any."""

import asyncio
import os
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from typing import Any

import orjson

from louver import __version__
from louver.app import Service, create_app
from louver.cli.administering import KEY_VARIABLE
from louver.errors import LouverError, RefusedError, UnauthenticatedError, UnavailableError
from louver.settings import Settings


def ask(query: str, variables: Mapping[str, Any]) -> Any:
    """Answer the data of an operation, sent with the key in the environment.

    Raises:
        RefusedError: what the server would have said.
    """
    key = os.environ.get(KEY_VARIABLE)
    if not key:
        raise UnauthenticatedError(
            "No key was given.", hint=f"set {KEY_VARIABLE} to a key of the agency's administrator"
        )
    content = asyncio.run(_ask(key, {"query": query, "variables": variables}))
    if errors := content.get("errors"):
        raise _read_error(errors[0])
    return content["data"]


async def _ask(key: str, body: Mapping[str, Any]) -> dict[str, Any]:
    app = create_app(replace(Settings.from_environment(), log_level="ERROR"))
    sent = bytearray()

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": orjson.dumps(body)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.extend(message.get("body", b""))

    headers = [
        (b"content-type", b"application/json"),
        (b"user-agent", f"louver/{__version__}".encode()),
        (b"authorization", f"Bearer {key}".encode()),
    ]
    async with app.router.lifespan_context(app) as state:
        assert state is not None  # noqa: S101 - our own lifespan yields the service
        service: Service = state["service"]
        await service.endpoint({"type": "http", "method": "POST", "headers": headers}, receive, send)
    content: dict[str, Any] = orjson.loads(bytes(sent))
    return content


def _read_error(error: Mapping[str, Any]) -> LouverError:
    extensions = error.get("extensions", {})
    kinds: tuple[type[LouverError], ...] = (*RefusedError.__subclasses__(), *UnavailableError.__subclasses__())
    kind = next((each for each in kinds if each.code == extensions.get("code")), LouverError)
    return kind(str(error["message"]), hint=extensions.get("hint"))
