"""Timers as rows: what has to happen at a time, kept in the transaction that decided it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from common.database import driver
from common.statements import Prepared
from common.tables import timers

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
    """Set or move the timer of `kind` and `key`; its function tells by `version` whether it is stale."""

    practice_id: UUID
    kind: str
    key: UUID
    due_at: datetime
    version: int
    correlation_id: UUID | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Take the timer of `kind` and `key` away, if there is one."""

    practice_id: UUID
    kind: str
    key: UUID


TimerChange = Schedule | Cancel


# A new generation tells the process that runs the timer now not to remove it.
SET = Prepared(
    "set_timer",
    "uuid, text, uuid, timestamptz, bigint, uuid, text",
    """
    INSERT INTO timers (practice_id, kind, key, due_at, version, correlation_id, traceparent)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (practice_id, kind, key) DO UPDATE
    SET due_at = excluded.due_at, version = excluded.version, correlation_id = excluded.correlation_id,
        traceparent = excluded.traceparent, attempts = 0, generation = nextval('timers_generation_seq'),
        leased_until = NULL, last_error = NULL, stopped_at = NULL, stopped_code = NULL, stopped_reason = NULL
    """,
)
DROP = Prepared(
    "drop_timer", "uuid, text, uuid", "DELETE FROM timers WHERE practice_id = $1 AND kind = $2 AND key = $3"
)


def statements(changes: Iterable[TimerChange]) -> list[str]:
    """Set, move and drop timers, in the order of `changes`."""
    return [_statement(change) for change in changes]


def _statement(change: TimerChange) -> str:
    if isinstance(change, Cancel):
        return DROP.call(change.practice_id, change.kind, change.key)
    return SET.call(*(getattr(change, name) for name in Schedule.__slots__))


LEASE_DUE = """
    WITH due AS (
        SELECT practice_id, kind, key FROM timers
        WHERE due_at <= clock_timestamp() AND stopped_at IS NULL
          AND (leased_until IS NULL OR leased_until < clock_timestamp())
        ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
    )
    UPDATE timers AS t
    SET leased_until = clock_timestamp() + $2::interval, attempts = t.attempts + 1
    FROM due WHERE t.practice_id = due.practice_id AND t.kind = due.kind AND t.key = due.key
    RETURNING t.practice_id, t.kind, t.key, t.version, t.generation, t.attempts, t.correlation_id, t.traceparent
"""


async def lease_due(platform: AsyncEngine, *, limit: int) -> Sequence[Timer]:
    """Take up to `limit` due timers that nobody holds; several processes may ask at once."""
    async with driver(platform) as connection:
        # Asked ten times a second by every service: one statement, its own transaction, straight to the driver.
        return [Timer(**row) for row in await connection.fetch(LEASE_DUE, limit, LEASE)]


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
    """Remove a timer that has run, unless it was set anew meanwhile."""
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
