"""Events written in the business transaction: once to the log that remembers, once to the queue that sends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from common.statements import Prepared


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


WRITE = Prepared(
    "publish_event",
    "uuid, uuid, text, text, uuid, bigint, timestamptz, uuid, uuid, text, text",
    """
    WITH logged AS (
        INSERT INTO event_log (event_id, practice_id, topic, type, key, version, time,
                               correlation_id, causation_id, traceparent, payload)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        RETURNING position, recorded_at, practice_id
    )
    INSERT INTO outbox (position, recorded_at, practice_id)
    SELECT position, recorded_at, practice_id FROM logged
    """,
)

IN_ROW = attrgetter(*LoggedEvent.__slots__)


def statements(events: Iterable[LoggedEvent]) -> list[str]:
    """Both rows of every event, in the order in which the operation published them: it is that of their positions."""
    return [WRITE.call(*IN_ROW(event)) for event in events]
