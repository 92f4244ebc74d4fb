"""Messages on a stream: several on a connection, in pieces, too large, too slow, and in another protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import pytest

import hl7v2
from hl7v2.client import MllpClient, connected
from hl7v2.server import Limits, MllpServer, Peer


@asynccontextmanager
async def listening(limits: Limits | None = None) -> AsyncGenerator[int]:
    async def answer(data: bytes, peer: Peer) -> Sequence[bytes]:
        return [b"got " + data]

    server = MllpServer(answer, lambda fault: [str(fault).encode()], limits)
    port = await server.start("127.0.0.1", 0)
    try:
        yield port
    finally:
        await server.stop()


@asynccontextmanager
async def connection(limits: Limits | None = None) -> AsyncGenerator[MllpClient]:
    async with listening(limits) as port, connected("127.0.0.1", port, seconds=5) as client:
        yield client


async def is_closed(client: MllpClient) -> bool:
    with pytest.raises(ConnectionError):
        await client.next()
    return True


class TestAConnection:
    async def test_carries_one_message_after_the_other(self) -> None:
        async with connection() as client:
            assert [await client.send(b"one"), await client.send(b"two")] == [b"got one", b"got two"]

    async def test_answers_frames_that_come_together_in_their_order(self) -> None:
        async with connection() as client:
            await client.write(hl7v2.framed(b"one") + b"\n" + hl7v2.framed(b"two"))
            assert [await client.next(), await client.next()] == [b"got one", b"got two"]

    async def test_waits_for_the_rest_of_a_frame(self) -> None:
        async with connection() as client:
            for byte in hl7v2.framed(b"one"):
                await client.write(bytes([byte]))
            assert await client.next() == b"got one"

    async def test_that_speaks_another_protocol_is_told_so_and_closed(self) -> None:
        async with connection() as client:
            await client.write(b"GET / HTTP/1.1\r\n\r\n")
            assert b"not in MLLP frames" in await client.next()
            assert await is_closed(client)

    async def test_with_a_frame_that_is_too_large_is_told_so_and_closed(self) -> None:
        async with connection(Limits(largest=100)) as client:
            await client.write(b"\x0b" + b"x" * 200)
            assert b"larger" in await client.next()
            assert await is_closed(client)

    async def test_that_stops_within_a_frame_is_closed(self) -> None:
        async with connection(Limits(frame=0.05)) as client:
            await client.write(b"\x0bMSH")
            assert await is_closed(client)

    async def test_that_trickles_a_frame_is_closed_all_the_same(self) -> None:
        async def trickle(client: MllpClient) -> None:
            await client.write(b"\x0b")
            while True:
                await client.write(b"x")
                await asyncio.sleep(0.005)

        async with connection(Limits(frame=0.1)) as client:
            with pytest.raises(ConnectionError):
                await asyncio.wait_for(trickle(client), 30)

    async def test_that_says_nothing_is_closed_sooner_than_one_that_did(self) -> None:
        async with connection(Limits(first=0.05)) as client:
            assert await is_closed(client)
        async with connection(Limits(first=0.05, idle=0.2)) as client:
            assert await client.send(b"one") == b"got one"
            await asyncio.sleep(0.1)
            assert await client.send(b"two") == b"got two"
            assert await is_closed(client)

    async def test_more_than_the_listener_takes_is_closed_and_the_others_stay(self) -> None:
        async with listening(Limits(connections=1)) as port, connected("127.0.0.1", port, seconds=5) as first:
            assert await first.send(b"one") == b"got one"
            async with connected("127.0.0.1", port, seconds=5) as second:
                assert await is_closed(second)
            assert await first.send(b"two") == b"got two"


class TestStopping:
    async def test_lets_a_message_in_hand_be_answered(self) -> None:
        arrived, may_go_on = asyncio.Event(), asyncio.Event()

        async def answer(data: bytes, peer: Peer) -> Sequence[bytes]:
            arrived.set()
            await may_go_on.wait()
            return [b"got " + data]

        server = MllpServer(answer, lambda fault: [])
        port = await server.start("127.0.0.1", 0)
        async with connected("127.0.0.1", port, seconds=5) as client:
            await client.write(hl7v2.framed(b"one"))
            await arrived.wait()
            stopping = asyncio.create_task(server.stop())
            await asyncio.sleep(0)
            may_go_on.set()
            assert await client.next() == b"got one"
            await stopping
