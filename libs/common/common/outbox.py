"""Events written in the business transaction: once to the log that remembers, once to the queue that sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event as `event_log` keeps it, ready to be sent."""

    event_id: UUID
    practice_id: UUID
    topic: str
    type: str
    key: UUID
    version: int
    time: datetime
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    payload: str


# ORDER BY before the default is taken: positions follow the order in which the operation published.
WRITE = text("""
    WITH logged AS (
        INSERT INTO event_log (event_id, practice_id, topic, type, key, version, time,
                               correlation_id, causation_id, traceparent, payload)
        SELECT event_id, practice_id, topic, type, key, version, time,
               correlation_id, causation_id, traceparent, payload
        FROM unnest(CAST(:event_id AS uuid[]), CAST(:practice_id AS uuid[]), CAST(:topic AS text[]),
                    CAST(:type AS text[]), CAST(:key AS uuid[]), CAST(:version AS bigint[]),
                    CAST(:time AS timestamptz[]), CAST(:correlation_id AS uuid[]),
                    CAST(:causation_id AS uuid[]), CAST(:traceparent AS text[]), CAST(:payload AS text[]))
             WITH ORDINALITY AS e(event_id, practice_id, topic, type, key, version, time,
                                  correlation_id, causation_id, traceparent, payload, place)
        ORDER BY place
        RETURNING position, recorded_at, practice_id
    )
    INSERT INTO outbox (position, recorded_at, practice_id)
    SELECT position, recorded_at, practice_id FROM logged
""")

COLUMNS = tuple(LoggedEvent.__slots__)


async def write(connection: AsyncConnection, events: Sequence[LoggedEvent]) -> None:
    """Both rows of every event, in one statement and in order."""
    await connection.execute(WRITE, {name: [getattr(event, name) for event in events] for name in COLUMNS})
