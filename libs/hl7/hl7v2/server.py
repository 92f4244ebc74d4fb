"""An MLLP server: connections in, frames to a function that answers them, answers out. Everything is bounded."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from hl7v2.mllp import FrameFault, Frames, framed
from hl7v2.tree import LARGEST

PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end: the address, and the SHA-256 of the client certificate where there is one."""

    address: str
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one listener takes on; times in seconds. `frame`: from the first byte of a message to its last.

    `first`: until the first message of a connection, so that nobody holds connections without a use for them.
    """

    connections: int = 64
    largest: int = LARGEST
    first: float = 60.0
    idle: float = 3600.0
    frame: float = 30.0
    write: float = 15.0
    drain: float = 10.0


Answers = Callable[[bytes, Peer], Awaitable[Sequence[bytes]]]
BadFrame = Callable[[FrameFault], Sequence[bytes]]


class MllpServer:
    """Answers one message of a connection after the other; several connections at once.

    `answer` gives the messages to send back, and must not raise. `refuse` gives what is sent before a connection
    whose stream is no MLLP is closed.
    """

    def __init__(self, answer: Answers, refuse: BadFrame, limits: Limits | None = None) -> None:
        self._answer, self._refuse, self._limits = answer, refuse, limits or Limits()
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], bool] = {}

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen; gives the port. Raises OSError when the address cannot be had."""
        self._server = await asyncio.start_server(self._connected, host, port, ssl=tls, limit=PIECE)
        return self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Take no more; let a message that is being handled be answered, then end every connection."""
        if self._server is None:
            return
        self._server.close()
        for task, busy in list(self._open.items()):
            if not busy:
                task.cancel()
        if self._open:
            _, late = await asyncio.wait(list(self._open), timeout=self._limits.drain)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._server = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            if len(self._open) < self._limits.connections:
                self._open[task] = False
                await self._converse(task, reader, writer)
        except (OSError, TimeoutError, ssl.SSLError):
            # The far side went away or stood still: what it was not told it will send again.
            pass
        except asyncio.CancelledError:
            if self._server is not None and self._server.is_serving():
                raise
        finally:
            self._open.pop(task, None)
            writer.close()
            with contextlib.suppress(OSError, TimeoutError, ssl.SSLError):
                await asyncio.wait_for(writer.wait_closed(), self._limits.write)

    async def _converse(
        self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        frames, peer, begun = Frames(self._limits.largest), _peer(writer), 0.0
        silence = self._limits.first
        while self._server is not None and self._server.is_serving():
            patience = silence if frames.idle else self._limits.frame - (time.monotonic() - begun)
            piece = await asyncio.wait_for(reader.read(PIECE), max(0.01, patience))
            if not piece:
                return
            was_idle = frames.idle
            try:
                messages = frames.take(piece)
            except FrameFault as fault:
                await self._send(writer, self._refuse(fault))
                return
            if was_idle or messages:
                begun = time.monotonic()
            silence = self._limits.idle if messages else silence
            self._open[task] = True
            for message in messages:
                await self._send(writer, await self._answer(message, peer))
            self._open[task] = False

    async def _send(self, writer: asyncio.StreamWriter, answers: Sequence[bytes]) -> None:
        for answer in answers:
            writer.write(framed(answer))
        await asyncio.wait_for(writer.drain(), self._limits.write)


def _peer(writer: asyncio.StreamWriter) -> Peer:
    name = writer.get_extra_info("peername")
    tls: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
    fingerprint = hashlib.sha256(certificate).hexdigest() if certificate else None
    return Peer(str(name[0]) if name else "-", fingerprint)
