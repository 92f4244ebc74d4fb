"""Serializable transactions: what tells that one lost to another, and a request that is then simply tried again.

A service that keeps books (`Service(isolation="serializable")`) lets Postgres prove that its transactions could have
run one after another. The price is that one of two that met must start over. Events and timers already repeat what
failed for a passing reason; requests do it here, so each work has one layer that repeats it (docs/adr/0008).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common import chance, metrics

Isolation = Literal["read committed", "serializable"]

# serialization_failure and deadlock_detected: the transaction is undone and the same work can be done again at once.
LOST = frozenset({"40001", "40P01"})
MOST_TRIES = 8
FIRST_PAUSE = 0.01


def lost(fault: BaseException) -> bool:
    """Whether this is a transaction that lost to another and was undone."""
    origin = fault.orig if isinstance(fault, DBAPIError) else fault
    return str(getattr(origin, "sqlstate", "")) in LOST


async def until_it_stands(door: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work, again when its transaction lost to another, eight times at most; then raises what was lost.

    The pause before each try is drawn up to a bound that doubles, so that two that met do not meet again.
    """
    for tried in range(1, MOST_TRIES):
        try:
            await work()
        except Exception as fault:
            if not lost(fault):
                raise
        else:
            return
        metrics.SERIALIZATION_RETRIES.labels(door).inc()
        await asyncio.sleep(chance.pause(0, FIRST_PAUSE * 2**tried))
    await work()


class TryAgain:
    """Around a route: when its transaction lost to another, the same request goes in again.

    What is still lost after the last try is answered as unavailable, with Retry-After.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A transaction is lost before the answer begins: the route answers after its commit.
        request = _Kept(receive)
        await until_it_stands("request", lambda: self.app(scope, request.again(), send))


class _Kept:
    """The request's messages, kept as they are read so that they can be read again."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read: list[Message] = []

    def again(self) -> Receive:
        place = 0

        async def read() -> Message:
            nonlocal place
            if place == len(self._read):
                self._read.append(await self._receive())
            place += 1
            return self._read[place - 1]

        return read
