"""One delivery, or a run of them, applied exactly once in the handler's own transaction.

The inbox row is the promise: it is inserted first, in the transaction that also holds the handler's effect. No row
back means the effect is there already. See docs/architecture/inbox.md.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from common import metrics, tracing
from common.database import Session
from common.envelope import Envelope, Undecodable, envelope_from
from common.failpoints import failpoint, named
from common.handlers import Handlers, Handling, Received, received
from common.statements import Prepared
from common.uow import Cause, Transaction, UnitOfWork, Workplace

RECEIVED = named("dispatch.received", "Events are read from Kafka; nothing is written.")
TAKEN = named("dispatch.taken", "The inbox rows are written and not committed; no handler ran.")
HANDLED = named("dispatch.handled", "The handlers' effects are written beside the inbox rows, and not committed.")
APPLIED = named("dispatch.applied", "Effects and inbox rows are committed; the offsets are not.")


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record without its client's types."""

    topic: str
    partition: int
    offset: int
    key: str
    headers: tuple[tuple[str, bytes], ...]
    value: bytes

    @property
    def stand_in_id(self) -> UUID:
        """The id of a message that does not tell its own."""
        return uuid5(NAMESPACE_URL, f"kafka:{self.topic}/{self.partition}/{self.offset}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record read as an event that somebody here handles."""

    record: Record
    envelope: Envelope
    handling: Handling
    event: Received[Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read as an event."""

    record: Record
    code: str
    reason: str
    envelope: Envelope | None = None


def read(record: Record, handlers: Handlers) -> Delivery | Broken | None:
    """None: an event that this service does not listen to."""
    try:
        envelope = envelope_from(record.headers)
    except Undecodable as fault:
        return Broken(record, fault.code, str(fault))
    handling = handlers.by_type.get(envelope.type)
    if handling is None:
        return _unknown(record, envelope, handlers)
    try:
        return Delivery(record, envelope, handling, received(handling, envelope, record.value))
    except Undecodable as fault:
        return Broken(record, fault.code, str(fault), envelope)
    except ValueError:
        return Broken(record, "invalid-header", "ce_subject is not a uuid.", envelope)


def _unknown(record: Record, envelope: Envelope, handlers: Handlers) -> Broken | None:
    known = {type.rpartition(".v")[0] for type in handlers.by_type}
    name, _, version = envelope.type.rpartition(".v")
    if name not in known:
        return None
    reason = f"Version {version} of {name} is not known here; upgrade this service, then replay."
    return Broken(record, "unknown-version", reason, envelope)


# The inbox rows of a whole run, if none of its keys waits behind a parked event; how many rows it wrote tells whether
# all are new. It is the usual case, and goes with the message that begins the transaction.
TAKE_ALL = Prepared(
    "take_events",
    "text, uuid, text[], text[]",
    """
    INSERT INTO inbox (consumer, event_id, practice_id)
    SELECT $1, event_id::uuid, $2 FROM unnest($3) AS e(event_id)
    WHERE NOT EXISTS (SELECT FROM parked_events WHERE consumer = $1 AND key = ANY($4))
    ON CONFLICT DO NOTHING
    """,
)

# When they are not: which of these are new, which keys wait.
TAKE = """
    WITH fresh AS (
        INSERT INTO inbox (consumer, event_id, practice_id)
        SELECT $1, event_id, $2 FROM unnest($3::uuid[]) AS e(event_id)
        ON CONFLICT DO NOTHING
        RETURNING event_id
    )
    SELECT (SELECT array_agg(event_id) FROM fresh) AS fresh,
           (SELECT array_agg(DISTINCT key) FROM parked_events
            WHERE consumer = $1 AND key = ANY($4::text[])) AS parked
"""


class KeyParked(Exception):
    """Some of these events must wait behind a parked one of the same key."""

    def __init__(self, keys: frozenset[str]) -> None:
        self.keys = keys
        super().__init__("a key of these events is parked")


class Dispatcher:
    """Applies deliveries for one consumer."""

    def __init__(self, workplace: Workplace, handlers: Handlers, *, consumer: str) -> None:
        self.workplace = workplace
        self.handlers = handlers
        self.consumer = consumer

    @property
    def group(self) -> str:
        """The Kafka consumer group."""
        return f"dermbill.{self.consumer}"

    async def apply(self, deliveries: Sequence[Delivery]) -> None:
        """Apply deliveries of one practice in one transaction, in order.

        Raises KeyParked before any effect, or the handler's own fault after everything was rolled back.
        """
        practice_id = deliveries[0].event.practice_id
        failpoint(RECEIVED)
        ids = {delivery.event.id for delivery in deliveries}
        keys = {delivery.record.key for delivery in deliveries}
        take = TAKE_ALL.call(self.consumer, practice_id, [str(id) for id in ids], sorted(keys))
        async with self.workplace.database.as_practice(practice_id, take) as session:
            fresh = ids
            if session.answer != f"INSERT 0 {len(ids)}":
                await self.workplace.database.begin_again(session, practice_id)
                fresh = await self._take(session, practice_id, ids, keys)
            failpoint(TAKEN)
            transactions: list[Transaction] = []
            for delivery in deliveries:
                # A relay that died after Kafka's answer says its batch again: both copies may be in one run.
                if delivery.event.id in fresh:
                    fresh.discard(delivery.event.id)
                    transactions.append(await self._handle(session, delivery))
            failpoint(HANDLED)
        failpoint(APPLIED)
        for tx in transactions:
            tx.committed()
        if len(transactions) < len(deliveries):
            metrics.INBOX_DUPLICATES.labels(deliveries[0].record.topic).inc(len(deliveries) - len(transactions))

    async def apply_parked(self, session: Session, delivery: Delivery) -> None:
        """Apply one parked delivery inside the caller's transaction, which also removes it from the parking."""
        event = delivery.event
        taken = await session.raw.fetchrow(TAKE, self.consumer, event.practice_id, [event.id], [])
        if taken["fresh"]:
            await self._handle(session, delivery)

    async def _take(self, session: Session, practice_id: UUID, ids: set[UUID], keys: set[str]) -> set[UUID]:
        taken = await session.raw.fetchrow(TAKE, self.consumer, practice_id, list(ids), list(keys))
        if taken["parked"]:
            raise KeyParked(frozenset(taken["parked"]))
        return set(taken["fresh"] or ())

    async def _handle(self, session: Session, delivery: Delivery) -> Transaction:
        event = delivery.event
        started = time.perf_counter()
        handling, record = delivery.handling, delivery.record
        cause = Cause(event.correlation_id, causation_id=event.id)
        work = UnitOfWork(self.workplace, event.practice_id, handling.actor, cause)
        facts = {"topic": record.topic, "partition": record.partition, "offset": record.offset, "group": self.group}
        with tracing.consumer_span(f"process {record.topic}", delivery.envelope.traceparent, **facts):
            tx = Transaction(session, work)
            await handling.function(replace(work, joined=tx), event)
            await tx.flush()
        handling.seconds.observe(time.perf_counter() - started)
        return tx
