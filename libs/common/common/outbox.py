"""Events written in the business transaction: once to the log that remembers, once to the queue that sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.database import Session


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
WRITE = """
    WITH logged AS (
        INSERT INTO event_log (event_id, practice_id, topic, type, key, version, time,
                               correlation_id, causation_id, traceparent, payload)
        SELECT event_id, practice_id, topic, type, key, version, time,
               correlation_id, causation_id, traceparent, payload
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[],
                    $7::timestamptz[], $8::uuid[], $9::uuid[], $10::text[], $11::text[])
             WITH ORDINALITY AS e(event_id, practice_id, topic, type, key, version, time,
                                  correlation_id, causation_id, traceparent, payload, place)
        ORDER BY place
        RETURNING position, recorded_at, practice_id
    )
    INSERT INTO outbox (position, recorded_at, practice_id)
    SELECT position, recorded_at, practice_id FROM logged
"""

COLUMNS = tuple(LoggedEvent.__slots__)


async def write(session: Session, events: Sequence[LoggedEvent]) -> None:
    """Both rows of every event, in one statement and in order."""
    await session.raw.execute(WRITE, *([getattr(event, name) for event in events] for name in COLUMNS))
