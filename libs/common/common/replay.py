"""Replay: put a range of the event log back into the outbox, so that the relay says it again.

Losing every topic loses nothing: the consumers' inboxes skip what they had handled, and a new consumer gets the whole
story. Events keep their ids.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

AGAIN = text("""
    INSERT INTO outbox (position, recorded_at, practice_id)
    SELECT position, recorded_at, practice_id FROM event_log
    WHERE (CAST(:since AS timestamptz) IS NULL OR recorded_at >= :since)
      AND (CAST(:until AS timestamptz) IS NULL OR recorded_at <= :until)
    ON CONFLICT DO NOTHING
""")


async def queue_again(platform_url: str, since: datetime | None, until: datetime | None) -> int:
    """Queue every logged event recorded from `since` to `until` (both inclusive, None: no limit); give how many."""
    for moment in (since, until):
        if moment is not None and moment.tzinfo is None:
            raise ValueError("give the moment with its zone, such as 2026-11-24T00:00:00Z")
    engine = create_async_engine(platform_url)
    try:
        async with engine.begin() as connection:
            return (await connection.execute(AGAIN, {"since": since, "until": until})).rowcount
    finally:
        await engine.dispose()
