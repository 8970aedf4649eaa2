"""How much one connection may send, and how many there may be."""

import asyncio
import contextlib

import pytest

from louver.errors import MisconfiguredError
from louver.serving.limits import ConnectionLimits
from louver.settings import Settings
from tests.serving.raw import Guarded, guarding
from tests.serving.shapes import HEAD, WHOLE


def asking(path: str, body: bytes = b"") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class TestHead:
    @pytest.mark.parametrize(
        ("request_", "status", "limit"),
        [
            (HEAD + b"A: " + b"b" * 70_000 + b"\r\n\r\n", 431, 65_536),
            (HEAD + (b"A: " + b"b" * 900 + b"\r\n") * 80 + b"\r\n", 431, 65_536),
            (HEAD + b"A: b\r\n" * 100 + b"\r\n", 431, 100),
            (HEAD + b"A" * 400_000, 431, 65_536),
            (HEAD + b"A: " + b"b" * 400_000, 431, 65_536),
            (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, 8_192),
            (b"GET /" + b"a" * 400_000, 414, 8_192),
        ],
        ids=["one long", "many", "many short", "name without end", "value without end", "path", "path without end"],
    )
    async def test_too_large(self, guarded: Guarded, request_, status, limit):
        """A head beyond its limits is refused as soon as it is, with the limit."""
        answer = await guarded.ask(request_)
        assert (answer.status, answer.code) == (status, "LIMIT_EXCEEDED")
        assert f'"limit":{limit},'.encode() in answer.body

    async def test_large(self, guarded: Guarded):
        """One within them is read."""
        async with guarded.connected() as wire:
            await wire.send(HEAD + b"A: " + b"b" * 60_000 + b"\r\n\r\n")
            assert (await wire.answer()).status == 200


class TestAhead:
    async def test_in_order(self, guarded: Guarded):
        """Requests sent ahead are answered in their order."""
        async with guarded.connected() as wire:
            await wire.send(b"".join(asking("/a", b"x" * size) for size in range(10)))
            assert [(await wire.answer()).body.split()[-1] for _ in range(10)] == [b"%d" % n for n in range(10)]

    async def test_too_many(self):
        """More than are kept are refused, after the answers to those before them."""
        async with guarding() as guarded, guarded.connected() as wire:
            await wire.send(asking("/held") + WHOLE * 40)
            guarded.released.set()
            answers = [await wire.answer() for _ in range(18)]
            assert [answer.status for answer in answers] == [200] * 17 + [429]
            assert await wire.has_ended()
            assert len(guarded.seen) == 17

    async def test_malformed_after_one(self):
        """A malformed request is not answered before the one ahead of it, whose answer it could be taken for."""
        async with guarding() as guarded, guarded.connected() as wire:
            await wire.send(asking("/held") + b"nonsense\r\n\r\n" + WHOLE)
            await asyncio.sleep(0.05)
            guarded.released.set()
            assert (await wire.answer()).status == 200
            assert (await wire.answer()).code == "BAD_REQUEST"
            assert await wire.has_ended()
            assert guarded.seen == ["/held 0"]


class TestEarlyAnswer:
    async def test_reaches_who_still_sends(self, guarded: Guarded):
        """An answer that did not wait for the body says that the connection ends, and is not lost by a reset."""
        async with guarded.connected() as wire:
            await wire.send(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
            for _ in range(50):
                await wire.send(b"x" * 100_000)
            answer = await wire.answer()
            assert (answer.status, answer.headers["connection"]) == (413, "close")
            assert await wire.has_ended()

    async def test_rest_is_no_request(self, guarded: Guarded):
        """What follows it on the connection is never taken for a request."""
        guarded.seen.clear()
        async with guarded.connected() as wire:
            await wire.send(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n")
            await wire.answer()
            await wire.send(WHOLE * 20)
            assert await wire.has_ended()
        assert guarded.seen == ["/early"]


async def test_asks_first(guarded: Guarded):
    """A client that asks whether to send its body is told so before it does."""
    async with guarded.connected() as wire:
        await wire.send(HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert (await wire.answer()).status == 100
        await wire.send(b"{}")
        assert (await wire.answer()).status == 200


class TestConnections:
    async def test_idle_give_way(self):
        """Connections that say nothing push each other out; requests are answered throughout, and the one in flight."""
        async with guarding(connections_max=5) as guarded, contextlib.AsyncExitStack() as stack:
            held = await stack.enter_async_context(guarded.connected())
            await held.send(asking("/held"))
            for number in range(30):
                idle = await stack.enter_async_context(guarded.connected())
                if number % 2:
                    await idle.send(b"POST /gra")
            async with guarded.connected() as wire:
                await wire.send(WHOLE)
                assert (await wire.answer()).status == 200
            assert len(guarded.server.server_state.connections) <= 6
            guarded.released.set()
            assert (await held.answer()).status == 200

    async def test_half_said_is_told(self):
        """Who had begun a request is told why it ends."""
        async with guarding(connections_max=1) as guarded, guarded.connected() as first:
            await first.send(b"POST /gra")
            await asyncio.sleep(0.05)
            async with guarded.connected() as second:
                await second.send(WHOLE)
                assert (await second.answer()).status == 200
            assert (await first.answer()).code == "RATE_LIMITED"

    async def test_all_at_work(self):
        """When each connection has a request in flight, the next is asked to come again."""
        async with guarding(connections_max=2) as guarded, contextlib.AsyncExitStack() as stack:
            for _ in range(2):
                wire = await stack.enter_async_context(guarded.connected())
                await wire.send(asking("/held"))
            await asyncio.sleep(0.05)
            answer = await guarded.ask(WHOLE)
            assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "RATE_LIMITED", "1")


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf"])
def test_senseless_limit(value):
    """A limit that would let nobody in, or for ever, is refused at start-up."""
    settings = Settings.from_environment({"LOUVER_HEAD_SECONDS": value})
    with pytest.raises(MisconfiguredError, match="LOUVER_HEAD_SECONDS"):
        ConnectionLimits.from_settings(settings)
