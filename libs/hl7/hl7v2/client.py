"""An MLLP client: one connection, one message after the other, the answer of each."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator

from hl7v2.mllp import Frames, framed


class MllpClient:
    """Sends and waits for what is answered. Raises TimeoutError, ConnectionError and FrameFault."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
        self._reader, self._writer, self._seconds = reader, writer, seconds
        self._frames = Frames()
        self._waiting: list[bytes] = []

    async def send(self, message: bytes) -> bytes:
        """Send one message and give its (first) acknowledgement."""
        await self.write(framed(message))
        return await self.next()

    async def write(self, raw: bytes) -> None:
        """Put bytes on the stream as they are."""
        self._writer.write(raw)
        await asyncio.wait_for(self._writer.drain(), self._seconds)

    async def next(self) -> bytes:
        """The next message that the far side sends."""
        while not self._waiting:
            piece = await asyncio.wait_for(self._reader.read(65536), self._seconds)
            if not piece:
                raise ConnectionResetError("the far side closed the connection")
            self._waiting += self._frames.take(piece)
        return self._waiting.pop(0)


@contextlib.asynccontextmanager
async def connected(
    host: str, port: int, *, tls: ssl.SSLContext | None = None, seconds: float = 15.0
) -> AsyncGenerator[MllpClient]:
    """A connection to an MLLP listener."""
    reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port, ssl=tls), seconds)
    try:
        yield MllpClient(reader, writer, seconds)
    finally:
        writer.close()
        with contextlib.suppress(OSError, TimeoutError, ssl.SSLError):
            await asyncio.wait_for(writer.wait_closed(), seconds)
