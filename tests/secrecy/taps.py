"""Listens to a test run: what is sent and given over HTTP becomes canaries, what is logged or scraped is kept."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx
import orjson
import pytest

from louver.logging import setup
from tests.secrecy.canaries import Canaries, is_value
from tests.secrecy.kept import Kept

SPOKEN = {"reason", "purpose", "note", "ticket"}
"""Arguments whose words the log has by design: what somebody gives as a reason; see docs/audit.md."""
_LITERAL = re.compile(r'(?<!reason: )(?<!purpose: )(?<!note: )(?<!ticket: )"((?:[^"\\\n]|\\.)+)"')
_SET_UP = re.compile(r'"(?:secret|recoveryCodes)":(\[[^]]*\]|"[^"]*")')


@contextlib.contextmanager
def tapping(kept: Kept) -> Iterator[None]:
    """Listen for the length of a `with`."""
    with pytest.MonkeyPatch.context() as patch:
        _tap_lines(patch, kept)
        _tap_clients(patch, kept)
        yield


def _tap_lines(patch: pytest.MonkeyPatch, kept: Kept) -> None:
    write = setup._Output.write

    def write_both(self: setup._Output, line: bytes | str) -> None:
        kept.add("lines", line.encode("utf-8", "backslashreplace") if isinstance(line, str) else line)
        write(self, line)

    patch.setattr(setup._Output, "write", write_both)


def _tap_clients(patch: pytest.MonkeyPatch, kept: Kept) -> None:
    send, send_async = httpx.Client.send, httpx.AsyncClient.send

    def tapped(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        _note_request(kept.canaries, request)
        return _note_response(kept, send(self, request, **options))

    async def tapped_async(self: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        _note_request(kept.canaries, request)
        return _note_response(kept, await send_async(self, request, **options))

    patch.setattr(httpx.Client, "send", tapped)
    patch.setattr(httpx.AsyncClient, "send", tapped_async)


def _note_request(canaries: Canaries, request: httpx.Request) -> None:
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        canaries.add("credential", credential, *_list_secrets(credential))
    canaries.add("cookie", *re.findall(r"=([^;]+)", request.headers.get("cookie", "")))
    with contextlib.suppress(httpx.RequestNotRead, orjson.JSONDecodeError):
        _note_body(canaries, request.url, request.content)


def _list_secrets(credential: str) -> list[str]:
    """Take a key or a signed token apart: its middle alone would open no less."""
    parts = re.split(r"[_.]", credential)
    return parts[2:3] if credential.startswith("lvr_") else parts[1:]


def _note_body(canaries: Canaries, url: httpx.URL, content: bytes) -> None:
    if url.path.startswith("/auth/"):
        sent = orjson.loads(content or b"{}")
        canaries.add("log-in", *_list_texts({name: sent[name] for name in sent if name != "email"}))
    elif url.path == "/graphql":
        sent = orjson.loads(content) if content else dict(parse_qsl(url.query.decode()))
        if isinstance(sent, dict):
            note_operation(canaries, sent.get("query"), sent.get("variables"))


def note_operation(canaries: Canaries, query: Any, variables: Any) -> None:
    """Note the values in an operation, whichever way they are sent."""
    if variables:
        canaries.add("variable", *filter(is_value, _list_texts(variables)))
    if isinstance(query, str) and '"' in query:
        canaries.add("literal", *filter(is_value, _LITERAL.findall(query)))


def _list_texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict | list):
            waiting += [each[name] for name in each if name not in SPOKEN] if isinstance(each, dict) else each


def _note_response(kept: Kept, response: httpx.Response) -> httpx.Response:
    kept.canaries.add("cookie", *re.findall(r"=([^;]+); Path", response.headers.get("set-cookie", "")))
    if response.is_closed and response.url.path == "/metrics":
        kept.add("metrics", response.content)
    if response.is_closed and response.url.path.startswith("/auth/"):
        for found in _SET_UP.findall(response.text):
            kept.canaries.add("log-in", *_list_texts(orjson.loads(found)))
    return response
