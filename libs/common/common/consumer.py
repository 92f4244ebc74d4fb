"""The consumer: partitions side by side, each in order, nothing acknowledged before its effect is committed.

Transient faults are repeated in place and hold up one partition. Anything else parks the event, and what follows it
under the same key; when too much parks, the consumer stops and says so. See docs/architecture/inbox.md.
"""

# aiokafka ships no types; this and relay.py are the two modules that touch it.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportIncompatibleMethodOverride=false

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from common import chance, metrics, parking
from common.database import is_transient
from common.dispatch import Broken, Delivery, Dispatcher, KeyParked, Record, read
from common.failpoints import failpoint, named
from common.logging import get_logger
from common.parking import Fault
from common.refusal import Refusal
from common.serializing import lost

log = get_logger(__name__)

ACKNOWLEDGED = named("consumer.acknowledged", "The offsets of what was handled are committed.")
PARKED = named("consumer.parked", "An event that cannot be handled is parked; its offset is not committed.")

T = TypeVar("T")

ROUND_SECONDS = 0.5
REVOKE_SECONDS = 10.0


class ConsumerHalted(Exception):
    """Too many events could not be handled: something is wrong with the service, not with the events."""


class ParkedTooMuch:
    """Five parked in a row, or over 10 % of at least 50 events within five minutes."""

    IN_A_ROW = 5
    SHARE = 0.10
    AT_LEAST = 50
    WINDOW = 300.0

    def __init__(self) -> None:
        self._row = 0
        self._recent: deque[tuple[float, int, int]] = deque()

    def handled(self, count: int) -> None:
        self._row = 0
        self._recent.append((time.monotonic(), count, 0))

    def parked(self) -> None:
        """Raises ConsumerHalted when this one is one too many."""
        self._row += 1
        now = time.monotonic()
        self._recent.append((now, 1, 1))
        while self._recent[0][0] < now - self.WINDOW:
            self._recent.popleft()
        total = sum(count for _, count, _ in self._recent)
        parked = sum(count for _, _, count in self._recent)
        if self._row >= self.IN_A_ROW:
            raise ConsumerHalted(f"{self._row} events in a row could not be handled")
        if total >= self.AT_LEAST and parked > total * self.SHARE:
            raise ConsumerHalted(f"{parked} of the last {total} events could not be handled")


