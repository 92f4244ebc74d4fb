"""The relay: from the outbox to Kafka, in order, losing nothing.

One relay per service, held by an advisory lock on the connection it reads with. Two readers with SKIP LOCKED hold
events 1-2 and 3-4 of the same claim at once, and Kafka then keeps whichever order they finish in. See
docs/architecture/outbox.md.
"""

# aiokafka ships no types; this and consumer.py are the two modules that touch it.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from sqlalchemy.ext.asyncio import AsyncEngine

from common import metrics, tracing
from common.contracts import schema_id
from common.database import driver
from common.envelope import Envelope, headers_of
from common.failpoints import failpoint, named
from common.logging import get_logger

log = get_logger(__name__)

READ = named("relay.read", "The relay holds positions of the outbox; Kafka has none of them yet.")
PRODUCED = named("relay.produced", "Kafka acknowledged; the outbox still holds the positions.")
DELETED = named("relay.deleted", "The outbox has let go of what Kafka acknowledged.")

RELAY_LOCK = 7_346_000
BATCH = 500

OLDEST = """
    SELECT e.*
    FROM (SELECT position, recorded_at FROM outbox ORDER BY position LIMIT $1) AS o
    JOIN event_log AS e ON e.recorded_at = o.recorded_at AND e.position = o.position
    ORDER BY o.position
"""
SENT = "DELETE FROM outbox WHERE position = ANY($1::bigint[])"
DEPTH = "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0)::float8 FROM outbox"

Row = Mapping[str, Any]


def producer(bootstrap_servers: str) -> AIOKafkaProducer:
    """The settings every producer of dermbill has: acknowledged by all replicas, idempotent within a session."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers,
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=256 * 1024,
        request_timeout_ms=10_000,
    )


def acknowledged(rows: Sequence[Row], outcomes: Sequence[Any]) -> list[int]:
    """Positions that may leave the queue: of each key, those before its first failure."""
    failed: set[Any] = set()
    done: list[int] = []
    for row, outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, BaseException) or row["key"] in failed:
            failed.add(row["key"])
        else:
            done.append(row["position"])
    return done


class Relay:
    """Sends what the outbox holds for as long as this process leads."""

    def __init__(self, platform: AsyncEngine, bootstrap_servers: str, *, source: str, poll: float = 0.05) -> None:
        self._platform = platform
        self._servers = bootstrap_servers
        self._source = source
        self._poll = poll
        self._wake = asyncio.Event()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled. A lost database or broker ends the session; the next starts clean."""
        while True:
            try:
                await self._session()
            except Exception as fault:
                log.warning("relay starts again", error=type(fault).__name__)
            finally:
                metrics.RELAY_LEADER.set(0)
            await asyncio.sleep(1)

    async def _session(self) -> None:
        # The driver's own connection: this loop is as often run as any request. It holds the lock, and ends with it.
        async with driver(self._platform) as connection:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_LOCK):
                return
            metrics.RELAY_LEADER.set(1)
            sender = producer(self._servers)
            try:
                await sender.start()
                await self._lead(connection, sender)
            finally:
                await _quietly(sender.stop())

    async def _lead(self, connection: Any, sender: AIOKafkaProducer) -> None:
        measured = 0.0
        while True:
            self._wake.clear()
            rows: Sequence[Row] = await connection.fetch(OLDEST, BATCH)
            if rows:
                await self._send(connection, sender, rows)
            if time.monotonic() - measured > 1:
                measured = time.monotonic()
                await self._measure(connection)
            if len(rows) < BATCH:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._poll)

    async def _send(self, connection: Any, sender: AIOKafkaProducer, rows: Sequence[Row]) -> None:
        failpoint(READ)
        sends: list[asyncio.Future[Any]] = []
        broken: set[UUID] = set()
        for row in rows:
            # What follows a record that could not even be buffered must not overtake it.
            send = _skipped() if row["key"] in broken else await _attempt(sender, row, self._source)
            if send.done() and send.exception():
                broken.add(row["key"])
            sends.append(send)
        outcomes = await asyncio.gather(*sends, return_exceptions=True)
        failpoint(PRODUCED)
        done = acknowledged(rows, outcomes)
        if done:
            await connection.execute(SENT, done)
            failpoint(DELETED)
            metrics.EVENTS_SENT.inc(len(done))
        faults: Iterable[BaseException] = (o for o in outcomes if isinstance(o, BaseException))
        for fault in faults:
            # An idempotent producer that failed once may not say which record it lost: start a new one.
            raise fault

    async def _measure(self, connection: Any) -> None:
        depth, age = await connection.fetchrow(DEPTH)
        metrics.OUTBOX_DEPTH.set(depth)
        metrics.OUTBOX_OLDEST_SECONDS.set(age)


def envelope_of(row: Row, source: str, traceparent: str | None) -> Envelope:
    """A row of `event_log` as the message that says it."""
    return Envelope(
        id=row["event_id"],
        type=row["type"],
        source=source,
        subject=str(row["key"]),
        time=row["time"],
        partitionkey=str(row["key"]),
        sequence=row["version"],
        correlationid=row["correlation_id"],
        causationid=row["causation_id"],
        dataschema=schema_id(row["type"]),
        tenantid=row["practice_id"],
        traceparent=traceparent or row["traceparent"],
    )


async def _attempt(sender: AIOKafkaProducer, row: Row, source: str) -> asyncio.Future[Any]:
    """Buffer one record; a fault in that (it is too large, the topic is unknown) is in the future that is given."""
    with tracing.producer_span(row["topic"], row["traceparent"]) as traceparent:
        headers = headers_of(envelope_of(row, source, traceparent))
        try:
            return await sender.send(
                row["topic"], value=row["payload"].encode(), key=str(row["key"]).encode(), headers=headers
            )
        except KafkaError as fault:
            return _failed(fault)


def _failed(fault: BaseException) -> asyncio.Future[Any]:
    future = asyncio.get_running_loop().create_future()
    future.set_exception(fault)
    return future


def _skipped() -> asyncio.Future[Any]:
    return _failed(KafkaError("held back behind an earlier record of its key"))


async def _quietly(ending: Any) -> None:
    with contextlib.suppress(Exception):
        async with asyncio.timeout(5):
            await ending
