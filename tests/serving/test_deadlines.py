"""How long a client may take."""

import asyncio

from tests.serving.raw import guarding
from tests.serving.shapes import HEAD, WHOLE

SHORT = 0.2


class TestHead:
    async def test_slow(self):
        """A head that does not end is refused at its deadline, however busily its bytes drip."""
        async with guarding(head_seconds=SHORT) as guarded, guarded.connected() as wire:
            asking = asyncio.create_task(wire.answer())
            for byte in HEAD * 3:
                if asking.done():
                    break
                await wire.send(bytes([byte]))
                await asyncio.sleep(0.02)
            answer = await asking
            assert (answer.status, answer.code) == (408, "LIMIT_EXCEEDED")
            assert guarded.seen == []

    async def test_nothing(self):
        """Who connects and says nothing is let go without a word."""
        async with guarding(head_seconds=SHORT) as guarded, guarded.connected() as wire:
            assert await wire.has_ended()

    async def test_not_while_we_answer(self):
        """The time that we take for an answer is not the client's."""
        async with guarding(head_seconds=SHORT) as guarded, guarded.connected() as wire:
            await wire.send(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n" + WHOLE[:20])
            await asyncio.sleep(3 * SHORT)
            guarded.released.set()
            assert (await wire.answer()).status == 200
            await wire.send(WHOLE[20:])
            assert (await wire.answer()).status == 200


class TestBody:
    async def test_slow(self):
        """A body that does not end is refused, and the application learns that its client is gone."""
        async with guarding(body_seconds=SHORT) as guarded, guarded.connected() as wire:
            await wire.send(HEAD + b"Content-Length: 10\r\n\r\n12345")
            answer = await wire.answer()
            assert (answer.status, answer.code) == (408, "LIMIT_EXCEEDED")
            assert await wire.has_ended()
            assert guarded.seen == ["/graphql left"]

    async def test_sent_ahead(self):
        """A body whose turn has not come has its time from when it has."""
        async with guarding(body_seconds=2 * SHORT) as guarded, guarded.connected() as wire:
            await wire.send(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\n{")
            await asyncio.sleep(4 * SHORT)
            guarded.released.set()
            assert (await wire.answer()).status == 200
            await wire.send(b"}")
            assert (await wire.answer()).status == 200


async def test_idle():
    """Between two requests a connection is kept for its time, and then let go."""
    async with guarding(idle_seconds=SHORT) as guarded, guarded.connected() as wire:
        await wire.send(WHOLE)
        assert (await wire.answer()).status == 200
        assert await wire.has_ended()


async def test_answer_without_reader():
    """Who does not take its answer loses it: the memory is not its to hold."""
    async with guarding(stall_seconds=SHORT) as guarded, guarded.connected() as wire:
        wire._writer.transport.pause_reading()
        await wire.send(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(20):
            while not guarded.seen or guarded.server.server_state.connections:  # noqa: ASYNC110  # it has no event
                await asyncio.sleep(0.02)
