"""Timers as rows: what has to happen at a time, kept in the transaction that decided it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.tables import TIMER_GENERATION, timers

# How long a crash delays the timers that were running: longer than any call outwards may take (common.http), so that
# what a process began is over when another takes its timer.
LEASE = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that is due and leased to this process. `version` is the aggregate's when it was set."""

    practice_id: UUID
    kind: str
    key: UUID
    version: int
    generation: int
    attempts: int
    correlation_id: UUID | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Schedule:
    practice_id: UUID
    kind: str
    key: UUID
    due_at: datetime
    version: int
    correlation_id: UUID | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Cancel:
    practice_id: UUID
    kind: str
    key: UUID


TimerChange = Schedule | Cancel


async def write(connection: AsyncConnection, change: TimerChange) -> None:
    """Set, move or drop a timer. A new generation tells the process that runs it now not to remove it."""
    if isinstance(change, Cancel):
        await connection.execute(delete(timers).where(_is(change)))
        return
    fresh: dict[str, Any] = {
        "due_at": change.due_at,
        "version": change.version,
        "correlation_id": change.correlation_id,
        "traceparent": change.traceparent,
        "attempts": 0,
    }
    values = insert(timers).values(practice_id=change.practice_id, kind=change.kind, key=change.key, **fresh)
    again = {
        "generation": TIMER_GENERATION.next_value(),
        "leased_until": None,
        "last_error": None,
        "stopped_at": None,
        "stopped_code": None,
        "stopped_reason": None,
    }
    await connection.execute(
        values.on_conflict_do_update(index_elements=["practice_id", "kind", "key"], set_=fresh | again)
    )


async def lease_due(platform: AsyncEngine, *, limit: int) -> Sequence[Timer]:
    """Take up to `limit` due timers that nobody holds; several processes may ask at once."""
    due = (
        select(timers.c.practice_id, timers.c.kind, timers.c.key)
        .where(
            timers.c.due_at <= func.clock_timestamp(),
            timers.c.stopped_at.is_(None),
            timers.c.leased_until.is_(None) | (timers.c.leased_until < func.clock_timestamp()),
        )
        .order_by(timers.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = (
        update(timers)
        .where(timers.c.practice_id == due.c.practice_id, timers.c.kind == due.c.kind, timers.c.key == due.c.key)
        .values(
            leased_until=func.clock_timestamp() + text(f"interval '{LEASE.seconds} seconds'"),
            attempts=timers.c.attempts + 1,
        )
        .returning(*(timers.c[name] for name in Timer.__slots__))
    )
    async with platform.begin() as connection:
        return [Timer(**row) for row in (await connection.execute(taken)).mappings()]


async def count(platform: AsyncEngine) -> tuple[int, int]:
    """How many timers wait although their time has come, and how many a refusal stopped."""
    late = timers.c.stopped_at.is_(None) & (timers.c.due_at <= func.clock_timestamp())
    statement = select(func.count().filter(late), func.count().filter(timers.c.stopped_at.is_not(None))).select_from(
        timers
    )
    async with platform.connect() as connection:
        due, stopped = (await connection.execute(statement)).one()
        return due, stopped


async def renew(platform: AsyncEngine, timer: Timer) -> None:
    """Hold a long-running timer for another lease."""
    held = {"leased_until": func.clock_timestamp() + text(f"interval '{LEASE.seconds} seconds'")}
    await _if_unchanged(platform, timer, update(timers).values(**held))


async def finish(platform: AsyncEngine, timer: Timer) -> None:
    await _if_unchanged(platform, timer, delete(timers))


async def retry(platform: AsyncEngine, timer: Timer, *, after: float, error: str) -> None:
    """Run it again `after` seconds from now; `error` is the name of the fault, never its text."""
    later = {
        "due_at": func.clock_timestamp() + timedelta(seconds=after),
        "leased_until": None,
        "last_error": error,
    }
    await _if_unchanged(platform, timer, update(timers).values(**later))


async def stop(platform: AsyncEngine, timer: Timer, *, code: str, reason: str) -> None:
    """A refusal: it stays, listed under /parked, until somebody mends and restarts it."""
    stopped = {
        "stopped_at": func.clock_timestamp(),
        "stopped_code": code,
        "stopped_reason": reason,
        "leased_until": None,
    }
    await _if_unchanged(platform, timer, update(timers).values(**stopped))


async def _if_unchanged(platform: AsyncEngine, timer: Timer, statement: Any) -> None:
    async with platform.begin() as connection:
        await connection.execute(statement.where(_is(timer), timers.c.generation == timer.generation))


def _is(timer: Timer | Cancel) -> Any:
    return (timers.c.practice_id == timer.practice_id) & (timers.c.kind == timer.kind) & (timers.c.key == timer.key)