class Consumer(ConsumerRebalanceListener):
    """Reads the topics of a service's handlers as the group `dermbill.<service>`."""

    def __init__(self, dispatcher: Dispatcher, bootstrap_servers: str, *, session_seconds: float = 10) -> None:
        self._dispatcher = dispatcher
        self._session_ms = round(session_seconds * 1000)
        self._platform: AsyncEngine = dispatcher.workplace.database.platform
        self._servers = bootstrap_servers
        self._limit = ParkedTooMuch()
        self._lanes: dict[TopicPartition, asyncio.Task[int]] = {}
        self._client: AIOKafkaConsumer | None = None
        self.halted: str | None = None
        self._busy_since: float | None = None
        self._resumed = asyncio.Event()

    def standing(self) -> float:
        """Seconds for which records were in hand and none was finished."""
        return 0.0 if self._busy_since is None else time.monotonic() - self._busy_since

    async def not_halted(self) -> None:
        """Raises ConsumerHalted while halted; a readiness check."""
        if self.halted is not None:
            raise ConsumerHalted(self.halted)

    async def run(self) -> None:
        """Until cancelled, or until halted: then it waits for `resume`."""
        while True:
            try:
                await self._session()
            except ConsumerHalted as halt:
                await self._stay_halted(str(halt))
            except Exception as fault:
                log.warning("consumer starts again", error=type(fault).__name__)
                await asyncio.sleep(chance.pause(0.5, 1.5))

    def resume(self) -> None:
        """Go on after a halt; the events that were parked stay parked."""
        self.halted = None
        self._limit = ParkedTooMuch()
        self._resumed.set()

    async def _stay_halted(self, why: str) -> None:
        self.halted = why
        log.error("consumer halted", code="parked-too-much")
        metrics.CONSUMER_HALTED.set(1)
        self._busy_since = None
        self._resumed.clear()
        await self._resumed.wait()
        metrics.CONSUMER_HALTED.set(0)

    async def _session(self) -> None:
        client = AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            group_id=self._dispatcher.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            # How long Kafka keeps the partitions of a killed process for it before they go to another.
            session_timeout_ms=self._session_ms,
            heartbeat_interval_ms=self._session_ms // 5,
            max_poll_interval_ms=300_000,
            fetch_max_wait_ms=100,
            request_timeout_ms=40_000,
            # A topic that is made anew after its broker was lost is found by asking; the library's 5 minutes stall us.
            metadata_max_age_ms=5_000,
        )
        client.subscribe(list(self._dispatcher.handlers.topics), listener=self)
        self._client = client
        try:
            await client.start()
            while True:
                await self._round(client)
        finally:
            await self._drop(list(self._lanes))
            self._client = None
            await client.stop()

    async def _round(self, client: AIOKafkaConsumer) -> None:
        """One poll. Partitions that need longer than a round are paused and go on beside the next ones."""
        fetched = await client.getmany(timeout_ms=200, max_records=500)
        if fetched and self._busy_since is None:
            self._busy_since = time.monotonic()
        for partition, records in fetched.items():
            self._lanes[partition] = asyncio.create_task(
                self._lane(records), name=f"{partition.topic}/{partition.partition}"
            )
        if self._lanes:
            await asyncio.wait(self._lanes.values(), timeout=ROUND_SECONDS)
        await self._settle(client)

    async def _settle(self, client: AIOKafkaConsumer) -> None:
        finished = {partition: lane for partition, lane in self._lanes.items() if lane.done()}
        for partition in finished:
            del self._lanes[partition]
        if finished:
            self._busy_since = time.monotonic() if self._lanes else None
        slow = set(self._lanes) & client.assignment()
        paused = client.paused()
        if slow - paused:
            client.pause(*(slow - paused))
        offsets = {partition: lane.result() for partition, lane in finished.items()}
        await self._commit(client, offsets)
        ready = paused - set(self._lanes)
        if ready:
            client.resume(*ready)
        self._measure(client, offsets)

    async def _commit(self, client: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
        mine = {partition: offset for partition, offset in offsets.items() if partition in client.assignment()}
        if not mine:
            return
        try:
            await client.commit(mine)
            failpoint(ACKNOWLEDGED)
        except (CommitFailedError, IllegalStateError) as fault:
            # The partition went to somebody else: they read these records again and their inbox skips them.
            log.info("offsets left to the next owner", error=type(fault).__name__)
        except KafkaError as fault:
            log.warning("offsets not committed", error=type(fault).__name__)

    def _measure(self, client: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
        for partition, offset in offsets.items():
            end = client.highwater(partition)
            if end is not None:
                metrics.CONSUMER_LAG.labels(partition.topic, str(partition.partition)).set(max(0, end - offset))

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        log.info("partitions assigned", count=len(assigned))

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Finish what is in hand before the partition goes."""
        lost = [partition for partition in revoked if partition in self._lanes]
        if not lost or self._client is None:
            return
        await asyncio.wait([self._lanes[partition] for partition in lost], timeout=REVOKE_SECONDS)
        done = {
            partition: self._lanes[partition].result()
            for partition in lost
            if self._lanes[partition].done() and self._lanes[partition].exception() is None
        }
        await self._commit(self._client, done)
        await self._drop(lost)

    async def _drop(self, partitions: list[TopicPartition]) -> None:
        lanes = [self._lanes.pop(partition) for partition in partitions if partition in self._lanes]
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)

    async def _lane(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> int:
        """Handle one partition's records in order, and give the offset to go on from."""
        practices: dict[object, list[Delivery]] = {}
        for record in records:
            item = read(_plain(record), self._dispatcher.handlers)
            if isinstance(item, Broken):
                await self._park(item, Fault(item.code, item.reason))
            elif item is not None:
                # A key belongs to one practice, so grouping by practice keeps the order of every key.
                practices.setdefault(item.event.practice_id, []).append(item)
        for deliveries in practices.values():
            await self._handle_together(deliveries)
        return records[-1].offset + 1

    async def _handle_together(self, deliveries: Sequence[Delivery]) -> None:
        """All in one transaction; if any of them cannot be handled, each in its own."""
        try:
            await self._dispatcher.apply(deliveries)
            self._limit.handled(len(deliveries))
        except Exception as fault:
            if len(deliveries) == 1:
                await self._handle_alone(deliveries[0], fault)
                return
            for delivery in deliveries:
                await self._handle_together([delivery])

    async def _handle_alone(self, delivery: Delivery, fault: Exception) -> None:
        """After a first failure: repeat while the fault is transient, park otherwise."""
        pause = 0.1
        while True:
            if isinstance(fault, KeyParked):
                await self._park_behind(delivery)
                return
            if not is_transient(fault):
                if not isinstance(fault, Refusal):
                    log.error("bug in a handler", type=delivery.event.type, exc=fault)
                await self._park(delivery, _fault_of(fault))
                return
            if lost(fault):
                metrics.SERIALIZATION_RETRIES.labels("event").inc()
            else:
                log.warning("event held up", type=delivery.event.type, error=type(fault).__name__)
            await asyncio.sleep(chance.pause(pause / 2, pause))
            pause = min(pause * 2, 5.0)
            self._busy_since = time.monotonic()
            try:
                await self._dispatcher.apply([delivery])
                return
            except Exception as again:
                fault = again

    async def _park_behind(self, delivery: Delivery) -> None:
        consumer = self._dispatcher.consumer
        first = await self._steady(parking.first_parked, consumer, delivery.record.key)
        if first == delivery.event.id:
            return
        fault = Fault("behind", f"Waits behind event {first} of the same key.", first)
        if first is not None and await self._steady(parking.park, consumer, delivery, fault):
            metrics.EVENTS_PARKED.labels(fault.code).inc()
        else:
            await self._handle_together([delivery])

    async def _park(self, item: Delivery | Broken, fault: Fault) -> None:
        log.error("event parked", type=item.envelope.type if item.envelope else None, code=fault.code)
        await self._steady(parking.park, self._dispatcher.consumer, item, fault)
        failpoint(PARKED)
        metrics.EVENTS_PARKED.labels(fault.code).inc()
        self._limit.parked()

    async def _steady(self, function: Callable[..., Awaitable[T]], *arguments: object) -> T:
        """Bookkeeping on the platform's own tables, repeated until Postgres is there."""
        while True:
            try:
                return await function(self._platform, *arguments)
            except Exception as fault:
                if not is_transient(fault):
                    raise
                await asyncio.sleep(chance.pause(0.2, 1.0))


def _fault_of(fault: Exception) -> Fault:
    """A refusal speaks for itself; of a bug only its name is kept, since its text may quote the data."""
    if isinstance(fault, Refusal):
        return Fault(fault.code, fault.detail)
    return Fault("bug", f"{type(fault).__name__} in the handler; see the log of this service.")


def _plain(record: ConsumerRecord[bytes, bytes]) -> Record:
    return Record(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        # Postgres holds no NUL in a text, and a key that has one still has to be parked.
        key=(record.key or b"").decode("utf-8", "replace").replace("\0", "\ufffd"),
        headers=tuple([(name, value or b"") for name, value in record.headers]),
        value=record.value or b"",
    )
