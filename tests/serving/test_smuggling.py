"""Requests that two readers could take for different ones."""

import pytest

from tests.serving.raw import HEAD, WHOLE, Guarded

CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LENGTH = b"Content-Length: 2\r\n"
SECOND = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

REFUSED = {
    "length and coding": HEAD + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding and length": HEAD + b"Transfer-Encoding: chunked\r\n" + LENGTH + b"\r\n0\r\n\r\n",
    "two lengths": HEAD + LENGTH + b"Content-Length: 3\r\n\r\n{}",
    "one length twice": HEAD + LENGTH + LENGTH + b"\r\n{}",
    "list of lengths": HEAD + b"Content-Length: 2, 2\r\n\r\n{}",
    "signed length": HEAD + b"Content-Length: +2\r\n\r\n{}",
    "negative length": HEAD + b"Content-Length: -2\r\n\r\n{}",
    "hexadecimal length": HEAD + b"Content-Length: 0x2\r\n\r\n{}",
    "length in two words": HEAD + b"Content-Length: 2 2\r\n\r\n{}",
    "empty length": HEAD + b"Content-Length: \r\n\r\n{}",
    "length of 30 digits": HEAD + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n{}",
    "unknown coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked not last": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked not alone": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": HEAD + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n",
    "coding after a vertical tab": HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "coding in HTTP/1.0": CHUNKED.replace(b"1.1", b"1.0") + b"0\r\n\r\n",
    "bare line feeds": WHOLE.replace(b"\r\n", b"\n"),
    "one bare line feed": HEAD + b"A: b\n" + LENGTH + b"\r\n{}",
    "bare carriage return": HEAD + b"A: b\r" + LENGTH + b"\r\n{}",
    "two carriage returns": HEAD + b"A: b\r\r\n" + LENGTH + b"\r\n{}",
    "folded header": HEAD + b"A: b\r\n c\r\n" + LENGTH + b"\r\n{}",
    "space before colon": HEAD + b"Content-Length : 2\r\n\r\n{}",
    "space before name": HEAD + b" Content-Length: 2\r\n\r\n{}",
    "null in a value": HEAD + b"A: b\x00c\r\n\r\n",
    "null in a name": HEAD + b"A\x00: b\r\n\r\n",
    "header without name": HEAD + b": b\r\n\r\n",
    "header without colon": HEAD + b"abc\r\n\r\n",
    "chunk size of letters": CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "chunk size 0x": CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n",
    "negative chunk size": CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
    "space after chunk size": CHUNKED + b"2 \r\n{}\r\n0\r\n\r\n",
    "chunk size past 64 bits": CHUNKED + b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n",
    "line feed after chunk size": CHUNKED + b"2\n{}\r\n0\r\n\r\n",
    "chunk longer than its size": CHUNKED + b"2\r\n{}}\r\n0\r\n\r\n",
    "line feed in chunk extension": CHUNKED + b"2;a\nb\r\n{}\r\n0\r\n\r\n",
    "header after the body": CHUNKED + b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n",
    "length after the body": CHUNKED + b"2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n",
    "no host": b"POST /graphql HTTP/1.1\r\n" + LENGTH + b"\r\n{}",
    "two hosts": HEAD + b"Host: y\r\n" + LENGTH + b"\r\n{}",
    "whole address": b"POST http://y/graphql HTTP/1.1\r\nHost: x\r\n" + LENGTH + b"\r\n{}",
    "host and port alone": b"CONNECT y:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "another protocol": HEAD + b"Connection: upgrade\r\nUpgrade: h2c\r\n" + LENGTH + b"\r\n{}",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/2.0": b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    "HTTP/1.2": b"GET / HTTP/1.2\r\nHost: x\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "TLS on a plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
    "method in small letters": b"post / HTTP/1.1\r\nHost: x\r\n\r\n",
    "space in the path": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "null in the path": b"GET /a\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "path beyond ASCII": b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("shape", REFUSED)
async def test_refused(guarded: Guarded, shape):
    """It is refused in GraphQL's shape, nothing behind it is read, and the connection ends."""
    guarded.seen.clear()
    answer = await guarded.ask(REFUSED[shape] + SECOND)
    assert (answer.status, answer.code) == (400, "BAD_REQUEST")
    assert set(guarded.seen) <= {"/graphql left"}


@pytest.mark.parametrize("size", [1, 7])
async def test_split(guarded: Guarded, size):
    """How the bytes are cut into packets makes no difference."""
    data = REFUSED["coding and length"]
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
