"""Requests that two readers could take for different ones."""

import pytest

from tests.serving.raw import Guarded
from tests.serving.shapes import CHUNKED, HEAD, SHAPES, WHOLE

SECOND = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("shape", SHAPES)
async def test_refused(guarded: Guarded, shape):
    """It is refused in GraphQL's shape, nothing behind it is read, and the connection ends."""
    guarded.seen.clear()
    answer = await guarded.ask(SHAPES[shape] + SECOND)
    assert (answer.status, answer.code) == (400, "BAD_REQUEST")
    assert set(guarded.seen) <= {"/graphql left"}


@pytest.mark.parametrize("size", [1, 7])
async def test_split(guarded: Guarded, size):
    """How the bytes are cut into packets makes no difference."""
    data = SHAPES["coding and length"]
    async with guarded.connected() as wire:
        for start in range(0, len(data), size):
            await wire.send(data[start : start + size])
        assert (await wire.answer()).code == "BAD_REQUEST"


async def test_nothing_comes_back(guarded: Guarded):
    """What was sent is not in the answer, nor whose software answers."""
    answer = await guarded.ask(HEAD + b"Whitcombe\x00: b\r\n\r\n")
    assert b"Whitcombe" not in answer.body
    assert "server" not in answer.headers
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    "request_", [WHOLE, CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", CHUNKED + b"2;name=value\r\n{}\r\n0\r\n\r\n"]
)
async def test_plain(guarded: Guarded, request_):
    """What is unambiguous is served, again and again on one connection."""
    async with guarded.connected() as wire:
        for _ in range(2):
            await wire.send(request_)
            answer = await wire.answer()
            assert (answer.status, answer.body, "connection" in answer.headers) == (200, b"127.0.0.1 http 2", False)
