"""The backbone with everything it promises: outbox, event log, relay, envelope, inbox, row-level security."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from bench.parts import CONCURRENCY, Parts
from common import migrations
from common.dispatch import Delivery
from common.money import Money
from common.testing.databases import Server, create_empty
from common.testing.issuer import TestIssuer
from common.testing.running import Running, run
from common.uow import UnitOfWork

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "common"))
from till import service as till

AMOUNT = Money("0.25")


class Heard:
    """When each till was opened and when the handler's effect was applied."""

    def __init__(self) -> None:
        self.opened: dict[UUID, float] = {}
        self.handled: dict[UUID, float] = {}
        self.enough = asyncio.Event()
        self.expected = 0

    def note(self, till_id: UUID) -> None:
        self.handled.setdefault(till_id, time.perf_counter())
        if len(self.handled) >= self.expected:
            self.enough.set()


async def throughput(parts: Parts, events: int) -> float:
    """Events per second from the first commit to the last applied effect, in one process."""
    async with _running(parts) as (service, heard):
        heard.expected = events
        uow = service.uow()
        await _warm(uow, heard)
        share = events // CONCURRENCY
        started = time.perf_counter()
        await asyncio.gather(*(_open(uow, heard, share) for _ in range(CONCURRENCY)))
        heard.expected = share * CONCURRENCY
        if len(heard.handled) < heard.expected:
            await heard.enough.wait()
        return heard.expected / (max(heard.handled.values()) - started)


async def latency(parts: Parts, rate: float, seconds: float) -> tuple[float, float]:
    """p50 and p99 in milliseconds from a commit to its handled effect, at `rate` events per second."""
    async with _running(parts) as (service, heard):
        uow = service.uow()
        heard.expected = int(rate * seconds)
        started = time.perf_counter()
        tasks: set[asyncio.Task[None]] = set()
        for number in range(heard.expected):
            # Open loop: what is late does not slow what comes after it.
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            task = asyncio.create_task(_open(uow, heard, 1))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
        await asyncio.wait_for(heard.enough.wait(), 60)
        settled = sorted(
            (heard.handled[i] - opened) * 1000
            for i, opened in heard.opened.items()
            if i in heard.handled and opened > started + 2
        )
        return settled[len(settled) // 2], settled[int(len(settled) * 0.99)]


async def _open(uow: UnitOfWork, heard: Heard, count: int) -> None:
    for _ in range(count):
        till_id = await till.open_quietly(uow, AMOUNT)
        heard.opened[till_id] = time.perf_counter()


async def _warm(uow: UnitOfWork, heard: Heard) -> None:
    heard.expected = 50
    await _open(uow, heard, 50)
    await heard.enough.wait()
    heard.opened.clear()
    heard.handled.clear()
    heard.enough.clear()


@asynccontextmanager
async def _running(parts: Parts) -> AsyncGenerator[tuple[Running, Heard], None]:
    heard = Heard()
    database = await create_empty(Server(parts.postgres), "till", "till_bench")
    await migrations.upgrade("till", till.TILL.migrations, database.owner_url)
    issuer = TestIssuer().start()
    try:
        async with run(
            till.TILL, database, issuer, bootstrap_servers=parts.kafka, work=True, pool_size=CONCURRENCY + 12
        ) as service:
            _note_commits(service, heard)
            yield service, heard
    finally:
        issuer.stop()


def _note_commits(service: Running, heard: Heard) -> None:
    """Take the time after the handler's transaction is committed, not inside it."""
    dispatcher = service.runtime.dispatcher
    apply = dispatcher.apply

    async def applying(deliveries: Sequence[Delivery]) -> None:
        await apply(deliveries)
        for delivery in deliveries:
            heard.note(delivery.event.data.till_id)

    dispatcher.apply = applying
