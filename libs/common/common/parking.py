"""Parked events: what could not be handled waits here, in order, until somebody mends the cause and replays it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from common.dispatch import Broken, Delivery, Dispatcher, Record, read
from common.refusal import NotFound, Refusal
from common.tables import parked_events
from common.uow import Transaction

ONE_KEY = text("SELECT pg_advisory_xact_lock(hashtextextended(:consumer || '/' || :key, 7346))")


# Stands for the one character that Postgres keeps in no text, and is in no latin-1.
NUL = "\u0100"


class StillBroken(Refusal):
    code = "still-broken"
    sentence = "Event {event_id} still cannot be read: {reason}"
    mend = "Upgrade the service that cannot read it, or discard the event with a reason."


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an event is parked; `behind` is the parked event of the same key that it has to wait for."""

    code: str
    reason: str
    behind: UUID | None = None


async def park(platform: AsyncEngine, consumer: str, item: Delivery | Broken, fault: Fault) -> bool:
    """Keep the record as it came. Parking twice is parking once.

    False, and nothing kept, when it was to wait behind an event that has been replayed meanwhile.
    """
    record = item.record
    event_id = item.envelope.id if item.envelope else record.stand_in_id
    values: dict[str, Any] = {
        "consumer": consumer,
        "event_id": event_id,
        "practice_id": item.envelope.tenantid if item.envelope else None,
        "topic": record.topic,
        "partition": record.partition,
        "record_offset": record.offset,
        "type": item.envelope.type if item.envelope else None,
        "key": record.key,
        "headers": [[name.replace("\0", NUL), _storable(value)] for name, value in record.headers],
        "value": record.value,
        "code": fault.code,
        "reason": fault.reason,
        "behind": fault.behind,
    }
    async with platform.begin() as connection:
        await connection.execute(ONE_KEY, {"consumer": consumer, "key": record.key})
        if fault.behind is not None and not await connection.scalar(_waiting(consumer, record.key)):
            return False
        await connection.execute(insert(parked_events).values(**values).on_conflict_do_nothing())
    return True


async def first_parked(platform: AsyncEngine, consumer: str, key: str) -> UUID | None:
    """The event of `key` that the others wait behind."""
    async with platform.connect() as connection:
        return await connection.scalar(
            select(parked_events.c.event_id)
            .where(parked_events.c.consumer == consumer, parked_events.c.key == key)
            .order_by(*IN_ORDER)
            .limit(1)
        )


async def replay_key(platform: AsyncEngine, dispatcher: Dispatcher, key: str) -> int:
    """Handle the parked events of one key in order and give how many; stops at the first that fails again.

    Raises StillBroken, or the fault of the handler: what was handled before it stays handled.
    """
    handled = 0
    while True:
        row = await _next(platform, dispatcher.consumer, key)
        if row is None:
            return handled
        item = read(_record(row), dispatcher.handlers)
        if isinstance(item, Broken):
            raise StillBroken(event_id=row.event_id, reason=item.reason)
        if item is None:
            await _drop(platform, row)
        else:
            await _replay_one(dispatcher, item)
        handled += 1


async def _replay_one(dispatcher: Dispatcher, delivery: Delivery) -> None:
    key = {"consumer": dispatcher.consumer, "key": delivery.record.key}
    async with dispatcher.workplace.database.as_practice(delivery.event.practice_id) as session:
        await session.sql.execute(ONE_KEY, key)
        await dispatcher.apply_parked(session, delivery)
        await session.sql.execute(delete(parked_events).where(_is(dispatcher.consumer, delivery.envelope.id)))


async def discard(tx: Transaction, consumer: str, event_id: UUID) -> str:
    """Drop a parked event for good and give its key; the caller writes who and why to the audit trail."""
    key = await tx.scalar(delete(parked_events).where(_is(consumer, event_id)).returning(parked_events.c.key))
    if key is None:
        raise NotFound(kind="parked event", id=event_id)
    return key


async def listing(platform: AsyncEngine, practice_id: UUID | None, *, limit: int) -> Sequence[Row[Any]]:
    """The oldest parked events of a practice; of all, and of none, when `practice_id` is None."""
    statement = select(parked_events).order_by(*IN_ORDER).limit(limit)
    if practice_id is not None:
        statement = statement.where(parked_events.c.practice_id == practice_id)
    async with platform.connect() as connection:
        return (await connection.execute(statement)).all()


async def count(platform: AsyncEngine) -> int:
    """How many events are parked, of all practices."""
    async with platform.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(parked_events)) or 0


IN_ORDER = (parked_events.c.topic, parked_events.c.partition, parked_events.c.record_offset)


async def _next(platform: AsyncEngine, consumer: str, key: str) -> Row[Any] | None:
    async with platform.connect() as connection:
        statement = (
            select(parked_events)
            .where(parked_events.c.consumer == consumer, parked_events.c.key == key)
            .order_by(*IN_ORDER)
            .limit(1)
        )
        return (await connection.execute(statement)).first()


def _waiting(consumer: str, key: str) -> Select[Any]:
    return (
        select(func.count())
        .select_from(parked_events)
        .where(parked_events.c.consumer == consumer, parked_events.c.key == key)
    )


async def _drop(platform: AsyncEngine, row: Row[Any]) -> None:
    async with platform.begin() as connection:
        await connection.execute(delete(parked_events).where(_is(row.consumer, row.event_id)))


def _is(consumer: str, event_id: UUID) -> ColumnElement[bool]:
    return (parked_events.c.consumer == consumer) & (parked_events.c.event_id == event_id)


def _storable(header: bytes) -> str:
    return header.decode("latin-1").replace("\0", NUL)


def _record(row: Row[Any]) -> Record:
    headers = tuple((name, value.replace(NUL, "\0").encode("latin-1")) for name, value in row.headers)
    return Record(row.topic, row.partition, row.record_offset, row.key, headers, bytes(row.value))
